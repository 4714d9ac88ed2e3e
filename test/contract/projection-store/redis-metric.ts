import { afterAll, beforeAll } from 'vitest';
import { redisProjectionStore } from '../../../services/aggregator/adapters/redis-projection-store.ts';
import type { CellDelta } from '../../../services/aggregator/core/cell-delta.ts';
import { createRedis } from '../../../services/platform/redis.ts';
import type { RedisClient } from '../../../services/platform/redis.ts';
import { aMetric } from '../../support/metrics.ts';
import { HOUR, span } from '../../support/projection-flush.ts';
import { servers, uniquePrefix } from '../../support/servers.ts';

/** The real Redis, connected before the tests of a file. */
export function redisClient(): () => RedisClient {
  let client: RedisClient;
  beforeAll(() => {
    client = createRedis([servers().redisUrl], () => {});
  });
  afterAll(() => client.disconnect());
  return () => client;
}

/** A metric of hours in it, begun before the tests of a file, to which cells of one hour at a time are flushed. */
export function redisMetric() {
  const client = redisClient();
  const metric = aMetric({
    id: 'm',
    grains: ['hour'],
    retentionMs: { minute: 0, hour: HOUR, day: 0 },
    latenessMs: 0,
  });
  const ref = { metric: metric.id, version: metric.version };
  const prefix = uniquePrefix();
  const store = () => redisProjectionStore(client(), prefix);
  let next = 0;
  beforeAll(async () => {
    const partitions = [{ topic: 'events.x', partition: 0, first: 0, empty: true }];
    await store().create(ref, { generation: 'g', partitions });
  });
  return {
    client,
    prefix,
    metric,
    ref,
    store,
    async apply(
      cells: readonly (readonly [string, CellDelta])[],
      at: { startMs: number; watermarkMs?: number },
    ) {
      const result = await store().apply(ref, {
        generation: 'g',
        spans: [span({ from: next, to: next + 1, watermarkMs: at.watermarkMs ?? 0 })],
        series: cells.map(([key]) => ({
          key,
          number: undefined,
          breakdown: key === '[]' ? '' : 's',
        })),
        maxSeries: 100_000,
        windows: [
          {
            grain: 'hour',
            startMs: at.startMs,
            endMs: at.startMs + HOUR,
            cells: cells.map(([, one], series) => ({ series, delta: one })),
          },
        ],
      });
      if (result.kind === 'applied') next++;
      return result;
    },
    cell: async (startMs: number, key = '[]') =>
      (await store().readCells(ref, [{ grain: 'hour', startMs, key }])).cells[0],
  };
}
