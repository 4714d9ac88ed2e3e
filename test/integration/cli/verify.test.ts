import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { repositoryDir } from '../../../infra/bootstrap/prepare.mjs';
import { start } from '../../../services/aggregator/main.ts';
import { untilCaughtUp } from '../../support/aggregation.ts';
import { openEventLog } from '../../support/event-log.ts';
import type { EventLog } from '../../support/event-log.ts';
import { EVERY_AGGREGATION, ORDERS, anOrder } from '../../support/order-events.ts';
import { openTestPlatform } from '../../support/platform.ts';
import type { TestPlatform } from '../../support/platform.ts';
import { spoilCell } from '../../support/stored-cells.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const PAIRS = EVERY_AGGREGATION.slice(0, 1);
const id = PAIRS[0]?.metric.id ?? '';
const now = Date.now();
// Yesterday at ten, UTC: no day, week or month of the metric's zone begins in it, at whatever hour this runs.
const hourMs = now - (now % DAY) - DAY + 10 * HOUR;
const iso = (timeMs: number): string => new Date(timeMs).toISOString();
let platform: TestPlatform;
let log: EventLog;
let port: string;

beforeAll(async () => {
  const metrics = PAIRS.map(({ metric }) => metric);
  platform = await openTestPlatform({ eventTypes: [ORDERS], metrics });
  log = await openEventLog(platform, ORDERS);
  await log.events(
    0,
    Array.from({ length: 30 }, (_, i) => anOrder(`${i}`, hourMs + i * 60_000, { amount: 10 })),
  );
  await platform.run(start);
  port = new URL(await platform.listen()).port;
  await untilCaughtUp({ redis: platform.redis, prefix: platform.prefix, log }, PAIRS);
});
afterAll(async () => {
  await log.close();
  await platform.close();
});

const verify = (...args: string[]) =>
  new Promise<{ code: number | string; stdout: string; stderr: string }>((resolve) => {
    const environment = { TIDEMARK_PORT: port, TIDEMARK_DATA_DIR: '/nonexistent' };
    execFile(
      process.execPath,
      [join(repositoryDir, 'services', 'cli', 'main.ts'), 'metrics', 'verify', ...args],
      { env: { ...process.env, ...environment } },
      (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });

test('a metric that equals the log is said to, with exit code 0', async () => {
  const { code, stdout, stderr } = await verify(id, '--from', iso(hourMs));
  expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringMatching(/^0 of the/) });
  expect(stdout).toMatch(/^METRIC +VERSION +CHECKED +DIFFERING +RECORDS\n/);
  // Thirty minutes and an hour, in total and of the store.
  expect(stdout).toMatch(new RegExp(`^${id} +v1 +62 +0 +30$`, 'm'));
});

test('a cell that differs is named, with exit code 1', async () => {
  const key = `{${platform.prefix}${id}@v1}:cells:hour:${hourMs}`;
  await spoilCell(platform.redis, { key, number: '0' }, { contributions: 1 });
  const range = ['--from', iso(hourMs), '--to', iso(now)];
  const table = await verify(id, ...range);
  const json = await verify(id, ...range, '--output', 'json');
  await spoilCell(platform.redis, { key, number: '0' }, { contributions: -1 });
  expect(table.code).toBe(1);
  expect(table.stdout).toContain('"contributions":31');
  expect(json.code).toBe(1);
  expect(JSON.parse(json.stdout)).toMatchObject({
    differing: 1,
    projections: [{ differences: [{ grain: 'hour', start: iso(hourMs), kind: 'different' }] }],
  });
});

test('a question without a beginning is wrong usage, an unknown metric a failure', async () => {
  expect((await verify(id)).code).toBe(2);
  const { code, stderr } = await verify('no-such', '--from', iso(hourMs));
  expect({ code, stderr }).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('no metric no-such'),
  });
});
