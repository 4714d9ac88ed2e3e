import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { redisProjectionStore } from '../../services/aggregator/adapters/redis-projection-store.ts';
import type { CellDelta } from '../../services/aggregator/core/cell-delta.ts';
import type { ProjectionStore } from '../../services/aggregator/ports.ts';
import type { Integer } from '../../services/kernel/integer.ts';
import { ENTITIES_MAX } from '../../services/kernel/projection.ts';
import { createRedis } from '../../services/platform/redis.ts';
import type { RedisClient } from '../../services/platform/redis.ts';
import { allDirty } from '../support/all-dirty.ts';
import { memoryProjectionStore } from '../support/memory-projection-store.ts';
import { aMetric } from '../support/metrics.ts';
import { servers, uniquePrefix } from '../support/servers.ts';
import { GENERATION, delta, flush, span } from '../support/projection-flush.ts';

const metric = aMetric({ aggregation: 'latest', entity: 'data.sku', grains: ['hour'] });
const ref = { metric: metric.id, version: metric.version };
let client: RedisClient | undefined;
afterAll(() => client?.disconnect());
const redisStore = (): ProjectionStore => {
  client ??= createRedis([servers().redisUrl], () => {});
  return redisProjectionStore(client, uniquePrefix());
};

describe.each([
  ['memory', memoryProjectionStore],
  ['Redis', redisStore],
] as const)('cells of latest, %s', (_name, makeStore) => {
  let store: ProjectionStore;
  const cells = async () => (await allDirty(store, metric)).cells;
  beforeEach(async () => {
    store = makeStore();
    const partitions = [{ topic: 'events.x', partition: 0, first: 0, empty: true }];
    await store.create(ref, { generation: GENERATION, partitions });
  });

  const newest = (timeMs: number, offset: number, value: Integer) => ({
    timeMs,
    partition: 0,
    offset,
    value,
  });
  const entities = (list: Record<string, ReturnType<typeof newest>>) =>
    delta({ entities: new Map(Object.entries(list)) });

  test('the sum of the newest values of all entities is exact, whatever order flushes come in', async () => {
    const huge = 9_007_199_254_740_993n;
    const flushes = [
      entities({ a: newest(5, 1, 10), b: newest(5, 2, -4), 'c|"': newest(1, 3, huge) }),
      entities({ a: newest(4, 9, 99), b: newest(6, 4, 8), d: newest(0, 5, 1) }),
      entities({ a: newest(5, 0, 77), 'c|"': newest(1, 6, -1) }),
      entities({ a: newest(5, 7, -3), b: newest(9, 8, 0) }),
    ];
    const sums: (Integer | undefined)[] = [];
    for (const [from, one] of flushes.entries()) {
      const total: [string, CellDelta][] = [['[]', one]];
      await store.apply(ref, flush({ deltas: total, spans: [span({ from, to: from + 1 })] }));
      sums.push((await cells())[0]?.accumulators.sum);
    }
    expect(sums).toEqual([huge + 6n, huge + 19n, 18, -3]);
    expect(await cells()).toHaveLength(1);
    expect((await cells())[0]?.accumulators).toEqual({ contributions: 4, sum: -3 });
  });

  test('each series has the newest values of its own entities', async () => {
    const first: [string, CellDelta][] = [
      ['[]', entities({ a: newest(1, 1, 10) })],
      ['["s","1"]', entities({ a: newest(1, 1, 10) })],
    ];
    const moved: [string, CellDelta][] = [
      ['[]', entities({ a: newest(2, 2, 7) })],
      ['["s","2"]', entities({ a: newest(2, 2, 7) })],
    ];
    await store.apply(ref, flush({ deltas: first }));
    await store.apply(ref, flush({ deltas: moved, spans: [span({ from: 10, to: 11 })] }));
    const bySeries = (await cells()).map(({ key, accumulators }) => [key, accumulators.sum]);
    expect(Object.fromEntries(bySeries)).toEqual({ '[]': 7, '["s","1"]': 10, '["s","2"]': 7 });
  });

  test('a cell of one entity more than it may hold is refused, and what it holds stays', async () => {
    const many = (count: number, at: number) =>
      delta({
        entities: new Map(
          Array.from({ length: count }, (_, i) => [`e${at + i}`, newest(0, 0, 1)] as const),
        ),
      });
    const full: [string, CellDelta][] = [['[]', many(ENTITIES_MAX, 0)]];
    expect((await store.apply(ref, flush({ deltas: full }))).kind).toBe('applied');
    const more: [string, CellDelta][] = [['[]', many(1, ENTITIES_MAX)]];
    const spans = [span({ from: 10, to: 11 })];
    expect((await store.apply(ref, flush({ deltas: more, spans }))).kind).toBe('overflow');
    const known: [string, CellDelta][] = [['[]', many(5, 0)]];
    expect((await store.apply(ref, flush({ deltas: known, spans }))).kind).toBe('applied');
    expect((await cells())[0]?.accumulators.sum).toBe(ENTITIES_MAX);
  });

  test('a sum of newest values that leaves 64 bits is refused', async () => {
    const half = 5_000_000_000_000_000_000n;
    const two = entities({ a: newest(0, 0, half), b: newest(0, 1, half) });
    expect((await store.apply(ref, flush({ deltas: [['[]', two]] }))).kind).toBe('overflow');
    expect(await cells()).toEqual([]);
  });
});
