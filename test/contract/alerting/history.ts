import { describe, expect, test } from 'vitest';
import type { ProjectionStore } from '../../../services/aggregator/ports.ts';
import type { History } from '../../../services/alerting/ports.ts';
import { AGGREGATIONS } from '../../../services/kernel/accumulator.ts';
import type { Aggregation } from '../../../services/kernel/accumulator.ts';
import type { Catalog, DerivedMetric, SimpleMetric } from '../../../services/kernel/definitions.ts';
import { HOUR_MS } from '../../../services/kernel/time.ts';
import { aMetric } from '../../support/metrics.ts';
import { catalogOf } from '../../support/platform.ts';
import { projectionFiller } from '../../support/projection-filler.ts';

type World = { readonly store: ProjectionStore; readonly history: History };

const SHAPE = {
  timezone: 'UTC',
  grains: ['hour'],
  dimensions: { store: 'data.store_id' },
  breakdowns: [[], ['store']],
  latenessMs: HOUR_MS,
} as const;
const metricOf = (aggregation: Aggregation, id = 'measured'): SimpleMetric =>
  aMetric({
    ...SHAPE,
    id,
    aggregation,
    ...(aggregation === 'percentile' ? { percentile: 50 } : {}),
    ...(aggregation === 'count' || aggregation === 'distinct'
      ? { valueScale: 0, unit: { code: 'orders', scale: 0 } }
      : {}),
  });
const S1 = '["store","S1"]';
const hours = (from: number, to: number) => ({
  grain: 'hour' as const,
  fromMs: from * HOUR_MS,
  toMs: to * HOUR_MS,
});

/** Two orders of the first hour and one of the third, in S1. */
const EVENTS = [
  { timeMs: 1_000, value: 100, member: 'a', labels: { store: 'S1' } },
  { timeMs: 2_000, value: 300, member: 'b', labels: { store: 'S1' } },
  { timeMs: 2 * HOUR_MS, value: 500, member: 'a', labels: { store: 'S1' } },
];
/** What the first hour has, by what the metric makes of it. */
const FIRST: Readonly<Record<Aggregation, string>> = {
  sum: '4.00',
  count: '2',
  min: '1.00',
  max: '3.00',
  avg: '2.00',
  last: '3.00',
  distinct: '2',
  // The value of its bin, within 1 %.
  percentile: '1.01',
  latest: '4.00',
};

/** @param open an empty store beside the history that reads it, under this catalogue */
export function historyContract(
  name: string,
  open: (catalog: () => Catalog) => Promise<World>,
): void {
  describe(`History (${name})`, () => {
    test.each(AGGREGATIONS)('gives the cells of a %s with their values', async (aggregation) => {
      const metric = metricOf(aggregation);
      const { store, history } = await open(() => catalogOf({ metrics: [metric] }));
      const filler = await projectionFiller(store, metric);
      await filler.count(EVENTS);
      await filler.passTo(2 * HOUR_MS + 1);
      expect(await history.head(metric)).toEqual({
        watermarkMs: 2 * HOUR_MS + 1,
        series: expect.arrayContaining(['[]', S1]),
      });
      const cells = await history.cells(metric, { ...hours(0, 3), series: [S1] });
      const shown = cells?.map(({ series, start, end, accumulators, state }) => ({
        series,
        hour: start / HOUR_MS,
        length: (end - start) / HOUR_MS,
        count: accumulators.contributions,
        state,
      }));
      expect(shown).toEqual([
        { series: S1, hour: 0, length: 1, count: 2, state: 'final' },
        { series: S1, hour: 2, length: 1, count: 1, state: 'open' },
      ]);
      expect(cells?.[0]?.value).toBe(FIRST[aggregation]);
    });

    test('cells begin at or after the first instant, and before the second', async () => {
      const metric = metricOf('sum');
      const { store, history } = await open(() => catalogOf({ metrics: [metric] }));
      await (await projectionFiller(store, metric)).count(EVENTS);
      const starts = async (from: number, to: number) =>
        (await history.cells(metric, { ...hours(from, to), series: ['[]'] }))?.map(
          ({ start }) => start / HOUR_MS,
        );
      expect(await starts(0, 2)).toEqual([0]);
      expect(await starts(1, 3)).toEqual([2]);
      expect(await starts(3, 9)).toEqual([]);
    });

    test('a window that late data changed is revised until it is final', async () => {
      const metric = metricOf('sum');
      const { store, history } = await open(() => catalogOf({ metrics: [metric] }));
      const filler = await projectionFiller(store, metric);
      const first = async () =>
        (await history.cells(metric, { ...hours(0, 1), series: ['[]'] }))?.map(
          ({ state, revision }) => ({ state, revision }),
        );
      await filler.count(EVENTS);
      await filler.passTo(HOUR_MS);
      await filler.count(EVENTS.slice(0, 1));
      expect(await first()).toEqual([{ state: 'revised', revision: 1 }]);
      await filler.passTo(2 * HOUR_MS);
      expect(await first()).toEqual([{ state: 'final', revision: 1 }]);
    });

    test('a series that there is not has no cells', async () => {
      const metric = metricOf('sum');
      const { store, history } = await open(() => catalogOf({ metrics: [metric] }));
      await (await projectionFiller(store, metric)).count(EVENTS);
      const of = { ...hours(0, 3), series: ['["store","S9"]'] };
      expect(await history.cells(metric, of)).toEqual([]);
    });

    test('a formula is computed over the cells of its inputs, where one of them has any', async () => {
      const sales = metricOf('sum', 'sales');
      const orders = metricOf('count', 'orders');
      const derived: DerivedMetric = {
        ...aMetric({ id: 'mean' }),
        kind: 'derived',
        formula: 'sales / orders',
        inputs: ['sales', 'orders'],
        timezone: 'UTC',
        breakdowns: [['store']],
        grains: ['hour'],
      } as unknown as DerivedMetric;
      const catalog = catalogOf({ metrics: [sales, orders, derived] });
      const { store, history } = await open(() => catalog);
      for (const metric of [sales, orders]) {
        const filler = await projectionFiller(store, metric);
        await filler.count(EVENTS);
        await filler.passTo(HOUR_MS);
      }
      expect(await history.head(derived)).toEqual({ watermarkMs: HOUR_MS, series: [S1] });
      const cells = await history.cells(derived, { ...hours(0, 3), series: [S1] });
      expect(
        cells?.map(({ value, accumulators: { contributions } }) => [value, contributions]),
      ).toEqual([
        ['2.00', 4],
        ['5.00', 2],
      ]);
    });

    test('without a projection, or while it is rebuilt, there is nothing to read', async () => {
      const metric = metricOf('sum');
      const { store, history } = await open(() => catalogOf({ metrics: [metric] }));
      const of = { ...hours(0, 3), series: ['[]'] };
      expect([await history.head(metric), await history.cells(metric, of)]).toEqual([
        undefined,
        undefined,
      ]);
      await projectionFiller(store, metric, { empty: false });
      expect([await history.head(metric), await history.cells(metric, of)]).toEqual([
        undefined,
        undefined,
      ]);
    });
  });
}
