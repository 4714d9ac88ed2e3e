import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { redisProjectionStore } from '../../services/aggregator/adapters/redis-projection-store.ts';
import { createRedis } from '../../services/platform/redis.ts';
import type { RedisClient } from '../../services/platform/redis.ts';
import { countingWorker, finish, oracleUpTo } from '../support/counting.ts';
import type { Pair } from '../support/counting.ts';
import { EVERY_AGGREGATION } from '../support/order-events.ts';
import { endsOf, orderTopics } from '../support/order-topic.ts';
import type { OrderTopic } from '../support/order-topic.ts';
import { servers, uniquePrefix } from '../support/servers.ts';
import {
  keysOf,
  loseRedis,
  storedCells,
  storedCursors,
  storedOutcomes,
} from '../support/stored-cells.ts';

/** Two of the 17 properties on the real scripts; test/property/aggregator runs them, and more of them, on the memory store. */
const RUNS = { numRuns: 15 };
const prefix = uniquePrefix();
let client: RedisClient;
beforeAll(() => {
  client = createRedis([servers().redisUrl], () => {});
});
afterAll(async () => {
  await loseRedis(client, prefix);
  client.disconnect();
});

const pairs = fc.constantFrom(...EVERY_AGGREGATION);
const steps = fc.array(
  fc.record({
    partition: fc.constantFrom(0, 1),
    records: fc.integer({ min: 1, max: 8 }),
    /** A state that was there before comes back, after the flush. */
    rollback: fc.option(fc.nat(999), { freq: 3 }),
  }),
  { maxLength: 10, size: 'max' },
);
type Step = {
  readonly partition: number;
  readonly records: number;
  readonly rollback: number | null;
};

async function countBy(topic: OrderTopic, { metric }: Pair, list: readonly Step[]) {
  await loseRedis(client, prefix);
  const world = { topic, store: redisProjectionStore(client, prefix) };
  const worker = countingWorker(world, metric);
  const reached = topic.map(() => 0);
  const snapshots = [await snapshot()];
  for (const { partition, records, rollback } of list) {
    await worker.open();
    reached[partition] = Math.min(
      (reached[partition] ?? 0) + records,
      endsOf(topic)[partition] ?? 0,
    );
    worker.read(partition, reached[partition]);
    const request = worker.send();
    if (request) await worker.settle(request);
    snapshots.push(await snapshot());
    if (rollback !== null)
      await restore(snapshots[Math.floor((rollback * snapshots.length) / 1_000)]);
  }
  await finish(world, metric);
  const ref = { prefix, metric: metric.id, version: metric.version };
  return {
    cells: await storedCells(client, ref),
    outcomes: await storedOutcomes(client, ref),
    cursors: Object.values(await storedCursors(client, ref)),
  };
}

type Snapshot = readonly (readonly [key: string, dump: Buffer])[];
async function snapshot(): Promise<Snapshot> {
  const keys = await keysOf(client, `{${prefix}*`);
  return Promise.all(keys.map(async (key) => [key, await client.dumpBuffer(key)] as const));
}
async function restore(saved: Snapshot = []): Promise<void> {
  await loseRedis(client, prefix);
  await Promise.all(saved.map(([key, dump]) => client.restore(key, 0, dump)));
}

test('P-01 on the real Redis: a log split into any batches is what Redis holds', async () => {
  await fc.assert(
    fc.asyncProperty(orderTopics(), steps, pairs, async (topic, list, pair) => {
      const straight = list.map((step) => ({ ...step, rollback: null }));
      const expected = oracleUpTo(topic, endsOf(topic), pair);
      expect(await countBy(topic, pair, straight)).toEqual(expected);
    }),
    RUNS,
  );
});

test('P-06 on the real Redis: rolled back to any earlier state and read on, it holds the same in the end', async () => {
  await fc.assert(
    fc.asyncProperty(orderTopics(), steps, pairs, async (topic, list, pair) => {
      const expected = oracleUpTo(topic, endsOf(topic), pair);
      expect(await countBy(topic, pair, list)).toEqual(expected);
    }),
    RUNS,
  );
});
