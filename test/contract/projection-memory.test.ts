import { afterAll, beforeAll, expect, test } from 'vitest';
import { allDirty } from '../support/all-dirty.ts';
import { redisProjectionStore } from '../../services/aggregator/adapters/redis-projection-store.ts';
import type { FlushRequest } from '../../services/aggregator/core/flush.ts';
import { zoneCalendar } from '../../services/kernel/window.ts';
import { createRedis } from '../../services/platform/redis.ts';
import type { RedisClient } from '../../services/platform/redis.ts';
import { aMetric } from '../support/metrics.ts';
import { servers, uniquePrefix } from '../support/servers.ts';
import { keysOf } from '../support/stored-cells.ts';
import { span } from '../support/projection-flush.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
const WEEKS = 4;
const STORES = 6;
const metric = aMetric({
  id: 'soak',
  aggregation: 'distinct',
  latenessMs: HOUR,
  retentionMs: { minute: 6 * HOUR, hour: 2 * DAY, day: 6 * DAY },
});
const ref = { metric: metric.id, version: metric.version };
const prefix = uniquePrefix();
const calendar = zoneCalendar(metric.timezone);
let client: RedisClient;
beforeAll(() => {
  client = createRedis([servers().redisUrl], () => {});
});
afterAll(() => client.disconnect());

/** What one hour brings: a member more of each store, in its minute, hour and day. */
function anHour(number: number, timeMs: number): FlushRequest {
  const delta = (store: number) => ({
    contributions: 1,
    restated: false,
    historical: 0,
    sum: undefined,
    min: undefined,
    max: undefined,
    last: undefined,
    bins: undefined,
    members: new Set([`member-${number}-${store}`]),
  });
  return {
    generation: 'g',
    spans: [span({ from: number, to: number + 1, watermarkMs: timeMs })],
    series: Array.from({ length: STORES }, (_, store) => ({
      key: `["store","S${store}"]`,
      number: undefined,
      breakdown: 'store',
    })),
    maxSeries: 100,
    windows: metric.grains.map((grain) => {
      const startMs = calendar.cellStart(grain, timeMs);
      return {
        grain,
        startMs,
        endMs: calendar.cellEnd(grain, startMs),
        cells: Array.from({ length: STORES }, (_, series) => ({ series, delta: delta(series) })),
      };
    }),
  };
}

/** Keys and bytes of the projection now. */
async function footprint(): Promise<{ readonly keys: number; readonly bytes: number }> {
  const keys = await keysOf(client, `{${prefix}*`);
  const sizes = await Promise.all(keys.map((key) => client.memory('USAGE', key, 'SAMPLES', 0)));
  return { keys: keys.length, bytes: sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0) };
}

test('F-057 over weeks memory is flat behind the retention of each grain, and what is kept is what retention says', async () => {
  const store = redisProjectionStore(client, prefix);
  const partitions = [{ topic: 'events.x', partition: 0, first: 0, empty: true }];
  await store.create(ref, { generation: 'g', partitions });
  const startMs = Date.UTC(2026, 0, 1);
  const weekly: Awaited<ReturnType<typeof footprint>>[] = [];
  for (let number = 0; number < (WEEKS * WEEK) / HOUR; number++) {
    const timeMs = startMs + number * HOUR;
    expect((await store.apply(ref, anHour(number, timeMs))).kind).toBe('applied');
    while ((await store.advance(metric, 100)) > 0);
    const { cells } = await allDirty(store, metric);
    await store.clearDirty(ref, cells);
    if ((timeMs + HOUR - startMs) % WEEK === 0) weekly.push(await footprint());
  }
  const [, second, ...later] = weekly;
  expect(later).toHaveLength(WEEKS - 2);
  for (const week of later) {
    expect(week.keys).toBe(second?.keys);
    expect(week.bytes).toBeLessThan(1.02 * (second?.bytes ?? 0));
  }
  // One window an hour of each grain, kept from its end until lateness and retention have passed.
  const windows = await keysOf(client, `{${prefix}*:cells:*`);
  const kept = (grain: string): number =>
    windows.filter((key) => key.includes(`:cells:${grain}:`)).length;
  expect({ minute: kept('minute'), hour: kept('hour'), day: kept('day') }).toEqual({
    minute: 7,
    hour: 49,
    day: 7,
  });
});
