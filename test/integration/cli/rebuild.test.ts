import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { repositoryDir } from '../../../infra/bootstrap/prepare.mjs';
import { start as startAggregator } from '../../../services/aggregator/main.ts';
import type { PipelineAnswer, ValuesAnswer } from '../../../services/console/core/answers.ts';
import { start as startConsole } from '../../../services/console/main.ts';
import { expectRecount, untilCaughtUp } from '../../support/aggregation.ts';
import { openEventLog } from '../../support/event-log.ts';
import type { EventLog } from '../../support/event-log.ts';
import { EVERY_AGGREGATION, ORDERS, anOrder } from '../../support/order-events.ts';
import { openTestPlatform } from '../../support/platform.ts';
import type { TestPlatform } from '../../support/platform.ts';

const PAIRS = EVERY_AGGREGATION.slice(0, 2);
const [SUM] = PAIRS;
const id = SUM?.metric.id ?? '';
let platform: TestPlatform;
let log: EventLog;
let url: string;
const world = () => ({ redis: platform.redis, prefix: platform.prefix, log });

beforeAll(async () => {
  platform = await openTestPlatform({
    eventTypes: [ORDERS],
    metrics: PAIRS.map(({ metric }) => metric),
  });
  log = await openEventLog(platform, ORDERS);
  const now = Date.now();
  await log.events(
    0,
    Array.from({ length: 300 }, (_, i) => anOrder(`${i}`, now - 1_000 * i, { amount: i })),
  );
  await platform.run(startAggregator);
  await platform.run(startConsole);
  url = await platform.listen();
  await untilCaughtUp(world(), PAIRS);
});
afterAll(async () => {
  await log.close();
  await platform.close();
});

const tidemark = (...args: string[]) =>
  new Promise<{ code: number | string; stdout: string; stderr: string }>((resolve) => {
    const environment = { TIDEMARK_PORT: new URL(url).port, TIDEMARK_DATA_DIR: '/nonexistent' };
    execFile(
      process.execPath,
      [join(repositoryDir, 'services', 'cli', 'main.ts'), ...args, '--output', 'json'],
      { env: { ...process.env, ...environment } },
      (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
const get = async <T>(path: string): Promise<T> =>
  (await (await fetch(`${url}${path}`)).json()) as T;
const projectionOf = async () =>
  (await get<PipelineAnswer>('/v1/pipeline')).projections.find(({ metric }) => metric === id);

test('a rebuild counts a metric anew under another generation, and says how far it is', async () => {
  const before = await projectionOf();
  expect(before).toMatchObject({
    state: 'live',
    progress: { done: 300, total: 300, secondsLeft: 0 },
  });
  const { code, stdout, stderr } = await tidemark('metrics', 'rebuild', id);
  expect(stderr).toMatch(/300 of 300 records/);
  expect(code).toBe(0);
  const after = await projectionOf();
  expect(after?.generation).not.toBe(before?.generation);
  expect(JSON.parse(stdout)).toEqual({ metric: id, version: 'v1', generation: after?.generation });
  const { series } = await get<ValuesAnswer>(`/v1/metrics/${id}/current`);
  expect(series[0]?.points[0]?.state).not.toBe('rebuilding');
  await expectRecount(world(), PAIRS);
});

test('a rebuild that is not waited for says which generation ended', async () => {
  const before = await projectionOf();
  const { stdout } = await tidemark('metrics', 'rebuild', id, '--no-wait');
  expect(JSON.parse(stdout)).toEqual({ metric: id, version: 'v1', generation: before?.generation });
  await expect.poll(async () => (await projectionOf())?.state, { timeout: 30_000 }).toBe('live');
  await untilCaughtUp(world(), PAIRS);
  await expectRecount(world(), PAIRS);
});

test('a metric that is not there is named', async () => {
  const { code, stderr } = await tidemark('metrics', 'rebuild', 'unknown-metric');
  expect(code).toBe(1);
  expect(stderr).toContain('no metric unknown-metric is counted from events');
});
