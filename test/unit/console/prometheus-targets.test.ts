import { describe, expect, test } from 'vitest';
import { metadataData } from '../../../services/console/core/prometheus/metadata.ts';
import type { SeriesEntry } from '../../../services/console/core/series-choice.ts';
import { createPrometheusReads } from '../../../services/console/prometheus.ts';
import type { TargetDefinition, TargetEntry } from '../../../services/kernel/target.ts';
import { DAY_MS } from '../../../services/kernel/time.ts';
import { parseWindowSize } from '../../../services/kernel/window-size.ts';
import type { WindowSize } from '../../../services/kernel/window.ts';
import { compileWholeMatch } from '../../../services/platform/regex.ts';
import { memoryProjectionReader } from '../../support/memory-projection-reader.ts';
import { memoryProjectionStore } from '../../support/memory-projection-store.ts';
import { aMetric } from '../../support/metrics.ts';
import { catalogOf } from '../../support/platform.ts';
import { projectionFiller } from '../../support/projection-filler.ts';

const sales = aMetric({
  id: 'net-sales',
  timezone: 'UTC',
  retentionMs: { minute: 4_000 * DAY_MS, hour: 4_000 * DAY_MS, day: 4_000 * DAY_MS },
  dimensions: { store: 'data.store' },
  breakdowns: [[], ['store']],
});
const retail = aMetric({
  ...sales,
  id: 'retail-sales',
  calendar: {
    id: 'retail',
    namedBy: 'start',
    weekStart: 7,
    weeks: { pattern: '4-5-4', lastMonth: 1, end: 'nearest' },
  },
});
type Plan = Partial<Omit<TargetDefinition, 'window' | 'entries'>> & {
  readonly window: string;
  readonly entries: readonly (Partial<TargetEntry> & { readonly value: string })[];
};
const plan = ({ window, entries, ...more }: Plan, i: number): TargetDefinition => ({
  id: `plan-${i}`,
  metric: 'net-sales',
  by: [],
  ...more,
  window: parseWindowSize(window) as WindowSize,
  entries: entries.map((one) => ({ where: {}, ...one })),
});
const TARGETS = [
  {
    window: 'month',
    entries: [{ value: '900' }, { from: '2026-03-01', to: '2026-04-01', value: '1000.50' }],
  },
  { window: 'day', entries: [{ value: '30' }] },
  {
    window: 'day',
    by: ['store'],
    entries: [{ where: { store: 'S1' }, value: '20' }],
  },
  { window: 'month', metric: 'retail-sales', entries: [{ value: '7' }] },
  { window: 'day', metric: 'retail-sales', by: ['store'], entries: [{ value: '1' }] },
].map(plan);

const NOW = '2026-04-02T12:00:00Z';
/** @param series of each metric, beside those that have values */
async function aPrometheus(series: readonly SeriesEntry[] = []) {
  const store = memoryProjectionStore();
  const at = (time: string, name: string, value: number) => ({
    timeMs: Date.parse(time),
    value: value * 100,
    labels: { store: name },
  });
  const events = [at('2026-03-10T12:00:00Z', 'S1', 400), at('2026-03-31T12:00:00Z', 'S2', 101)];
  for (const metric of [sales, retail]) {
    const filler = await projectionFiller(store, metric);
    await filler.count(events);
    await filler.passTo(Date.parse('2026-04-01T00:00:00Z'));
  }
  const catalog = catalogOf({ metrics: [sales, retail], targets: TARGETS });
  const reader = memoryProjectionReader(store);
  const reads = createPrometheusReads({
    reader: series.length === 0 ? reader : { ...reader, series: async () => series },
    catalog: () => catalog,
    now: () => Date.parse(NOW),
    compileRegex: compileWholeMatch,
  });
  type Result = { metric: Record<string, string>; value?: [number, string]; values?: unknown };
  const resultsOf = (answer: Awaited<ReturnType<typeof reads.query>>): readonly Result[] => {
    if (!answer.ok) throw new Error(answer.error.detail);
    return (JSON.parse(answer.value) as { data: { result: Result[] } }).data.result;
  };
  return {
    reads,
    catalog,
    /** Values by the labels beside the name. */
    at: async (query: string, time = '2026-04-01T00:00:00Z') =>
      resultsOf(await reads.query(new URLSearchParams({ query, time }))).map(
        ({ metric, value }) => [without(metric, '__name__'), value?.[1]],
      ),
    range: async (query: string, [start, end, step]: readonly [string, string, string]) =>
      resultsOf(await reads.queryRange(new URLSearchParams({ query, start, end, step })))[0]
        ?.values,
  };
}
const without = (labels: Readonly<Record<string, string>>, name: string) =>
  Object.fromEntries(Object.entries(labels).filter(([label]) => label !== name));
const NAME = 'tidemark_metric_target';

test('targets of all metrics of one selector share the limit of samples', async () => {
  const stores = Array.from({ length: 3_000 }, (_, number) => ({
    key: `["store","S${number}"]`,
    number,
    labels: { store: `S${number}` },
  }));
  const { reads } = await aPrometheus(stores);
  const asked = (matcher: string) =>
    reads.queryRange(
      new URLSearchParams({
        query: `sum by (store) (${NAME}{grain="day"${matcher}})`,
        start: '2026-01-01T00:00:00Z',
        end: '2026-04-11T00:00:00Z',
        step: '1d',
      }),
    );
  expect((await asked(',metric="net-sales"')).ok).toBe(true);
  const both = await asked('');
  expect(both.ok ? '' : both.error.detail).toMatch(/the limit is 500000/);
});

describe('targets are series', () => {
  test('that stand at the ends of their windows, whatever those held', async () => {
    const { range } = await aPrometheus();
    const seen = ['2026-02-28T00:00:00Z', '2026-05-01T00:00:00Z', '31d'] as const;
    const seconds = (date: string): number => Date.parse(date) / 1_000;
    expect(await range(`${NAME}{metric="net-sales",grain="month"}`, seen)).toEqual([
      [seconds('2026-02-28'), '900'],
      [seconds('2026-03-31'), '900'],
      [seconds('2026-05-01'), '900'],
    ]);
    const days = ['2026-03-31T00:00:00Z', '2026-04-02T00:00:00Z', '1d'] as const;
    expect(await range(`${NAME}{metric="net-sales",grain="month"}`, days)).toEqual([
      [seconds('2026-03-31'), '900'],
      [seconds('2026-04-01'), '1000.5'],
      [seconds('2026-04-02'), '1000.5'],
    ]);
  });

  test('of the shortest windows and the total, unless a matcher says otherwise', async () => {
    const { at } = await aPrometheus();
    const own = { metric: 'net-sales' };
    expect(await at(`${NAME}{metric="net-sales"}`)).toEqual([[{ ...own, grain: 'day' }, '30']]);
    expect(await at(`${NAME}{metric="net-sales",grain=~".+"}`)).toEqual([
      [{ ...own, grain: 'day' }, '30'],
      [{ ...own, grain: 'month' }, '1000.5'],
    ]);
    // S2 has no target.
    expect(await at(`${NAME}{metric="net-sales",store!=""}`)).toEqual([
      [{ ...own, grain: 'day', store: 'S1' }, '20'],
    ]);
    expect(await at(`sum by (store) (${NAME}{metric="net-sales"})`)).toEqual([
      [{ store: 'S1' }, '20'],
    ]);
    expect(await at(`${NAME}{metric="net-sales",store="S2"}`)).toEqual([]);
    expect(await at(`${NAME}{metric="net-sales",store="S1",grain="month"}`)).toEqual([]);
    expect(await at(`${NAME}{metric="orders"}`)).toEqual([]);
    expect(await at(`${NAME}{channel="web"}`)).toEqual([]);
  });

  test('that values are divided by, once the metric’s label is left out', async () => {
    const { at } = await aPrometheus();
    const reached = `net_sales{grain="month"} / max without (metric) (${NAME}{metric="net-sales",grain="month"})`;
    const [[labels, value] = []] = await at(reached);
    expect(labels).toEqual({ grain: 'month' });
    expect(Number(value)).toBeCloseTo(501 / 1000.5, 12);
  });

  test('of windows of the metric’s own calendar', async () => {
    const { range } = await aPrometheus();
    // The month from 1 March to 4 April of that year.
    const days = ['2026-04-04T00:00:00Z', '2026-04-05T00:00:00Z', '1d'] as const;
    const values = await range(`count_over_time(${NAME}{metric="retail-sales"}[1d])`, days);
    expect(values).toEqual([[Date.parse('2026-04-05') / 1_000, '1']]);
  });

  test('with the open window as of now, as values have it', async () => {
    const { at } = await aPrometheus();
    const query = `${NAME}{metric="net-sales",grain="month"}`;
    expect(await at(query, NOW)).toEqual([[{ metric: 'net-sales', grain: 'month' }, '900']]);
    expect(await at(query, '2026-04-01T12:00:00Z')).toEqual([
      [{ metric: 'net-sales', grain: 'month' }, '1000.5'],
    ]);
  });
});

describe('are found', () => {
  const listed = async (...match: readonly string[]) => {
    const { reads } = await aPrometheus();
    const answer = await reads.series(new URLSearchParams(match.map((one) => ['match[]', one])));
    if (!answer.ok) throw new Error(answer.error.detail);
    return answer.value.series;
  };

  test('by their name, in each window and series that they are for', async () => {
    expect(await listed(`${NAME}{metric="net-sales"}`)).toEqual([
      { __name__: NAME, metric: 'net-sales', grain: 'month' },
      { __name__: NAME, metric: 'net-sales', grain: 'day' },
      { __name__: NAME, metric: 'net-sales', grain: 'day', store: 'S1' },
    ]);
  });

  test('among all series, and not among those of a metric', async () => {
    const names = (series: readonly Record<string, string>[]) => [
      ...new Set(series.map(({ __name__ }) => __name__)),
    ];
    expect(names(await listed())).toContain(NAME);
    expect(names(await listed('net_sales'))).toEqual(['net_sales']);
  });

  test('with what they are', async () => {
    const { catalog } = await aPrometheus();
    const all = metadataData(catalog, { metric: null, limit: 10 });
    expect(Object.keys(all)).toEqual(['net_sales', 'retail_sales', NAME]);
    expect(Object.keys(metadataData(catalog, { metric: NAME, limit: 1 }))).toEqual([NAME]);
    expect(Object.keys(metadataData(catalog, { metric: null, limit: 2 }))).toHaveLength(2);
    const none = catalogOf({ metrics: [sales] });
    expect(metadataData(none, { metric: NAME, limit: 10 })).toEqual({});
  });
});
