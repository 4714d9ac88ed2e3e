import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { redisProjectionStore } from '../../../services/aggregator/adapters/redis-projection-store.ts';
import { redisProjectionReader } from '../../../services/console/adapters/redis-projection-reader.ts';
import { createConsoleReads } from '../../../services/console/service.ts';
import type { SimpleMetric } from '../../../services/kernel/definitions.ts';
import { DAY_MS, HOUR_MS } from '../../../services/kernel/time.ts';
import { projectionKeys } from '../../../services/kernel/projection.ts';
import { createRedis } from '../../../services/platform/redis.ts';
import type { RedisClient } from '../../../services/platform/redis.ts';
import { memoryProjectionReader } from '../../support/memory-projection-reader.ts';
import { memoryProjectionStore } from '../../support/memory-projection-store.ts';
import { aMetric } from '../../support/metrics.ts';
import { catalogOf } from '../../support/platform.ts';
import { projectionFiller } from '../../support/projection-filler.ts';
import { servers, uniquePrefix } from '../../support/servers.ts';
import { projectionReaderContract } from './projection-reader.ts';

projectionReaderContract('memory', async () => {
  const store = memoryProjectionStore();
  return { store, reader: memoryProjectionReader(store) };
});

let client: RedisClient;
beforeAll(() => {
  client = createRedis([servers().redisUrl], (error) => {
    throw error;
  });
});
afterAll(() => client.disconnect());

projectionReaderContract('Redis', async () => {
  const prefix = uniquePrefix();
  return {
    store: redisProjectionStore(client, prefix),
    reader: redisProjectionReader(client, prefix),
  };
});

test('a projection that begins anew between two batches of one answer is no view', async () => {
  const prefix = uniquePrefix();
  const metric = aMetric({ grains: ['minute'], timezone: 'UTC' });
  const filler = await projectionFiller(redisProjectionStore(client, prefix), metric);
  await filler.count([{ timeMs: 0, value: 1 }]);
  const { meta } = projectionKeys(prefix, metric.id, metric.version);
  let batches = 0;
  const meddling = new Proxy(client, {
    get(target, name) {
      const member = Reflect.get(target, name) as unknown;
      if (name === 'call' && ++batches === 2) void target.hset(meta, 'gen', 'g2');
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
  const request = {
    grain: 'minute',
    aggregation: 'sum',
    starts: Array.from({ length: 10_000 }, (_, i) => i * 60_000),
    series: [0],
  } as const;
  const ref = { metric: metric.id, version: metric.version };
  // The server knows the scripts from now on: each batch is one call.
  await redisProjectionReader(client, prefix).cells(ref, request);
  expect(await redisProjectionReader(meddling, prefix).cells(ref, request)).toBeUndefined();
  // Two were under way by then, and no more are asked for.
  expect(batches).toBe(4);
  const again = await redisProjectionReader(client, prefix).cells(ref, request);
  expect(again?.head.generation).toBe('g2');
});

test('a hundred thousand series of one window are read, as other needs them', async () => {
  const prefix = uniquePrefix();
  const metric = aMetric({ grains: ['hour'], timezone: 'UTC' });
  const filler = await projectionFiller(redisProjectionStore(client, prefix), metric);
  await filler.count([{ timeMs: 0, value: 7 }]);
  const view = await redisProjectionReader(client, prefix).cells(
    { metric: metric.id, version: metric.version },
    {
      grain: 'hour',
      aggregation: 'sum',
      starts: [0],
      series: Array.from({ length: 100_001 }, (_, number) => number),
    },
  );
  expect([...(view?.windows.get(0)?.cells ?? [])]).toMatchObject([
    [0, { accumulators: { sum: 7 } }],
  ]);
});

test('beyond the limit of series, other is what Redis holds of the total less what it holds of the rest', async () => {
  const prefix = uniquePrefix();
  const metric = aMetric({
    dimensions: { store: 'data.store', channel: 'data.channel' },
    breakdowns: [[], ['store', 'channel']],
    grains: ['hour'],
    timezone: 'UTC',
    retentionMs: { minute: DAY_MS, hour: 1_000 * DAY_MS, day: DAY_MS },
    maxSeries: 2,
  });
  const filler = await projectionFiller(redisProjectionStore(client, prefix), metric);
  const sale = (store: string, value: number) => ({
    timeMs: 0,
    value,
    labels: { store, channel: 'web' },
  });
  await filler.count([sale('A', 100), sale('B', 200), sale('C', 5)]);
  await filler.count([sale('D', 40), sale('A', 1)]);
  const reads = createConsoleReads({
    reader: redisProjectionReader(client, prefix),
    logBounds: () => Promise.resolve([]),
    catalog: () => catalogOf({ metrics: [metric] }),
    now: () => HOUR_MS,
    prefix: '',
  });
  const range = { from: '1970-01-01T00:00:00Z', to: '1970-01-01T01:00:00Z', grain: 'hour' };
  expect(await reads.values(metric.id, { ...range, by: 'channel,store' })).toMatchObject({
    ok: true,
    value: {
      series: [{ points: [{ value: '1.01' }] }, { points: [{ value: '2.00' }] }],
      other: { points: [{ value: '0.45', count: 2 }] },
    },
  });
});

describe('Redis counts members of large cells', () => {
  const metric: SimpleMetric = aMetric({
    aggregation: 'distinct',
    valueScale: 0,
    grains: ['hour'],
    retentionMs: { minute: DAY_MS, hour: 1_000 * DAY_MS, day: DAY_MS },
  });
  const ref = { metric: metric.id, version: metric.version };
  /** Members `from..to` in one hour. */
  const membersIn = (hour: number, range: { from: number; to: number }) =>
    Array.from({ length: range.to - range.from }, (_, i) => ({
      timeMs: hour * HOUR_MS,
      member: `member-${range.from + i}`,
    }));
  const group = (...hours: number[]) =>
    ({ grain: 'hour', starts: hours.map((hour) => hour * HOUR_MS), seriesKey: '[]' }) as const;

  test('a union with an estimated cell is an estimate, close to the truth, and leaves nothing behind', async () => {
    const prefix = uniquePrefix();
    const filler = await projectionFiller(redisProjectionStore(client, prefix), metric);
    await filler.count(membersIn(0, { from: 0, to: 12_000 }));
    await filler.count(membersIn(1, { from: 6_000, to: 15_000 }));
    await filler.count(membersIn(2, { from: 0, to: 9_000 }));
    const reader = redisProjectionReader(client, prefix);
    const [large, exact, union, exactUnion] = await reader.members(ref, [
      group(0),
      group(1),
      group(0, 1),
      group(1, 2),
    ]);
    expect(large?.approximate).toBe(true);
    expect(Math.abs((large?.distinct ?? 0) / 12_000 - 1)).toBeLessThan(0.04);
    expect(exact).toEqual({ distinct: 9_000, approximate: false });
    expect(union?.approximate).toBe(true);
    expect(Math.abs((union?.distinct ?? 0) / 15_000 - 1)).toBeLessThan(0.04);
    expect(exactUnion).toEqual({ distinct: 15_000, approximate: false });
    const [, left] = await (client as Exclude<RedisClient, { nodes: unknown }>).scan(
      '0',
      'MATCH',
      `{${prefix}*:scratch*`,
      'COUNT',
      1_000_000,
    );
    expect(left).toEqual([]);
  });
});
