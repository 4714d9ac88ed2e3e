import { expect, test } from 'vitest';
import { createAhead } from '../../../services/aggregator/ahead.ts';
import { createPartitions } from '../../../services/aggregator/partitions.ts';
import type { StoredProjection } from '../../../services/aggregator/ports.ts';
import { topicReaders } from '../../../services/aggregator/take-batch.ts';
import { envelopes } from '../../support/envelopes.ts';
import { aMetric, anEventType } from '../../support/metrics.ts';

const TYPE = anEventType();
const METRICS = [aMetric({ id: 'a' }), aMetric({ id: 'b' })];
const NOTHING = (): void => undefined;
const at = (partition: number) => ({ topic: 't', partition });

/** What is stored of a projection whose cursors stand here, over as many partitions. */
const stored = (...nexts: readonly number[]): StoredProjection => ({
  generation: 'g',
  series: new Map(),
  rebuilding: false,
  partitions: nexts.map((next, partition) => ({
    ...at(partition),
    first: 0,
    next,
    watermarkMs: 0,
    appendMs: 0,
    historicalMs: 0,
    fingerprints: [],
  })),
});

/** Reading ahead for these projections; each stretch is read when the test says so. */
function aWorld(...projections: readonly StoredProjection[]) {
  const { reader, plan } = envelopes(TYPE);
  const consumer = { seek: NOTHING, pause: NOTHING };
  const partitions = createPartitions(TYPE, consumer, 50_000);
  const asked: { partition: number; to: number; end: () => void; fail: (e: Error) => void }[] = [];
  const told: string[] = [];
  const ports = { readers: { readerOf: async () => reader }, schemaIdOf: () => 1 };
  const ahead = createAhead(
    {
      store: { load: async ({ metric }) => projections[metric === 'a' ? 0 : 1] },
      offsets: {
        bounds: async () =>
          (projections[0]?.partitions ?? []).map(({ partition }) => ({
            partition,
            first: 0,
            end: 10_000_000,
          })),
        offsetAt: async () => 0,
        recordAt: async () => undefined,
      },
      log: {
        readInPlace({ partition, to }) {
          const { promise, resolve, reject } = Promise.withResolvers<void>();
          asked.push({ partition, to, end: resolve, fail: reject });
          return promise;
        },
      },
      clock: { sleep: async () => {} },
    },
    {
      type: TYPE,
      partitions,
      plans: () => METRICS.slice(0, projections.length).map(plan),
      readers: () => topicReaders(ports, { schema: TYPE.schema, fields: new Set() }),
      reachRecords: 50_000,
      onRead: (partition) => told.push(`read ${partition}`),
      startOver: (reason) => told.push(`over: ${reason}`),
    },
  );
  ahead.begin();
  return { ahead, partitions, asked, told };
}

test('reads one partition after the other; its own are held until it is their turn', async () => {
  const { ahead, partitions, asked, told } = aWorld(stored(10, 20, 30));
  await expect.poll(() => asked.length).toBe(1);
  ahead.assign([at(0), at(2)]);
  expect([0, 1, 2].map((partition) => partitions.get(partition)?.isHeld)).toEqual([
    true,
    undefined,
    true,
  ]);
  expect(ahead.giveWay()).toBeDefined();
  asked[0]?.end();
  await expect
    .poll(() => asked.map(({ partition, to }) => [partition, to]))
    .toEqual([
      [0, 10],
      [2, 30],
    ]);
  expect(partitions.get(0)?.isHeld).toBe(false);
  asked[1]?.end();
  await expect.poll(() => told).toEqual(['read 0', 'read 2']);
  expect(ahead.giveWay()).toBeUndefined();
});

test('reads up to the least cursor of those near each other, and not for one far behind', async () => {
  const near = aWorld(stored(100_000), stored(90_000));
  await expect.poll(() => near.asked[0]?.to).toBe(90_000);
  const far = aWorld(stored(100_000), stored(10));
  await expect.poll(() => far.asked[0]?.to).toBe(100_000);
});

test('reads no more than a worker may hold of partitions that may be others’', async () => {
  const { asked, told, ahead, partitions } = aWorld(stored(3_000_000, 3_000_000));
  await expect.poll(() => asked.length).toBe(1);
  ahead.assign([at(0), at(1)]);
  expect(partitions.get(1)).toBeUndefined();
  asked[0]?.end();
  await expect.poll(() => told).toEqual(['read 0']);
  expect(asked).toHaveLength(1);
});

test('a judge that broke off is forgotten, and everything is begun anew where it is needed', async () => {
  const { ahead, asked, told, partitions } = aWorld(stored(10));
  await expect.poll(() => asked.length).toBe(1);
  ahead.assign([at(0)]);
  asked[0]?.fail(new Error('a bug'));
  await expect.poll(() => told[0]).toBe('over: a bug');
  expect(partitions.get(0)).toBeUndefined();
});
