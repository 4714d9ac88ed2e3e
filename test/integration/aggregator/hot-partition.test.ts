import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectRecount, untilCaughtUp } from '../../support/aggregation.ts';
import { runAggregator } from '../../support/aggregators.ts';
import type { RunningAggregator } from '../../support/aggregators.ts';
import { openEventLog } from '../../support/event-log.ts';
import type { EventLog } from '../../support/event-log.ts';
import { EVERY_AGGREGATION, ORDERS, anOrder } from '../../support/order-events.ts';
import { openTestPlatform } from '../../support/platform.ts';
import type { TestPlatform } from '../../support/platform.ts';

const HOT = 0;
const OTHERS = [1, 2, 3];
/** Nine of ten events, of one kilobyte each: five times what one fetch takes of a partition (1 MiB). */
const HOT_EVENTS = 5_400;
const OTHER_EVENTS = 200;
const AT_ONCE = 200;
const PADDING = 'x'.repeat(1_000);
const NOW = Date.now();
const PAIRS = EVERY_AGGREGATION.slice(0, 1);

let platform: TestPlatform;
let log: EventLog;
let aggregator: RunningAggregator;

const write = async (partition: number, count: number): Promise<void> => {
  for (let from = 0; from < count; from += AT_ONCE)
    await log.events(
      partition,
      Array.from({ length: AT_ONCE }, (_, i) =>
        anOrder(`${partition}-${from + i}`, NOW - i, { amount: i % 100, subject: PADDING }),
      ),
    );
};

beforeAll(async () => {
  platform = await openTestPlatform({ eventTypes: [ORDERS] });
  log = await openEventLog(platform, ORDERS);
});
afterAll(async () => {
  await aggregator.stop();
  await log.close();
  await platform.close();
});

test('F-035 a partition with nine of ten events does not hold the others back', async () => {
  await write(HOT, HOT_EVENTS);
  await Promise.all(OTHERS.map((partition) => write(partition, OTHER_EVENTS)));
  const cursors = new Map<number, number>();
  let hotWhenOthersWereLevel: number | undefined;
  aggregator = await runAggregator(
    platform,
    { eventTypes: [ORDERS], metrics: PAIRS.map(({ metric }) => metric) },
    ({ store }) => ({
      store: {
        ...store,
        async apply(ref, flush) {
          const result = await store.apply(ref, flush);
          for (const { partition, to } of flush.spans) cursors.set(partition, to);
          if (OTHERS.every((partition) => cursors.get(partition) === OTHER_EVENTS))
            hotWhenOthersWereLevel ??= cursors.get(HOT) ?? 0;
          return result;
        },
      },
    }),
  );
  const world = { redis: platform.redis, prefix: platform.prefix, log };
  await untilCaughtUp(world, PAIRS);
  await expectRecount(world, PAIRS);
  expect(hotWhenOthersWereLevel).toBeLessThan(HOT_EVENTS / 2);
}, 90_000);
