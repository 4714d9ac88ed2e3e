import { afterAll, beforeAll, expect, test } from 'vitest';
import { start } from '../../../services/aggregator/main.ts';
import { expectRecount, untilCaughtUp } from '../../support/aggregation.ts';
import { openEventLog } from '../../support/event-log.ts';
import type { EventLog } from '../../support/event-log.ts';
import { EVERY_AGGREGATION, ORDERS, anOrder } from '../../support/order-events.ts';
import { openTestPlatform } from '../../support/platform.ts';
import type { TestPlatform } from '../../support/platform.ts';
import { loseRedis } from '../../support/stored-cells.ts';

const HOUR = 3_600_000;
let platform: TestPlatform;
let log: EventLog;
const now = Date.now();
const world = () => ({ redis: platform.redis, prefix: platform.prefix, log });

/** Every kind of record that the aggregator must tell apart; two partitions hold heartbeats only at first. */
async function writeEverything(): Promise<void> {
  await log.events(0, [
    anOrder('a', now - 60_000, { amount: 1050 }),
    anOrder('b', now - 50_000, { amount: -250, store: 'S2' }),
    anOrder('a', now - 60_000, { amount: 1050 }),
    anOrder('a', now - 60_000, { amount: 9999 }),
    anOrder('a', now - 60_000, { amount: 9999 }),
    anOrder('c', now - 40_000, { amount: 1, status: 'cancelled', store: 'S3' }),
    anOrder('late', now - 3 * HOUR, { amount: 77 }),
    anOrder('old', now - 400 * 24 * HOUR, { amount: 5, historical: true }),
    anOrder('older', now - 500 * 24 * HOUR, { amount: 6, historical: true }),
    anOrder('old', now - 400 * 24 * HOUR, { amount: 5, historical: true }),
    anOrder('ancient', now - 5_000 * 24 * HOUR, { amount: 6, historical: true }),
    anOrder('future', now + 24 * HOUR),
  ]);
  await log.raw(1, Buffer.from('poison'));
  await log.raw(1, null);
  await log.raw(1, Buffer.from([0, 0, 255, 255, 255, 1, 2]));
  await log.raw(1, Buffer.from([0, 0, 0, 0, 1, ...Array<number>(10).fill(255)]));
  await log.events(1, [
    anOrder('a', now - 60_000, { amount: 2_000_000_000 }),
    anOrder('d', now - 30_000, { amount: 3, store: 'S2' }),
  ]);
  await log.heartbeats([0, 1, 2, 3], now);
}

beforeAll(async () => {
  platform = await openTestPlatform({
    eventTypes: [ORDERS],
    metrics: EVERY_AGGREGATION.map(({ metric }) => metric),
  });
  log = await openEventLog(platform, ORDERS);
  await writeEverything();
  await platform.run(start);
});
afterAll(async () => {
  await log.close();
  await platform.close();
});

test('every aggregation equals a naive recount of the log, duplicates, conflicts, late, historical and poison records among it', async () => {
  await untilCaughtUp(world(), EVERY_AGGREGATION);
  await expectRecount(world(), EVERY_AGGREGATION);
});

test('what comes while it runs is counted, also after Redis lost everything', async () => {
  await log.events(2, [anOrder('e', now - 20_000, { amount: 500 }), anOrder('f', now - 10_000)]);
  await untilCaughtUp(world(), EVERY_AGGREGATION);
  await expectRecount(world(), EVERY_AGGREGATION);
  await loseRedis(platform.redis, platform.prefix);
  await log.events(3, [anOrder('g', now - 9_000, { amount: 1 })]);
  await untilCaughtUp(world(), EVERY_AGGREGATION);
  await expectRecount(world(), EVERY_AGGREGATION);
});

test('a projection of which only the cells are left begins anew and adds nothing to them', async () => {
  const [first] = EVERY_AGGREGATION;
  const tag = `{${platform.prefix}${first?.metric.id}@${first?.metric.version}}`;
  await platform.redis.unlink(`${tag}:meta`);
  await log.events(2, [anOrder('h', now - 8_000, { amount: 2 })]);
  await untilCaughtUp(world(), EVERY_AGGREGATION);
  await expectRecount(world(), EVERY_AGGREGATION);
  expect(await platform.redis.hget(`${tag}:meta`, 'state')).toBeNull();
});
