import { describe, expect, test } from 'vitest';
import { cutOther, OTHER } from '../../../services/console/core/other.ts';
import { createConsoleReads } from '../../../services/console/service.ts';
import type { MetricDefinition } from '../../../services/kernel/definitions.ts';
import { DAY_MS, HOUR_MS } from '../../../services/kernel/time.ts';
import { memoryProjectionReader } from '../../support/memory-projection-reader.ts';
import { memoryProjectionStore } from '../../support/memory-projection-store.ts';
import { aMetric } from '../../support/metrics.ts';
import { catalogOf } from '../../support/platform.ts';
import { projectionFiller } from '../../support/projection-filler.ts';
import type { SeenEvent } from '../../support/projection-filler.ts';

const small = aMetric({
  id: 'sales',
  aggregation: 'sum',
  valueScale: 2,
  unit: { code: 'EUR', scale: 2 },
  timezone: 'UTC',
  retentionMs: { minute: 900 * DAY_MS, hour: 900 * DAY_MS, day: 900 * DAY_MS },
  dimensions: { store: 'data.store', channel: 'data.channel' },
  breakdowns: [[], ['channel'], ['store']],
  maxSeries: 2,
});
const sale = (hour: number, store: string, value: number | bigint): SeenEvent => ({
  timeMs: hour * HOUR_MS,
  labels: { store, channel: 'web' },
  value,
});
const seen = [
  sale(0, 'A', 100),
  sale(0, 'B', 9_007_199_254_740_993n),
  sale(0, 'C', 250),
  sale(0, 'D', -1_000),
  sale(1, 'A', 7),
  sale(2, 'C', 3),
];

async function consoleOf(metric: MetricDefinition = small) {
  const store = memoryProjectionStore();
  if (metric.kind === 'simple') {
    const filler = await projectionFiller(store, metric);
    await filler.count(seen);
    await filler.passTo(3 * HOUR_MS);
  }
  const reads = createConsoleReads({
    reader: memoryProjectionReader(store),
    logBounds: () => Promise.resolve([]),
    catalog: () => catalogOf({ metrics: [metric] }),
    now: () => DAY_MS,
    prefix: '',
  });
  return async (query: Record<string, string | readonly string[]>) => {
    const range = { grain: 'hour', from: '1970-01-01T00:00:00Z', to: '1970-01-01T03:00:00Z' };
    const answer = await reads.values(metric.id, { ...range, ...query });
    if (!answer.ok) throw new Error(answer.error.detail);
    return answer.value;
  };
}

describe('other', () => {
  test('is the total less the series that are kept, exactly, and told', async () => {
    const values = await consoleOf();
    const answer = await values({ by: 'store' });
    expect(answer.series.map(({ labels }) => labels)).toEqual([{ store: 'A' }, { store: 'B' }]);
    expect(answer.other?.points).toMatchObject([
      { value: '-7.50', count: 2, state: 'closed', completeness: 1 },
      { value: '0.00', count: 0 },
      { value: '0.03', count: 1 },
    ]);
    expect(answer.warnings).toEqual([expect.stringContaining('in the total and in other')]);
    const day = await values({ by: 'store', grain: 'day', to: '1970-01-02' });
    expect(day.other?.points).toMatchObject([{ value: '-7.47', count: 3 }]);
  });

  test('of a count is a count', async () => {
    const count = { aggregation: 'count', valueScale: 0, unit: { code: '1', scale: 0 } } as const;
    const values = await consoleOf(aMetric({ ...small, ...count }));
    expect((await values({ by: 'store' })).other?.points).toMatchObject([
      { value: '2' },
      { value: '0' },
      { value: '1' },
    ]);
  });

  test.each([
    ['where a filter narrows the breakdown down', small, { by: 'store', where: 'store:A' }],
    ['of the total', small, {}],
    ['of a breakdown that has room', small, { by: 'channel' }],
    [
      'where the total is not kept',
      aMetric({ ...small, breakdowns: [['store']] }),
      { by: 'store' },
    ],
    ['of what does not add up', aMetric({ ...small, aggregation: 'max' }), { by: 'store' }],
    ['where nothing was refused', aMetric({ ...small, maxSeries: 4 }), { by: 'store' }],
  ])('there is none %s', async (_name, metric, query) => {
    const answer = await (await consoleOf(metric))(query);
    expect(answer.series.length).toBeGreaterThan(0);
    expect(answer).not.toHaveProperty('other');
    for (const warning of answer.warnings) expect(warning).toContain('in the total only');
  });

  test.each([1, 2, 4, 7, 8])(
    'comes after the last series, in pages of %i points',
    async (limit) => {
      const values = await consoleOf();
      const points: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await values({
          by: 'store',
          limit: `${limit}`,
          ...(cursor ? { cursor } : {}),
        });
        for (const series of page.series)
          points.push(...series.points.map(({ value }) => `${series.labels['store']} ${value}`));
        points.push(...(page.other?.points ?? []).map(({ value }) => `other ${value}`));
        cursor = page.cursor;
      } while (cursor);
      expect(points).toEqual([
        'A 1.00',
        'A 0.07',
        'A 0.00',
        'B 90071992547409.93',
        'B 0.00',
        'B 0.00',
        'other -7.50',
        'other 0.00',
        'other 0.03',
      ]);
    },
  );
});

describe('pages of other', () => {
  const windows = [1, 2, 3, 4, 5].map((end) => ({ startMs: end - 1, endMs: end }));
  const all = [
    { key: '["s","A"]', from: 2, to: 5 },
    { key: OTHER, from: 0, to: 5 },
  ];

  test('are its own where it is read from more cells than one page may be', () => {
    const page = cutOther({ series: all, next: undefined }, windows, 2);
    expect(page).toEqual({ series: [all[0]], next: { series: '["s","A"]', endMs: 5 } });
    const first = cutOther({ series: all.slice(1), next: undefined }, windows, 2);
    expect(first).toEqual({
      series: [{ key: OTHER, from: 0, to: 2 }],
      next: { series: OTHER, endMs: 2 },
    });
    const last = { series: [{ key: OTHER, from: 4, to: 5 }], next: undefined };
    expect(cutOther(last, windows, 2)).toEqual(last);
  });

  test('are those of the series before where one page may hold it all', () => {
    expect(cutOther({ series: all, next: undefined }, windows, 5).series).toEqual(all);
  });
});
