import { beforeEach, describe, expect, test } from 'vitest';
import type { ProjectionStore } from '../../../services/aggregator/ports.ts';
import { NOT_STORED } from '../../../services/console/core/projection.ts';
import type { ProjectionReader } from '../../../services/console/ports.ts';
import { EMPTY, valueOf } from '../../../services/kernel/accumulator.ts';
import type { Aggregation } from '../../../services/kernel/accumulator.ts';
import type { SimpleMetric } from '../../../services/kernel/definitions.ts';
import { generationId } from '../../../services/kernel/projection.ts';
import { DAY_MS, HOUR_MS } from '../../../services/kernel/time.ts';
import { aMetric } from '../../support/metrics.ts';
import { projectionFiller } from '../../support/projection-filler.ts';

export type ReaderUnderTest = {
  readonly store: ProjectionStore;
  readonly reader: ProjectionReader;
};

/** The contract of ProjectionReader: run on the memory and on the Redis adapter, filled by the aggregator's stores. */
export function projectionReaderContract(name: string, make: () => Promise<ReaderUnderTest>): void {
  describe(`${name} reads projections`, () => {
    let store: ProjectionStore;
    let reader: ProjectionReader;
    beforeEach(async () => {
      ({ store, reader } = await make());
    });

    const metricOf = (over: Partial<SimpleMetric> = {}): SimpleMetric =>
      aMetric({
        breakdowns: [[], ['store']],
        dimensions: { store: 'data.store' },
        grains: ['hour'],
        timezone: 'UTC',
        latenessMs: HOUR_MS,
        retentionMs: { minute: DAY_MS, hour: 1_000 * DAY_MS, day: DAY_MS },
        ...over,
      });
    const refOf = ({ id, version }: SimpleMetric) => ({ metric: id, version });
    const headOf = async (metric: SimpleMetric) => (await reader.heads([refOf(metric)]))[0];
    const numberOf = async (metric: SimpleMetric, key: string): Promise<number> => {
      const head = await headOf(metric);
      const series = head ? await reader.series(refOf(metric), head) : [];
      return series.find((entry) => entry.key === key)?.number ?? -1;
    };
    const cellsOf = async (metric: SimpleMetric, starts: readonly number[], keys = ['[]']) =>
      reader.cells(refOf(metric), {
        grain: 'hour',
        aggregation: metric.aggregation,
        starts,
        series: await Promise.all(keys.map((key) => numberOf(metric, key))),
      });

    test('what is not there is undefined', async () => {
      const metric = metricOf();
      expect(await reader.heads([refOf(metric)])).toEqual([undefined]);
      expect(await cellsOf(metric, [0])).toBeUndefined();
    });

    test('a head tells cursors, watermarks, counters and series', async () => {
      const metric = metricOf({ maxSeries: 1 });
      const generation = generationId('g7');
      const filler = await projectionFiller(store, metric, { partitions: 2, generation });
      await filler.count([
        { timeMs: 0, value: 1, labels: { store: 'S1' } },
        { timeMs: 0, value: 2, labels: { store: 'S2' } },
      ]);
      await filler.passTo(5_000, [0]);
      const [head, absent] = await reader.heads([refOf(metric), { metric: 'none', version: 'v' }]);
      expect(absent).toBeUndefined();
      expect(head).toMatchObject({
        generation,
        rebuilding: false,
        seriesCount: 2,
        perBreakdown: { '': 1, store: 1 },
        refused: 1,
      });
      const byPartition = [...(head?.partitions ?? [])].sort((a, b) => a.partition - b.partition);
      expect(byPartition).toMatchObject([
        { first: 0, next: 3, watermarkMs: 5_000, rebuilding: false },
        { first: 0, next: 0, watermarkMs: 0, rebuilding: false },
      ]);
      expect(byPartition[0]?.counters).toMatchObject({
        counted: 2,
        heartbeat: 1,
        late: 0,
        lost: 0,
      });
    });

    test('a head says which partitions are being rebuilt', async () => {
      const metric = metricOf();
      const filler = await projectionFiller(store, metric, { empty: false });
      await filler.count([], { caughtUp: false });
      expect(await headOf(metric)).toMatchObject({
        rebuilding: true,
        partitions: [{ rebuilding: true }],
      });
      await filler.count([]);
      expect(await headOf(metric)).toMatchObject({
        rebuilding: false,
        partitions: [{ rebuilding: false }],
      });
    });

    test('the dictionary grows with the series', async () => {
      const metric = metricOf();
      const filler = await projectionFiller(store, metric);
      await filler.count([{ timeMs: 0, value: 1, labels: { store: 'S1' } }]);
      expect(await numberOf(metric, '["store","S2"]')).toBe(-1);
      await filler.count([{ timeMs: 0, value: 1, labels: { store: 'S2' } }]);
      expect(await numberOf(metric, '["store","S2"]')).toBeGreaterThanOrEqual(0);
      const head = await headOf(metric);
      const series = head ? await reader.series(refOf(metric), head) : [];
      expect(series.map(({ labels }) => ({ ...labels }))).toEqual(
        expect.arrayContaining([{}, { store: 'S1' }, { store: 'S2' }]),
      );
    });

    const VALUES: Readonly<Record<Exclude<Aggregation, 'distinct'>, object>> = {
      count: {},
      sum: { sum: 30 },
      avg: { sum: 30 },
      min: { min: -10 },
      max: { max: 40 },
      latest: { sum: 30 },
      last: { last: { timeMs: 20, partition: 0, value: -10 } },
      percentile: {
        sketch: [
          [-10, 1],
          [40, 1],
        ],
      },
    };
    test.each(Object.entries(VALUES))('cells of a %s hold what it keeps', async (kind, value) => {
      const metric = metricOf({ aggregation: kind as Aggregation });
      const filler = await projectionFiller(store, metric);
      await filler.count([
        { timeMs: 10, value: 40, member: 'a', labels: { store: 'S1' } },
        { timeMs: 20, value: -10, member: 'b', labels: { store: 'S2' } },
      ]);
      const view = await cellsOf(metric, [0, HOUR_MS], ['[]', '["store","S1"]']);
      expect(view?.windows.has(HOUR_MS)).toBe(false);
      const total = view?.windows.get(0)?.cells.get(await numberOf(metric, '[]'));
      expect(total).toMatchObject({
        accumulators: { contributions: 2, ...value },
        revision: 0,
        restatements: 0,
      });
      const one = view?.windows.get(0)?.cells.get(await numberOf(metric, '["store","S1"]'));
      expect(one?.accumulators.contributions).toBe(1);
    });

    test('of thousands of windows each comes with its own cell, or as none', async () => {
      const metric = metricOf();
      const filler = await projectionFiller(store, metric);
      const hours = 3_000;
      const isFilled = (hour: number): boolean => hour % 7 !== 0;
      const filled = Array.from({ length: hours }, (_, hour) => hour).filter(isFilled);
      await filler.count(filled.map((hour) => ({ timeMs: hour * HOUR_MS, value: hour })));
      const starts = Array.from({ length: hours }, (_, hour) => hour * HOUR_MS);
      const number = await numberOf(metric, '[]');
      const asked = { grain: 'hour', aggregation: 'sum', starts, series: [number] } as const;
      const columns = await reader.numbers(refOf(metric), asked);
      const expected = starts.map((_, hour) => (isFilled(hour) ? hour : NaN));
      expect([...(columns?.numbers[0] ?? [])]).toEqual(expected);
      const view = await reader.cells(refOf(metric), asked);
      const sums = starts.map(
        (start) => view?.windows.get(start)?.cells.get(number)?.accumulators.sum ?? NaN,
      );
      expect(sums).toEqual(expected);
      expect(view?.head).toEqual(await headOf(metric));
      expect(columns?.head).toEqual(view?.head);
    });

    test('integers beyond 2^53 arrive exactly', async () => {
      const metric = metricOf();
      const filler = await projectionFiller(store, metric);
      await filler.count([{ timeMs: 0, value: 9_007_199_254_740_993n }]);
      const view = await cellsOf(metric, [0]);
      const cell = view?.windows.get(0)?.cells.get(await numberOf(metric, '[]'));
      expect(cell?.accumulators.sum).toBe(9_007_199_254_740_993n);
    });

    test('stage, revisions and restatements come with the cells', async () => {
      const metric = metricOf();
      const filler = await projectionFiller(store, metric);
      await filler.count([{ timeMs: 0, value: 1 }]);
      expect((await cellsOf(metric, [0]))?.windows.get(0)?.stage).toBe(0);
      await filler.passTo(HOUR_MS);
      await filler.count([{ timeMs: 0, value: 1 }]);
      const number = await numberOf(metric, '[]');
      const closed = (await cellsOf(metric, [0]))?.windows.get(0);
      expect(closed).toMatchObject({ stage: 1 });
      expect(closed?.cells.get(number)).toMatchObject({ revision: 1, restatements: 0 });
      await filler.passTo(2 * HOUR_MS);
      await filler.count([{ timeMs: 0, value: 1 }], { restated: true });
      const final = (await cellsOf(metric, [0]))?.windows.get(0);
      expect(final).toMatchObject({ stage: 2 });
      expect(final?.cells.get(number)).toMatchObject({ restatements: 1 });
    });

    test('numbers come with stage, revision and restatements of their windows', async () => {
      const metric = metricOf();
      const filler = await projectionFiller(store, metric);
      const at = (hour: number) => ({ timeMs: hour * HOUR_MS, value: 5 });
      await filler.count([at(0), at(1), at(2)]);
      await filler.passTo(2 * HOUR_MS);
      await filler.count([at(1)]);
      await filler.count([at(0)], { restated: true });
      const columns = await reader.numbers(refOf(metric), {
        grain: 'hour',
        starts: [0, HOUR_MS, 2 * HOUR_MS, 3 * HOUR_MS],
        series: [await numberOf(metric, '[]')],
        aggregation: 'sum',
      });
      const list = (of: readonly Float64Array[] | undefined) =>
        [...(of?.[0] ?? [])].map((n) => n || 0);
      expect([...(columns?.stages ?? [])]).toEqual([2, 1, 0, NOT_STORED]);
      expect(list(columns?.numbers)).toEqual([10, 10, 5, 0]);
      expect(list(columns?.contributions)).toEqual([2, 2, 1, 0]);
      expect(list(columns?.revisions)).toEqual([1, 1, 0, 0]);
      expect(list(columns?.restatements)).toEqual([1, 0, 0, 0]);
    });

    test('members of several cells are counted once', async () => {
      const metric = metricOf({ aggregation: 'distinct', valueScale: 0 });
      const filler = await projectionFiller(store, metric);
      await filler.count([
        { timeMs: 0, member: 'a', labels: { store: 'S1' } },
        { timeMs: 0, member: 'b', labels: { store: 'S2' } },
        { timeMs: HOUR_MS, member: 'a', labels: { store: 'S1' } },
        { timeMs: HOUR_MS, member: 'c', labels: { store: 'S1' } },
      ]);
      const group = (starts: number[], seriesKey = '[]') =>
        ({ grain: 'hour', starts, seriesKey }) as const;
      const counts = await reader.members(refOf(metric), [
        group([0]),
        group([0, HOUR_MS]),
        group([0, HOUR_MS], '["store","S1"]'),
        group([5 * HOUR_MS]),
      ]);
      expect(counts.map(({ distinct }) => distinct)).toEqual([2, 3, 2, 0]);
      expect(counts.every(({ approximate }) => !approximate)).toBe(true);
    });

    test.each(['sum', 'count', 'min', 'max', 'avg', 'last'] as const)(
      'values alone of %s are those that are read with all else',
      async (aggregation: Aggregation) => {
        const metric = metricOf({ aggregation });
        const filler = await projectionFiller(store, metric);
        await filler.count([
          { timeMs: 1, value: 7, labels: { store: 'S1' } },
          { timeMs: 2, value: -90_071_992_547_409_931n, labels: { store: 'S1' } },
          { timeMs: HOUR_MS, value: 0, labels: { store: 'S2' } },
        ]);
        await filler.passTo(HOUR_MS + 5);
        const keys = ['["store","S2"]', '[]', '["store","S1"]'];
        const series = await Promise.all(keys.map((key) => numberOf(metric, key)));
        const starts = [HOUR_MS, 5 * HOUR_MS, 0];
        const asked = { grain: 'hour', aggregation, starts, series } as const;
        const whole = await reader.cells(refOf(metric), asked);
        const values = await reader.cells(refOf(metric), { ...asked, only: 'values' });
        expect([...(values?.windows.keys() ?? [])]).toEqual([...(whole?.windows.keys() ?? [])]);
        const scales = { valueScale: 2, unitScale: 2 };
        for (const [start, { stage, cells }] of whole?.windows ?? []) {
          const lean = values?.windows.get(start);
          expect(lean?.stage).toBe(stage);
          expect(new Set(lean?.cells.keys())).toEqual(new Set(cells.keys()));
          for (const [number, { accumulators }] of cells)
            expect(
              valueOf(aggregation, lean?.cells.get(number)?.accumulators ?? EMPTY, scales),
            ).toEqual(valueOf(aggregation, accumulators, scales));
        }
        expect(whole?.windows.size).toBe(2);
        if (aggregation === 'last') return;
        const numbers = { ...asked, aggregation: aggregation as 'sum' };
        const columns = await reader.numbers(refOf(metric), numbers);
        const counts = [columns?.contributions, columns?.revisions, columns?.restatements];
        for (const [i, entry] of series.entries())
          for (const [k, start] of starts.entries()) {
            const cell = whole?.windows.get(start)?.cells.get(entry);
            const told = counts.map((column) => column?.[i]?.[k] || 0);
            const { contributions = 0 } = cell?.accumulators ?? {};
            expect(told).toEqual([contributions, cell?.revision ?? 0, cell?.restatements ?? 0]);
          }
        if (aggregation === 'avg') return;
        const bare = await reader.numbers(refOf(metric), { ...numbers, only: 'values' });
        expect(bare?.numbers).toEqual(columns?.numbers);
        expect(columns?.head).toEqual(whole?.head);
        expect([...(columns?.stages ?? [])]).toEqual(
          starts.map((start) => whole?.windows.get(start)?.stage ?? NOT_STORED),
        );
        const zero = { valueScale: 0, unitScale: 0 };
        for (const [i, entry] of series.entries())
          for (const [k, start] of starts.entries()) {
            const cell = whole?.windows.get(start)?.cells.get(entry)?.accumulators;
            const value = cell === undefined ? NaN : Number(valueOf(aggregation, cell, zero));
            // Beyond 2^53 the last digits may be lost.
            const number = columns?.numbers[i]?.[k] ?? 0;
            if (Number.isSafeInteger(value) || cell === undefined) expect(number).toBe(value);
            else expect(number / value).toBeCloseTo(1, 14);
          }
      },
    );

    test('entities of several cells are summed once, each by its newest value', async () => {
      const metric = metricOf({ aggregation: 'latest', entity: 'data.sku' });
      const filler = await projectionFiller(store, metric);
      const seen = (timeMs: number, member: string, value: number | bigint, store: string) => ({
        timeMs,
        member,
        value,
        labels: { store },
      });
      await filler.count([
        seen(5, 'a', 9_007_199_254_740_993n, 'S1'),
        seen(3, 'a', 500, 'S1'),
        seen(0, '__proto__', 7, 'S2'),
        seen(HOUR_MS, 'a', -2, 'S2'),
        seen(HOUR_MS, 'c|"', 4, 'S1'),
      ]);
      const group = (starts: number[], seriesKey = '[]') =>
        ({ grain: 'hour', starts, seriesKey }) as const;
      const sums = await reader.latest(refOf(metric), [
        group([0]),
        group([0, HOUR_MS]),
        group([HOUR_MS, 0]),
        group([0, HOUR_MS], '["store","S1"]'),
        group([0, HOUR_MS], '["store","S2"]'),
        group([5 * HOUR_MS]),
      ]);
      expect(sums).toEqual([9_007_199_254_741_000n, 9, 9, 9_007_199_254_740_997n, 5, 0]);
    });

    test('cells and cursors are one view while flushes go on', async () => {
      const metric = metricOf();
      const filler = await projectionFiller(store, metric);
      await filler.count([{ timeMs: 0, value: 1 }]);
      let isDone = false;
      const writing = (async () => {
        for (let i = 1; i < 60; i++) await filler.count([{ timeMs: i * HOUR_MS, value: 1 }]);
        isDone = true;
      })();
      const starts = Array.from({ length: 60 }, (_, i) => i * HOUR_MS);
      const number = await numberOf(metric, '[]');
      let views = 0;
      while (!isDone) {
        const view = await cellsOf(metric, starts);
        const counted = [...(view?.windows.values() ?? [])].reduce(
          (sum, { cells }) => sum + (cells.get(number)?.accumulators.contributions ?? 0),
          0,
        );
        expect(counted).toBe(view?.head.partitions[0]?.next);
        views++;
      }
      await writing;
      expect(views).toBeGreaterThan(0);
    });
  });
}
