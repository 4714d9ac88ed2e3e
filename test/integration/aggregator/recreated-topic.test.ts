import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { start } from '../../../services/aggregator/main.ts';
import { ensureTopics, eventTopicSpec } from '../../../services/platform/kafka/topics.ts';
import { expectRecount, untilCaughtUp } from '../../support/aggregation.ts';
import { runAggregator } from '../../support/aggregators.ts';
import type { RunningAggregator } from '../../support/aggregators.ts';
import { openEventLog } from '../../support/event-log.ts';
import type { EventLog } from '../../support/event-log.ts';
import { EVERY_AGGREGATION, ORDERS, anOrder } from '../../support/order-events.ts';
import { openTestPlatform } from '../../support/platform.ts';
import type { TestPlatform } from '../../support/platform.ts';

const now = Date.now();
const PAIRS = EVERY_AGGREGATION.slice(0, 2);
const DEFINITIONS = { eventTypes: [ORDERS], metrics: PAIRS.map(({ metric }) => metric) };
const PARTITIONS = [0, 1, 2, 3];
let platform: TestPlatform;
let log: EventLog;
let running: RunningAggregator | undefined;
const world = () => ({ redis: platform.redis, prefix: platform.prefix, log });

const run = async (): Promise<void> => {
  running = await runAggregator(platform, DEFINITIONS);
};
const end = async (): Promise<void> => {
  await running?.stop();
  running = undefined;
};
/** Orders over all partitions, under ids that begin with `name`; those of another name differ in more than that. From an index on their ids are those of before. */
const write = async (name: string, count: number, copiesFrom = count): Promise<void> => {
  const base = 1_000 * name.charCodeAt(0);
  const orders = Array.from({ length: count }, (_, i) =>
    anOrder(`${name}${i < copiesFrom ? i : i - copiesFrom}`, now - 1_000 * i, {
      amount: base + i,
      store: `S${i % 3}`,
    }),
  );
  await Promise.all(PARTITIONS.map((partition) => log.events(partition, orders)));
};
/** The topic is deleted, and one of the same name made, with records of its own. */
const recreate = async (count: number): Promise<void> => {
  const admin = platform.kafka.admin();
  await admin.connect();
  await admin.deleteTopics({ topics: [log.topic] });
  await admin.disconnect();
  await log.close();
  await ensureTopics(platform.kafka, [eventTopicSpec(platform.config, ORDERS.id)]);
  log = await openEventLog(platform, ORDERS);
  await write('b', count);
};
const generations = (): Promise<(string | null)[]> =>
  Promise.all(
    PAIRS.map(({ metric }) =>
      platform.redis.hget(`{${platform.prefix}${metric.id}@${metric.version}}:meta`, 'gen'),
    ),
  );

beforeEach(async () => {
  platform = await openTestPlatform(DEFINITIONS, { TIDEMARK_VERIFY_EVERY: '1' });
  log = await openEventLog(platform, ORDERS);
});
afterEach(async () => {
  await end();
  await log.close();
  await platform.close();
});

test('a topic that was made again and has outgrown the cursors is counted from its start', async () => {
  await write('a', 40);
  await run();
  await untilCaughtUp(world(), PAIRS);
  await end();
  await recreate(60);
  await run();
  await untilCaughtUp(world(), PAIRS);
  await expectRecount(world(), PAIRS);
});

test('a worker that starts again on the same log goes on where it was', async () => {
  await write('a', 40);
  await run();
  await untilCaughtUp(world(), PAIRS);
  const before = await generations();
  await end();
  await write('b', 20);
  await run();
  await untilCaughtUp(world(), PAIRS);
  expect(await generations()).toEqual(before);
  await expectRecount(world(), PAIRS);
});

test('a topic that was made again under a running worker, and outgrew it before it looked, is counted anew', async () => {
  // A judge that remembers where copies lay would take for copies what lies there now.
  await write('a', 40, 30);
  await platform.run(start);
  await untilCaughtUp(world(), PAIRS);
  await recreate(60);
  await vi.waitFor(() => expectRecount(world(), PAIRS), { timeout: 60_000, interval: 200 });
});
