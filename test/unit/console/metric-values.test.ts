import { describe, expect, test } from 'vitest';
import type { ProjectionHead } from '../../../services/console/core/projection.ts';
import type { ProjectionReader } from '../../../services/console/ports.ts';
import { createConsoleReads } from '../../../services/console/service.ts';
import type { DerivedMetric, MetricDefinition } from '../../../services/kernel/definitions.ts';
import type { TargetDefinition } from '../../../services/kernel/target.ts';
import { DAY_MS, HOUR_MS } from '../../../services/kernel/time.ts';
import { memoryProjectionReader } from '../../support/memory-projection-reader.ts';
import { memoryProjectionStore } from '../../support/memory-projection-store.ts';
import { aMetric } from '../../support/metrics.ts';
import { catalogOf } from '../../support/platform.ts';
import { projectionFiller } from '../../support/projection-filler.ts';
import type { SeenEvent } from '../../support/projection-filler.ts';

const common = {
  timezone: 'UTC',
  retentionMs: { minute: 900 * DAY_MS, hour: 900 * DAY_MS, day: 900 * DAY_MS },
  dimensions: { store: 'data.store' },
  breakdowns: [[], ['store']],
};
const orders = aMetric({
  ...common,
  id: 'orders',
  aggregation: 'count',
  valueScale: 0,
  unit: { code: '1', scale: 0 },
});
const cancelled = aMetric({ ...orders, id: 'cancelled-orders' });
const derived = (over: Partial<DerivedMetric> = {}): DerivedMetric => ({
  kind: 'derived',
  id: 'cancel-rate',
  version: 'd1',
  name: { en: 'Cancel rate' },
  owner: 'team:sales',
  tags: [],
  unit: { code: 'ratio', scale: 4 },
  direction: 'down',
  formula: 'cancelled_orders / orders',
  inputs: ['cancelled-orders', 'orders'],
  timezone: 'UTC',
  breakdowns: [[], ['store']],
  grains: ['minute', 'hour', 'day'],
  ...over,
});
const events = (count: number, store: string): SeenEvent[] =>
  Array.from({ length: count }, () => ({ timeMs: 0, labels: { store } }));

function aConsole(
  metrics: readonly MetricDefinition[],
  wrap = (reader: ProjectionReader) => reader,
  targets: readonly TargetDefinition[] = [],
) {
  const store = memoryProjectionStore();
  const reads = createConsoleReads({
    reader: wrap(memoryProjectionReader(store)),
    logBounds: () => Promise.resolve([]),
    catalog: () => catalogOf({ metrics, targets }),
    now: () => DAY_MS,
    prefix: '',
  });
  const series = async (id: string, query: Record<string, string> = {}) => {
    const range = { grain: 'hour', from: '1970-01-01T00:00:00Z', to: '1970-01-01T01:00:00Z' };
    const answer = await reads.values(id, { ...range, ...query });
    if (!answer.ok) throw new Error(answer.error.detail);
    return answer.value.series.map(({ labels, points: [point] }) => ({ ...labels, ...point }));
  };
  return { store, reads, series };
}

describe('a point has the target', () => {
  const target = (over: Partial<TargetDefinition>): TargetDefinition => ({
    id: 'plan',
    metric: 'orders',
    by: [],
    window: { kind: 'grain', grain: 'hour' },
    entries: [{ where: {}, value: '5' }],
    ...over,
  });
  const day = { from: '1970-01-01T00:00:00Z', to: '1970-01-02T00:00:00Z' };

  test('of its own windows and no other', async () => {
    const { store, reads } = aConsole([orders], undefined, [target({})]);
    await (await projectionFiller(store, orders)).count(events(2, 'A'));
    const pointsOf = async (grain: string, by = '') => {
      const answer = await reads.values('orders', { ...day, grain, by });
      return answer.ok ? answer.value.series.flatMap(({ points }) => points) : [];
    };
    const hours = await pointsOf('hour');
    expect(hours).toHaveLength(24);
    expect(hours.every((point) => point.target === '5')).toBe(true);
    const others = [...(await pointsOf('day')), ...(await pointsOf('hour', 'store'))];
    expect(others.length).toBeGreaterThan(1);
    expect(others.filter((point) => 'target' in point)).toEqual([]);
  });

  test('of its own series, for the days that it is for', async () => {
    const entries = [
      { where: { store: 'A' }, value: '3' },
      { where: {}, to: '1970-01-02', value: '2' },
    ];
    const plan = target({ by: ['store'], window: { kind: 'period', period: 'month' }, entries });
    const { store, reads } = aConsole([orders], undefined, [plan]);
    await (await projectionFiller(store, orders)).count([...events(2, 'A'), ...events(1, 'B')]);
    const range = { from: '1970-01-01T00:00:00Z', to: '1970-02-02T00:00:00Z', grain: 'month' };
    const targetsOf = async (query: Record<string, string>) => {
      const answer = await reads.values('orders', { ...range, ...query });
      if (!answer.ok) throw new Error(answer.error.detail);
      return answer.value.series.map(({ points }) => points.map((point) => point.target));
    };
    expect(await targetsOf({ by: 'store' })).toEqual([
      ['3', '3'],
      ['2', undefined],
    ]);
    expect(await targetsOf({ where: 'store:B' })).toEqual([['2', undefined]]);
  });
});

describe('a derived metric', () => {
  test('rounds once, half to even, from what its inputs counted', async () => {
    const { store, series } = aConsole([orders, cancelled, derived()]);
    await (await projectionFiller(store, orders)).count([...events(3, 'A'), ...events(4, 'B')]);
    await (await projectionFiller(store, cancelled)).count([...events(2, 'A'), ...events(1, 'B')]);
    expect(await series('cancel-rate')).toMatchObject([{ value: '0.4286', count: 10 }]);
    expect(await series('cancel-rate', { by: 'store' })).toMatchObject([
      { store: 'A', value: '0.6667' },
      { store: 'B', value: '0.2500' },
    ]);
  });

  test('takes 0 for a series that one input never met, provisionally until the watermark has passed', async () => {
    const { store, series } = aConsole([orders, cancelled, derived()]);
    const first = await projectionFiller(store, orders);
    const second = await projectionFiller(store, cancelled);
    await first.count(events(3, 'A'));
    await second.count(events(1, 'B'));
    expect(await series('cancel-rate', { by: 'store' })).toMatchObject([
      { store: 'A', value: '0.0000', state: 'open', completeness: 0 },
      { store: 'B', value: null, reason: 'division by zero' },
    ]);
    await first.passTo(HOUR_MS);
    await second.passTo(HOUR_MS);
    expect(await series('cancel-rate', { by: 'store' })).toMatchObject([
      { store: 'A', value: '0.0000', completeness: 1 },
      { store: 'B', value: null, reason: 'division by zero' },
    ]);
  });

  test('has no value in an open window in which no input counted anything', async () => {
    const kept = derived({ formula: 'orders - cancelled_orders' });
    const { store, reads } = aConsole([orders, cancelled, kept]);
    const first = await projectionFiller(store, orders);
    const second = await projectionFiller(store, cancelled);
    await first.count(events(3, 'A'));
    const twoHours = async () => {
      const range = { from: '1970-01-01T00:00:00Z', to: '1970-01-01T02:00:00Z' };
      const answer = await reads.values('cancel-rate', { grain: 'hour', ...range });
      return answer.ok && answer.value.series[0]?.points.map(({ value }) => value);
    };
    expect(await twoHours()).toEqual(['3.0000', null]);
    await first.passTo(2 * HOUR_MS);
    expect(await twoHours()).toEqual(['3.0000', null]);
    await second.passTo(2 * HOUR_MS);
    expect(await twoHours()).toEqual(['3.0000', '0.0000']);
  });

  test('takes no 0 for a series that may have been refused for want of room', async () => {
    const small = { ...cancelled, maxSeries: 1 };
    const { store, series } = aConsole([orders, small, derived()]);
    const first = await projectionFiller(store, orders);
    const second = await projectionFiller(store, small);
    await first.count([...events(1, 'A'), ...events(1, 'B')]);
    await second.count([...events(1, 'A'), ...events(1, 'B')]);
    for (const filler of [first, second]) await filler.passTo(HOUR_MS);
    const [, b] = await series('cancel-rate', { by: 'store' });
    expect(b).toMatchObject({ value: null, reason: expect.stringContaining('limit of series') });
  });

  test('is as far as its least advanced input, and rebuilding while one is', async () => {
    const { store, series } = aConsole([orders, cancelled, derived()]);
    const first = await projectionFiller(store, orders);
    const second = await projectionFiller(store, cancelled, { empty: false });
    await first.count(events(2, 'A'));
    await first.passTo(40 * DAY_MS);
    await second.count(events(1, 'A'), { caughtUp: false });
    expect(await series('cancel-rate')).toMatchObject([{ value: null, state: 'rebuilding' }]);
    await second.count([]);
    expect(await series('cancel-rate')).toMatchObject([
      { value: '0.5000', state: 'open', completeness: 0 },
    ]);
    await second.passTo(HOUR_MS);
    expect(await series('cancel-rate')).toMatchObject([{ state: 'closed', completeness: 1 }]);
  });

  test('may read derived metrics in turn', async () => {
    const kept = derived({
      id: 'kept-rate',
      version: 'd2',
      formula: '1 - cancel_rate',
      inputs: ['cancel-rate'],
    });
    const { store, series } = aConsole([orders, cancelled, derived(), kept]);
    await (await projectionFiller(store, orders)).count(events(4, 'A'));
    await (await projectionFiller(store, cancelled)).count(events(1, 'A'));
    expect(await series('kept-rate')).toMatchObject([{ value: '0.7500' }]);
  });

  test('whose input is gone has no value', async () => {
    const { store, series } = aConsole([orders, derived()]);
    await (await projectionFiller(store, orders)).count(events(4, 'A'));
    expect(await series('cancel-rate')).toMatchObject([{ value: null }]);
  });

  test('keeps days of its own zone only where its inputs have cells for them', async () => {
    const elsewhere = derived({ timezone: 'Asia/Kolkata' });
    const days = aMetric({ ...orders, grains: ['hour', 'day'] });
    const { reads } = aConsole([days, aMetric({ ...cancelled, grains: ['day'] }), elsewhere]);
    expect(await reads.values('cancel-rate', { grain: 'day' })).toMatchObject({
      error: { code: 'grain_unavailable' },
    });
  });
});

describe('limits', () => {
  test('too many windows are refused, naming the limit', async () => {
    const { reads } = aConsole([orders]);
    const answer = await reads.values('orders', { from: '1960-01-01', to: '1971-01-01' });
    expect(answer).toMatchObject({
      error: { code: 'invalid_parameter', detail: expect.stringContaining('50000 windows') },
    });
  });

  test('too many cells are refused, naming the limit', async () => {
    const minutes = aMetric({ ...orders, grains: ['minute'] });
    const { reads } = aConsole([minutes]);
    const answer = await reads.values('orders', {
      grain: 'year',
      from: '1960-01-01',
      to: '1971-01-01',
    });
    expect(answer).toMatchObject({
      error: { code: 'invalid_parameter', detail: expect.stringContaining('200000') },
    });
  });

  test('a page is cut to fit among its cells: years of a breakdown come whole by the cursor', async () => {
    const hours = aMetric({ ...orders, grains: ['hour'] });
    const { store, reads } = aConsole([hours]);
    const stores = ['A', 'B', 'C', 'D', 'E'];
    await (await projectionFiller(store, hours)).count(stores.flatMap((one) => events(1, one)));
    const query = { grain: 'year', by: 'store', from: '1965-01-01', to: '1975-01-01' };
    const seen: string[] = [];
    let pages = 0;
    let cursor: string | undefined;
    do {
      const answer = await reads.values('orders', { ...query, ...(cursor ? { cursor } : {}) });
      if (!answer.ok) throw new Error(answer.error.detail);
      for (const { labels, points } of answer.value.series)
        seen.push(...points.map(({ start }) => `${labels['store']} ${start.slice(0, 4)}`));
      ({ cursor } = answer.value);
      pages += 1;
    } while (cursor);
    const years = Array.from({ length: 10 }, (_, i) => String(1965 + i));
    expect(seen).toEqual(stores.flatMap((one) => years.map((year) => `${one} ${year}`)));
    // Two series of ten years of hours are 175,296 cells, three are too many.
    expect(pages).toBe(3);
  });
});

/** Of one cell each, read as numbers, and merged from cells. */
const WINDOWS = ['hour', 'PT2H'];

test.each(WINDOWS)(
  'a projection that begins anew while it is read is read again: windows of %s',
  async (grain) => {
    let torn = 2;
    const { store, series } = aConsole([orders], (reader) => ({
      ...reader,
      cells: async (ref, request) => (torn-- > 0 ? undefined : reader.cells(ref, request)),
      numbers: async (ref, request) => (torn-- > 0 ? undefined : reader.numbers(ref, request)),
    }));
    await (await projectionFiller(store, orders)).count(events(2, 'A'));
    expect(await series('orders', { grain })).toMatchObject([{ value: '2', state: 'open' }]);
    torn = 3;
    expect(await series('orders', { grain })).toMatchObject([{ value: null, state: 'rebuilding' }]);
  },
);

test.each(WINDOWS)(
  'F-044 cells of another generation than the names of their series are not shown: windows of %s',
  async (grain) => {
    let torn = 2;
    const other = <V extends { readonly head: ProjectionHead }>(view: V | undefined) =>
      view && torn-- > 0 ? { ...view, head: { ...view.head, generation: 'other' } } : view;
    const { store, series } = aConsole([orders], (reader) => ({
      ...reader,
      cells: async (ref, request) => other(await reader.cells(ref, request)),
      numbers: async (ref, request) => other(await reader.numbers(ref, request)),
    }));
    await (await projectionFiller(store, orders)).count(events(2, 'A'));
    expect(await series('orders', { grain })).toMatchObject([{ value: '2', state: 'open' }]);
    torn = 3;
    expect(await series('orders', { grain })).toMatchObject([{ value: null, state: 'rebuilding' }]);
  },
);

test('contributions beyond the limit of series are warned of', async () => {
  const small = { ...orders, maxSeries: 1 };
  const { store, reads } = aConsole([small]);
  await (await projectionFiller(store, small)).count([...events(1, 'A'), ...events(5, 'B')]);
  expect(await reads.values('orders', { by: 'store' })).toMatchObject({
    value: { warnings: [expect.stringContaining('no room among its 1')] },
  });
  expect(await reads.values('orders', {})).toMatchObject({ value: { warnings: [] } });
});

describe('a metric of a fiscal calendar', () => {
  const calendar = {
    id: 'fiscal',
    firstMonth: 4,
    firstDay: 6,
    namedBy: 'end',
    weekStart: 7,
  } as const;
  const fiscal = aMetric({ ...orders, id: 'orders', calendar });
  const at = (date: string): SeenEvent => ({ timeMs: Date.parse(date), labels: { store: 'A' } });
  const range = { from: '1968-01-01', to: '1970-07-01' };

  test('is asked for by its own years and quarters, which have names', async () => {
    const { store, reads } = aConsole([fiscal]);
    const counted = ['1969-04-05', '1969-04-06', '1969-07-05T23:59:59Z', '1969-07-06'].map(at);
    await (await projectionFiller(store, fiscal)).count(counted);
    const asked = async (query: Record<string, string>) => {
      const answer = await reads.values('orders', { ...range, ...query });
      if (!answer.ok) throw new Error(answer.error.detail);
      expect(answer.value.calendar).toBe('fiscal');
      return (answer.value.series[0]?.points ?? []).filter(({ count }) => count > 0);
    };
    expect(await asked({ grain: 'year' })).toMatchObject([
      { name: 'FY1969', start: '1968-04-06T00:00:00.000Z', count: 1 },
      { name: 'FY1970', start: '1969-04-06T00:00:00.000Z', count: 3 },
    ]);
    expect(await asked({ grain: 'quarter' })).toMatchObject([
      { name: 'FY1969 Q4', count: 1 },
      { name: 'FY1970 Q1', end: '1969-07-06T00:00:00.000Z', count: 2 },
      { name: 'FY1970 Q2', count: 1 },
    ]);
    expect((await asked({ grain: 'month' })).map(({ name }) => name)).toEqual([
      'FY1969 M12',
      'FY1970 M01',
      'FY1970 M03',
      'FY1970 M04',
    ]);
    const weeks = await asked({ grain: 'week' });
    expect(weeks.map(({ start }) => new Date(start).getUTCDay())).toEqual([0, 0, 0, 0]);
    expect(weeks[0]).not.toHaveProperty('name');
  });

  test('climbs from the first day of its year, and is set beside the same day of the year before', async () => {
    const { store, reads } = aConsole([fiscal]);
    await (
      await projectionFiller(store, fiscal)
    ).count(['1968-04-05', '1968-04-06', '1968-04-07', '1969-04-06'].map(at));
    const answer = await reads.values('orders', {
      grain: 'year-to-date',
      from: '1969-04-07',
      to: '1969-04-08',
      compare: 'year',
    });
    expect(answer.ok && answer.value.series[0]?.points).toMatchObject([
      {
        start: '1969-04-06T00:00:00.000Z',
        end: '1969-04-08T00:00:00.000Z',
        value: '1',
        compare: {
          year: { start: '1968-04-06T00:00:00.000Z', end: '1968-04-08T00:00:00.000Z', value: '2' },
        },
      },
    ]);
  });

  test('of weeks has names of weeks too, and is set beside the same week of the year before', async () => {
    const weeks = { pattern: '4-5-4', lastMonth: 1, end: 'nearest' } as const;
    const retail = aMetric({
      ...orders,
      id: 'orders',
      retentionMs: { ...orders.retentionMs, day: 3_650 * 86_400_000 },
      calendar: { id: 'retail', namedBy: 'start', weekStart: 7, weeks },
    });
    const { store, reads } = aConsole([retail]);
    // The year from 4 February 1968 has 52 weeks, the one before it 53 from 29 January 1967.
    await (
      await projectionFiller(store, retail)
    ).count(['1967-01-29', '1968-02-03', '1968-02-04', '1969-02-01'].map(at));
    const asked = async (grain: string) => {
      const answer = await reads.values('orders', {
        grain,
        from: '1967-01-01',
        to: '1969-02-03',
        compare: 'year',
      });
      if (!answer.ok) throw new Error(answer.error.detail);
      return (answer.value.series[0]?.points ?? []).filter(({ count }) => count > 0);
    };
    expect(await asked('year')).toMatchObject([
      { name: 'FY1967', start: '1967-01-29T00:00:00.000Z', value: '2' },
      { name: 'FY1968', end: '1969-02-02T00:00:00.000Z', compare: { year: { value: '2' } } },
    ]);
    expect(await asked('week')).toMatchObject([
      { name: 'FY1967 W01' },
      { name: 'FY1967 W53', compare: { year: { start: '1967-01-22T00:00:00.000Z' } } },
      { name: 'FY1968 W01', compare: { year: { start: '1967-01-29T00:00:00.000Z', value: '1' } } },
      { name: 'FY1968 W52', compare: { year: { start: '1968-01-21T00:00:00.000Z' } } },
    ]);
    expect((await asked('month')).map(({ name }) => name)).toEqual([
      'FY1967 M01',
      'FY1967 M12',
      'FY1968 M01',
      'FY1968 M12',
    ]);
  });

  test('has its current quarter', async () => {
    const { reads } = aConsole([fiscal]);
    const answer = await reads.current('orders', { window: 'quarter' });
    expect(answer.ok && answer.value.series[0]?.points[0]).toMatchObject({
      name: 'FY1970 Q3',
      start: '1969-10-06T00:00:00.000Z',
    });
  });
});
