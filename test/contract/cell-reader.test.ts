import { afterAll, expect, test } from 'vitest';
import { redisCellReader } from '../../services/aggregator/adapters/redis-cell-reader.ts';
import { redisProjectionStore } from '../../services/aggregator/adapters/redis-projection-store.ts';
import { DISTINCT_EXACT_MAX } from '../../services/kernel/projection.ts';
import { createRedis } from '../../services/platform/redis.ts';
import { memoryCellReader } from '../support/memory-cell-reader.ts';
import { memoryProjectionStore } from '../support/memory-projection-store.ts';
import { servers, uniquePrefix } from '../support/servers.ts';
import { cellReaderContract } from './cell-reader.ts';
import { GENERATION, delta, flush, span } from '../support/projection-flush.ts';

cellReaderContract('memory', async () => {
  const store = memoryProjectionStore();
  return { store, cells: memoryCellReader(store) };
});

const client = createRedis([servers().redisUrl], () => {});
afterAll(() => client.disconnect());
const redisWorld = () => {
  const prefix = uniquePrefix();
  let ids = 0;
  return {
    store: redisProjectionStore(client, prefix),
    cells: redisCellReader(client, prefix, () => `${prefix}${++ids}`),
  };
};
cellReaderContract('Redis', async () => redisWorld());

const REF = { metric: 'm', version: 'v' };
const HOUR = 3_600_000;

test('windows of many cells come as several views', async () => {
  const { store, cells } = redisWorld();
  const partitions = [{ topic: 'events.x', partition: 0, first: 0, empty: false }];
  await store.create(REF, { generation: GENERATION, partitions });
  const keys = Array.from({ length: 9_000 }, (_, i) => `["s","${i}"]`);
  const windows = [0, 1, 2].map((hour) => ({ grain: 'hour' as const, startMs: hour * HOUR }));
  const { series } = flush({ deltas: keys.map((key) => [key, delta()]) });
  for (const [i, { grain, startMs }] of windows.entries()) {
    const spans = [span({ from: i * 10, to: i * 10 + 10 })];
    const own = keys.map((_, index) => ({ series: index, delta: delta({ sum: 1 }) }));
    const window = { grain, startMs, endMs: startMs + HOUR, cells: own };
    const request = { generation: GENERATION, maxSeries: 10_000, spans, series, windows: [window] };
    expect((await store.apply(REF, request)).kind).toBe('applied');
  }
  const first = await cells.readWindows(REF, { windows, hasMembers: false });
  expect(first).toMatchObject({ taken: 1 });
  expect(first?.cells).toHaveLength(9_000);
});

test('an estimate of members is that of the cell that holds them', async () => {
  const { store, cells } = redisWorld();
  const partitions = [{ topic: 'events.x', partition: 0, first: 0, empty: false }];
  await store.create(REF, { generation: GENERATION, partitions });
  const members = Array.from({ length: DISTINCT_EXACT_MAX + 500 }, (_, i) => `member ${i}`);
  for (let from = 0; from < members.length; from += 3_000) {
    const part = new Set(members.slice(from, from + 3_000));
    const spans = [span({ from: from === 0 ? 0 : from, to: from + 3_000 })];
    await store.apply(REF, flush({ deltas: [['[]', delta({ members: part })]], spans }));
  }
  const windows = [{ grain: 'hour' as const, startMs: 0 }];
  const view = await cells.readWindows(REF, { windows, hasMembers: true });
  expect(view?.cells[0]?.accumulators).toMatchObject({
    approximate: true,
    distinct: await cells.estimate(REF, members.toReversed()),
  });
});
