import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRedis } from '../../../services/platform/redis.ts';
import type { RedisClient } from '../../../services/platform/redis.ts';
import { expectRecount, untilCaughtUp } from '../../support/aggregation.ts';
import { runAggregator } from '../../support/aggregators.ts';
import type { RunningAggregator } from '../../support/aggregators.ts';
import { openEventLog } from '../../support/event-log.ts';
import type { EventLog } from '../../support/event-log.ts';
import { EVERY_AGGREGATION, ORDERS, anOrder } from '../../support/order-events.ts';
import { openTestPlatform } from '../../support/platform.ts';
import type { TestPlatform } from '../../support/platform.ts';
import { servers } from '../../support/servers.ts';
import { tcpProxy } from '../../support/tcp-proxy.ts';
import type { TcpProxy } from '../../support/tcp-proxy.ts';

const PAIRS = EVERY_AGGREGATION.slice(0, 3);
const now = Date.now();
let proxy: TcpProxy;
let direct: RedisClient;
let platform: TestPlatform;
let log: EventLog;
let aggregator: RunningAggregator;
let number = 0;

const world = () => ({ redis: direct, prefix: platform.prefix, log });
const write = (count: number): Promise<unknown> =>
  Promise.all(
    [0, 1, 2, 3].map((partition) =>
      log.events(
        partition,
        Array.from({ length: count }, () => {
          number++;
          const over = { amount: number % 100, store: `S${number % 4}` };
          return anOrder(`${number}`, now - (number % 300) * 1_000, over);
        }),
      ),
    ),
  );

beforeAll(async () => {
  const { redisUrl } = servers();
  proxy = await tcpProxy(new URL(redisUrl).host);
  direct = createRedis([redisUrl], () => {});
  platform = await openTestPlatform(
    { eventTypes: [ORDERS] },
    { REDIS_URL: `redis://127.0.0.1:${proxy.port}` },
  );
  log = await openEventLog(platform, ORDERS);
  aggregator = await runAggregator(platform, {
    eventTypes: [ORDERS],
    metrics: PAIRS.map(({ metric }) => metric),
  });
});
afterAll(async () => {
  await aggregator.stop();
  await log.close();
  await platform.close();
  direct.disconnect();
  await proxy.close();
});

test('while Redis is away nothing is lost, what is missing is named, and all is right when it is back', async () => {
  await write(50);
  await untilCaughtUp(world(), PAIRS);
  proxy.cut();
  await write(50);
  await expect
    .poll(() => aggregator.missing().join(), { timeout: 30_000 })
    .toContain('is being opened');
  await write(50);
  proxy.restore();
  await untilCaughtUp(world(), PAIRS);
  expect(aggregator.missing()).toEqual([]);
  await expectRecount(world(), PAIRS);
});

test('F-038 connections that break after Redis did its work and before it answered change no value', async () => {
  let answers = 0;
  proxy.cutAnswers(() => ++answers % 5 === 0);
  for (let round = 0; round < 6; round++) await write(40);
  await expect.poll(() => proxy.cuts(), { timeout: 30_000 }).toBeGreaterThan(1);
  proxy.cutAnswers(() => false);
  await untilCaughtUp(world(), PAIRS);
  await expectRecount(world(), PAIRS);
});
