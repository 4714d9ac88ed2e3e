import { beforeEach, describe, expect, test } from 'vitest';
import { allDirty } from '../support/all-dirty.ts';
import type { SimpleMetric } from '../../services/kernel/definitions.ts';
import type { Integer } from '../../services/kernel/integer.ts';
import type { FlushRequest, FlushSpan } from '../../services/aggregator/core/flush.ts';
import type { CellDelta } from '../../services/aggregator/core/cell-delta.ts';
import type { ProjectionStore } from '../../services/aggregator/ports.ts';
import { BIN_MAX } from '../../services/kernel/sketch.ts';
import { aMetric } from '../support/metrics.ts';

const HOUR = 3_600_000;
const GENERATION = 'g1';

export const span = (over: Partial<FlushSpan> = {}): FlushSpan => ({
  topic: 'events.x',
  partition: 0,
  from: 0,
  to: 10,
  watermarkMs: 0,
  appendMs: 1,
  historicalMs: 0,
  counters: new Map([['counted', 10]]),
  caughtUp: true,
  ...over,
});
export const delta = (over: Partial<CellDelta> = {}): CellDelta => ({
  contributions: 1,
  restated: false,
  historical: 0,
  sum: undefined,
  min: undefined,
  max: undefined,
  last: undefined,
  members: undefined,
  bins: undefined,
  ...over,
});
export const flush = (
  over: Partial<FlushRequest> & { deltas?: readonly [string, CellDelta][] } = {},
): FlushRequest => {
  const { deltas = [['[]', delta()]], ...rest } = over;
  return {
    generation: GENERATION,
    spans: [span()],
    series: deltas.map(([key]) => ({
      key,
      number: undefined,
      breakdown: (JSON.parse(key) as string[]).filter((_, i) => i % 2 === 0).join(','),
    })),
    maxSeries: 100,
    windows: [
      {
        grain: 'hour',
        startMs: 0,
        endMs: HOUR,
        cells: deltas.map(([, one], series) => ({ series, delta: one })),
      },
    ],
    ...rest,
  };
};

/** The contract of ProjectionStore: run on the memory and on the Redis adapter. */
export function projectionStoreContract(
  name: string,
  makeStore: () => Promise<ProjectionStore>,
): void {
  describe(`${name} keeps projections`, () => {
    let store: ProjectionStore;
    let metric: SimpleMetric;
    let ref: { metric: string; version: string };
    /** With all that a cell may hold, whatever the metric's aggregation. */
    const cells = async () =>
      (await store.readCells(ref, (await allDirty(store, metric)).cells)).cells;

    beforeEach(async () => {
      store = await makeStore();
      metric = aMetric({
        aggregation: 'sum',
        grains: ['hour'],
        latenessMs: HOUR,
        retentionMs: { minute: 0, hour: 48 * HOUR, day: 0 },
      });
      ref = { metric: metric.id, version: metric.version };
      const partitions = [0, 1].map((partition) => ({
        topic: 'events.x',
        partition,
        first: 0,
        empty: partition === 1,
      }));
      await store.create(ref, { generation: GENERATION, partitions });
    });

    test('a projection is made once; who comes second finds the first generation', async () => {
      expect(await store.create(ref, { generation: 'g2', partitions: [] })).toBe(false);
      expect((await store.load(ref))?.generation).toBe(GENERATION);
    });

    test('a flush whose cursors are the stored ones is applied, and moves them', async () => {
      expect((await store.apply(ref, flush())).kind).toBe('applied');
      const stored = await store.load(ref);
      expect(stored?.partitions.find(({ partition }) => partition === 0)?.next).toBe(10);
      expect(await cells()).toMatchObject([{ accumulators: { contributions: 1 }, state: 'open' }]);
    });

    test('the same flush again is refused and changes nothing', async () => {
      await store.apply(ref, flush());
      expect(await store.apply(ref, flush())).toEqual({ kind: 'refused', reason: 'cursor' });
      expect((await cells())[0]?.accumulators.contributions).toBe(1);
    });

    test('a flush that starts beyond the stored cursor is refused: it would jump the gap', async () => {
      expect(await store.apply(ref, flush({ spans: [span({ from: 5, to: 10 })] }))).toEqual({
        kind: 'refused',
        reason: 'cursor',
      });
    });

    test('one differing cursor among several refuses the whole flush', async () => {
      const spans = [span(), span({ partition: 1, from: 3, to: 9 })];
      expect(await store.apply(ref, flush({ spans }))).toEqual({
        kind: 'refused',
        reason: 'cursor',
      });
      expect((await store.load(ref))?.partitions.map(({ next }) => next)).toEqual([0, 0]);
    });

    test('a flush of an older generation is refused', async () => {
      expect(await store.apply(ref, flush({ generation: 'g0' }))).toEqual({
        kind: 'refused',
        reason: 'generation',
      });
    });

    test('a flush whose numbers of series are not the stored ones is refused, though its cursors are', async () => {
      const late = flush({ spans: [span({ partition: 1 })] });
      const numbered = { ...late, series: [{ key: '[]', number: 0, breakdown: '' }] };
      expect(await store.apply(ref, numbered)).toEqual({ kind: 'refused', reason: 'series' });
      const other = flush({ deltas: [['["store","S1"]', delta()]] });
      await store.apply(ref, other);
      expect(await store.apply(ref, numbered)).toEqual({ kind: 'refused', reason: 'series' });
      expect((await cells()).map(({ key }) => key)).toEqual(['["store","S1"]']);
    });

    test('a flush into nothing is refused', async () => {
      expect(await store.apply({ metric: 'other', version: 'v' }, flush())).toEqual({
        kind: 'refused',
        reason: 'missing',
      });
    });

    test('sums are exact beyond 2^53 and refuse to leave 64 bits', async () => {
      const first = delta({ sum: 9_007_199_254_740_993n });
      await store.apply(ref, flush({ deltas: [['[]', first]] }));
      await store.apply(
        ref,
        flush({ deltas: [['[]', delta({ sum: -2 })]], spans: [span({ from: 10, to: 11 })] }),
      );
      expect((await cells())[0]?.accumulators.sum).toBe(9_007_199_254_740_991);
      const huge = flush({
        deltas: [['[]', delta({ sum: 9_223_372_036_000_000_000n })]],
        spans: [span({ from: 11, to: 12 })],
      });
      expect((await store.apply(ref, huge)).kind).toBe('overflow');
      expect(
        (await store.load(ref))?.partitions.find(({ partition }) => partition === 0)?.next,
      ).toBe(11);
    });

    test.each<{ parts: readonly Integer[]; sum: Integer }>([
      { parts: [5, -7], sum: -2 },
      { parts: [-1_000_000_000_000_000_000n, 1], sum: -999_999_999_999_999_999n },
      { parts: [4_000_000_000_000_000_000n, 999_999_999], sum: 4_000_000_000_999_999_999n },
      { parts: [-4_000_000_000_000_000_000n, 4_000_000_000_000_000_001n], sum: 1 },
      { parts: [9_007_199_254_740_991, 1, -1], sum: 9_007_199_254_740_991 },
      { parts: [9_007_199_254_740_991, 2, -9_007_199_254_740_991], sum: 2 },
      { parts: [-9_007_199_254_740_993n, 9_007_199_254_740_990, 1], sum: -2 },
      { parts: [-1_000_000_001_000_000_000n, 999_999_999], sum: -1_000_000_000_000_000_001n },
    ])('sums across the limit of doubles are exact (case %#)', async ({ parts, sum: expected }) => {
      let from = 0;
      for (const sum of parts) {
        await store.apply(
          ref,
          flush({ deltas: [['[]', delta({ sum })]], spans: [span({ from, to: from + 1 })] }),
        );
        from++;
      }
      expect((await cells())[0]?.accumulators.sum).toBe(expected);
    });

    test('min, max and last keep the right one whatever the order', async () => {
      const values = [5, -9_007_199_254_740_995n, 12, 12_000_000_000_000_000_000_000n / 10_000n];
      let from = 0;
      for (const value of values) {
        const one = delta({
          min: value,
          max: value,
          last: { timeMs: 100 - from, partition: 0, offset: from, value },
        });
        await store.apply(
          ref,
          flush({ deltas: [['[]', one]], spans: [span({ from, to: from + 1 })] }),
        );
        from++;
      }
      expect((await cells())[0]?.accumulators).toMatchObject({
        min: -9_007_199_254_740_995n,
        max: 1_200_000_000_000_000_000n,
        last: { timeMs: 100, partition: 0, offset: 0, value: 5 },
      });
    });

    test('distinct counts members once over flushes and series', async () => {
      const members = (list: string[]) => delta({ members: new Set(list) });
      await store.apply(
        ref,
        flush({
          deltas: [
            ['[]', members(['a', 'b'])],
            ['["s","1"]', members(['a'])],
          ],
        }),
      );
      await store.apply(
        ref,
        flush({ deltas: [['[]', members(['b', 'c'])]], spans: [span({ from: 10, to: 11 })] }),
      );
      const bySeries = Object.fromEntries(
        (await cells()).map((cell) => [cell.series, cell.accumulators.distinct]),
      );
      expect(bySeries).toEqual({ 0: 3, 1: 1 });
    });

    test('bins of a percentile are added, ascending, whatever order flushes come in', async () => {
      const bins = (...list: [number, number][]) => delta({ bins: new Map(list) });
      await store.apply(ref, flush({ deltas: [['[]', bins([10, 1], [-3, 2], [0, 1])]] }));
      const second = bins([11, 4], [10, 9_007_199_254_740_000], [-700, 1]);
      await store.apply(
        ref,
        flush({ deltas: [['[]', second]], spans: [span({ from: 10, to: 11 })] }),
      );
      expect((await cells())[0]?.accumulators.sketch).toEqual([
        [-700, 1],
        [-3, 2],
        [0, 1],
        [10, 9_007_199_254_740_001],
        [11, 4],
      ]);
    });

    test.each([BIN_MAX, -BIN_MAX])('bin %i is the last one that a cell takes', async (last) => {
      const at = (bin: number, from: number) =>
        flush({
          deltas: [['[]', delta({ bins: new Map([[bin, 1]]) })]],
          spans: [span({ from, to: from + 1 })],
        });
      expect((await store.apply(ref, at(last, 0))).kind).toBe('applied');
      expect((await store.apply(ref, at(last + Math.sign(last), 1))).kind).toBe('overflow');
    });

    test('series beyond the limit of their breakdown are refused, the total is not', async () => {
      const deltas: [string, CellDelta][] = [
        ['[]', delta()],
        ['["s","1"]', delta()],
        ['["s","2"]', delta()],
      ];
      const result = await store.apply(ref, flush({ deltas, maxSeries: 1 }));
      expect(result).toEqual({
        kind: 'applied',
        numbers: new Map([
          ['[]', 0],
          ['["s","1"]', 1],
          ['["s","2"]', -1],
        ]),
      });
      expect(await cells()).toHaveLength(2);
    });

    test('a window closes when the watermark of every partition has passed its end, and is final after lateness', async () => {
      await store.apply(ref, flush({ spans: [span({ watermarkMs: 5 * HOUR })] }));
      expect(await store.advance(metric, 10)).toBe(0);
      await store.apply(
        ref,
        flush({ deltas: [], spans: [span({ partition: 1, watermarkMs: HOUR })] }),
      );
      expect(await store.advance(metric, 10)).toBe(1);
      expect((await cells())[0]?.state).toBe('closed');
      await store.apply(
        ref,
        flush({
          deltas: [],
          spans: [span({ partition: 1, from: 10, to: 11, watermarkMs: 2 * HOUR })],
        }),
      );
      await store.advance(metric, 10);
      expect((await cells())[0]?.state).toBe('final');
    });

    test('a late change revises a closed window, history restates a final one', async () => {
      const both = (watermarkMs: number, from: number) => [
        span({ from, to: from + 1, watermarkMs }),
        span({ partition: 1, from, to: from + 1, watermarkMs }),
      ];
      await store.apply(ref, flush({ spans: both(HOUR, 0) }));
      await store.advance(metric, 10);
      await store.apply(ref, flush({ spans: both(HOUR, 1) }));
      expect((await cells())[0]).toMatchObject({ state: 'revised', revision: 1 });
      await store.apply(ref, flush({ deltas: [], spans: both(3 * HOUR, 2) }));
      await store.advance(metric, 10);
      await store.apply(
        ref,
        flush({
          deltas: [['[]', delta({ restated: true, historical: 1 })]],
          spans: both(3 * HOUR, 3),
        }),
      );
      expect((await cells())[0]).toMatchObject({
        state: 'restated',
        revision: 2,
        restatements: 1,
        historical: 1,
      });
    });

    test('an event for a window that was empty when the watermark passed it revises it too', async () => {
      const both = (watermarkMs: number, from: number) => [
        span({ from, to: from + 1, watermarkMs }),
        span({ partition: 1, from, to: from + 1, watermarkMs }),
      ];
      await store.apply(ref, flush({ deltas: [], spans: both(HOUR, 0) }));
      await store.apply(ref, flush({ spans: both(HOUR, 1) }));
      await store.advance(metric, 10);
      expect((await cells())[0]).toMatchObject({ state: 'revised', revision: 1 });
    });

    test('a window past its retention goes, with its marks', async () => {
      const both = (watermarkMs: number, from: number) => [
        span({ from, to: from + 1, watermarkMs }),
        span({ partition: 1, from, to: from + 1, watermarkMs }),
      ];
      await store.apply(ref, flush({ spans: both(HOUR, 0) }));
      await store.apply(ref, flush({ deltas: [], spans: both(49 * HOUR, 1) }));
      await store.advance(metric, 10);
      expect(await cells()).toEqual([]);
    });

    test('each grain goes when its own retention is over, with its members, and nothing of it comes back', async () => {
      const retentionMs = { minute: 2 * HOUR, hour: 4 * HOUR, day: 48 * HOUR };
      metric = aMetric({ ...metric, id: 'grains', aggregation: 'distinct', retentionMs });
      ref = { metric: metric.id, version: metric.version };
      const partitions = [{ topic: 'events.x', partition: 0, first: 0, empty: true }];
      await store.create(ref, { generation: GENERATION, partitions });
      const size = { minute: 60_000, hour: HOUR, day: 24 * HOUR };
      const cell = { series: 0, delta: delta({ members: new Set(['a']) }) };
      const windows = (['minute', 'hour', 'day'] as const).map((grain) => ({
        grain,
        startMs: 0,
        endMs: size[grain],
        cells: [cell],
      }));
      await store.apply(ref, flush({ windows, spans: [span({ from: 0, to: 1 })] }));
      let next = 1;
      const leftAt = async (watermarkMs: number) => {
        const spans = [span({ from: next, to: ++next, watermarkMs })];
        await store.apply(ref, flush({ deltas: [], windows: [], spans }));
        while ((await store.advance(metric, 10)) > 0);
        const places = windows.map(({ grain, startMs }) => ({ grain, startMs, key: '[]' }));
        const view = await store.readCells(ref, places);
        for (const { accumulators } of view.cells) expect(accumulators.distinct).toBe(1);
        return view.cells.map(({ grain }) => grain);
      };
      expect(await leftAt(2 * HOUR + size.minute - 1)).toEqual(['minute', 'hour', 'day']);
      expect(await leftAt(2 * HOUR + size.minute)).toEqual(['hour', 'day']);
      expect(await leftAt(5 * HOUR - 1)).toEqual(['hour', 'day']);
      expect(await leftAt(5 * HOUR)).toEqual(['day']);
      expect(await leftAt(72 * HOUR - 1)).toEqual(['day']);
      expect(await leftAt(72 * HOUR)).toEqual([]);
      expect(await cells()).toEqual([]);
    });

    test('retention never ends before lateness, and a window past it is moved once', async () => {
      metric = aMetric({ ...metric, id: 'brief', retentionMs: { minute: 0, hour: 0, day: 0 } });
      ref = { metric: metric.id, version: metric.version };
      const partitions = [{ topic: 'events.x', partition: 0, first: 0, empty: true }];
      await store.create(ref, { generation: GENERATION, partitions });
      await store.apply(ref, flush({ spans: [span({ watermarkMs: HOUR })] }));
      await store.advance(metric, 10);
      expect((await cells())[0]?.state).toBe('closed');
      const spans = [span({ from: 10, to: 11, watermarkMs: 2 * HOUR })];
      await store.apply(ref, flush({ deltas: [], spans }));
      expect(await store.advance(metric, 10)).toBe(1);
      expect(await store.advance(metric, 10)).toBe(0);
      expect(await cells()).toEqual([]);
    });

    test('a version that a later one replaced is known as such, until it begins anew', async () => {
      expect((await store.load(ref))?.superseded).toBe(false);
      await store.supersede(ref, true);
      expect((await store.load(ref))?.superseded).toBe(true);
      await store.supersede(ref, false);
      expect((await store.load(ref))?.superseded).toBe(false);
      await store.supersede(ref, true);
      await store.retire(ref, GENERATION);
      await store.supersede(ref, true);
      const partitions = [{ topic: 'events.x', partition: 0, first: 0, empty: true }];
      await store.create(ref, { generation: 'g2', partitions });
      expect((await store.load(ref))?.superseded).toBe(false);
    });

    test('a candidate is known as such until it is published, and those that are not are listed', async () => {
      const isCandidate = async () => (await store.readCells(ref, [])).isCandidate;
      expect(await isCandidate()).toBe(false);
      await store.nominate(ref, true);
      await store.nominate(ref, true);
      expect(await isCandidate()).toBe(true);
      expect(await store.nominated()).toEqual([ref]);
      await store.nominate(ref, false);
      expect(await isCandidate()).toBe(false);
      expect(await store.nominated()).toEqual([]);
    });

    test('a candidate that is noted before it is begun is begun as one, and so are the generations after', async () => {
      const later = { ...ref, version: 'v2' };
      const partitions = [{ topic: 'events.x', partition: 0, first: 0, empty: true }];
      const isCandidate = async () => (await store.readCells(later, [])).isCandidate;
      await store.nominate(later, true);
      expect(await store.load(later)).toBeUndefined();
      await store.create(later, { generation: 'g1', partitions });
      expect(await isCandidate()).toBe(true);
      await store.retire(later, 'g1');
      await store.create(later, { generation: 'g2', partitions });
      expect(await isCandidate()).toBe(true);
      await store.nominate(later, false);
      await store.retire(later, 'g2');
      await store.create(later, { generation: 'g3', partitions });
      expect(await isCandidate()).toBe(false);
    });

    test('what was in review and is not wanted leaves nothing, also where it was begun once more', async () => {
      await store.apply(ref, flush({ deltas: [['["s","1"]', delta({ members: new Set('a') })]] }));
      await store.nominate(ref, true);
      await store.forget(ref);
      expect(await store.load(ref)).toBeUndefined();
      const partitions = [{ topic: 'events.x', partition: 0, first: 0, empty: true }];
      expect(await store.create(ref, { generation: 'g2', partitions })).toBe(true);
      expect(await store.nominated()).toEqual([ref]);
      await store.forget(ref);
      expect(await store.load(ref)).toBeUndefined();
      await store.forget(ref);
      expect(await store.nominated()).toEqual([]);
    });

    test('a generation that was retired takes no flush, and the next one begins with nothing', async () => {
      await store.apply(ref, flush({ deltas: [['["s","1"]', delta({ members: new Set('a') })]] }));
      await store.retire(ref, 'another');
      expect((await store.load(ref))?.generation).toBe(GENERATION);
      await store.retire(ref, GENERATION);
      expect(await store.load(ref)).toBeUndefined();
      expect(await store.apply(ref, flush({ spans: [span({ from: 10, to: 11 })] }))).toEqual({
        kind: 'refused',
        reason: 'missing',
      });
      const partitions = [{ topic: 'events.x', partition: 0, first: 0, empty: true }];
      expect(await store.create(ref, { generation: 'g2', partitions })).toBe(true);
      expect(await cells()).toEqual([]);
      const again = flush({
        generation: 'g2',
        deltas: [['[]', delta({ members: new Set('b') })]],
      });
      expect(await store.apply(ref, again)).toMatchObject({ numbers: new Map([['[]', 0]]) });
      expect(await cells()).toMatchObject([
        { key: '[]', accumulators: { contributions: 1, distinct: 1 } },
      ]);
    });

    test('records that the log lost move the cursor, and from where copies are told, once, and only of the generation that lost them', async () => {
      const at = { topic: 'events.x', partition: 0 };
      await store.noteLoss(ref, { ...at, generation: 'another', from: 0, to: 5 });
      await store.noteLoss(ref, { ...at, generation: GENERATION, from: 3, to: 5 });
      expect((await store.load(ref))?.partitions[0]).toMatchObject({ first: 0, next: 0 });
      await store.noteLoss(ref, { ...at, generation: GENERATION, from: 0, to: 5 });
      expect((await store.load(ref))?.partitions[0]).toMatchObject({ first: 5, next: 5 });
      expect((await store.apply(ref, flush({ spans: [span({ from: 5, to: 6 })] }))).kind).toBe(
        'applied',
      );
      await store.noteLoss(ref, { ...at, generation: GENERATION, from: 6, to: 12 });
      expect((await store.load(ref))?.partitions[0]).toMatchObject({ first: 12, next: 12 });
    });

    test('cells are read by place, with the cursors that they are a function of', async () => {
      const deltas: [string, CellDelta][] = [
        ['[]', delta({ sum: 7 })],
        ['["s","1"]', delta({ sum: 7, members: new Set('a') })],
      ];
      const counters = new Map([
        ['counted', 4],
        ['late', 2],
        ['heartbeat', 3],
        ['hole', 1],
      ] as const);
      await store.apply(ref, flush({ deltas, spans: [span({ watermarkMs: 5, counters })] }));
      const at = { grain: 'hour', startMs: 0 } as const;
      const view = await store.readCells(ref, [
        { ...at, key: '["s","1"]' },
        { ...at, key: '["s","2"]' },
        { ...at, startMs: HOUR, key: '[]' },
      ]);
      expect(view.cells).toMatchObject([
        { key: '["s","1"]', endMs: HOUR, accumulators: { contributions: 1, sum: 7, distinct: 1 } },
      ]);
      expect(view).toMatchObject({
        watermarkMs: 0,
        events: 6,
        cursors: expect.arrayContaining([{ topic: 'events.x', partition: 0, offset: 10 }]),
      });
    });

    test('a span without a record keeps the append times and the fingerprint of the one before', async () => {
      const first = span({ appendMs: 70, historicalMs: 60, fingerprint: '9|70|ab' });
      await store.apply(ref, flush({ spans: [first] }));
      const spans = [span({ from: 10, to: 12, appendMs: 0, historicalMs: 0 })];
      await store.apply(ref, flush({ deltas: [], spans }));
      expect((await store.load(ref))?.partitions[0]).toMatchObject({
        next: 12,
        appendMs: 70,
        historicalMs: 60,
        fingerprints: ['9|70|ab', '9|70|ab'],
      });
      const third = span({ from: 12, to: 13, fingerprint: '12|80|cd' });
      await store.apply(ref, flush({ deltas: [], spans: [third] }));
      expect((await store.load(ref))?.partitions[0]?.fingerprints).toEqual(['9|70|ab', '12|80|cd']);
    });

    test('a refused series is refused again, and an admitted one keeps its number', async () => {
      const deltas = (...keys: string[]): [string, CellDelta][] =>
        keys.map((key) => [key, delta()]);
      const first = flush({ deltas: deltas('["s","1"]', '["s","2"]'), maxSeries: 1 });
      await store.apply(ref, first);
      const second = flush({
        deltas: deltas('["s","2"]', '["s","1"]', '["t","1"]'),
        maxSeries: 1,
        spans: [span({ from: 10, to: 11 })],
      });
      expect(await store.apply(ref, second)).toMatchObject({
        numbers: new Map([
          ['["s","2"]', -1],
          ['["s","1"]', 0],
          ['["t","1"]', 1],
        ]),
      });
    });

    test('a mark is cleared only while the cell is what was read', async () => {
      await store.apply(ref, flush());
      const read = await cells();
      await store.apply(ref, flush({ spans: [span({ from: 10, to: 11 })] }));
      await store.clearDirty(ref, read);
      const again = await cells();
      expect(again[0]?.accumulators.contributions).toBe(2);
      await store.clearDirty(ref, again);
      expect(await cells()).toEqual([]);
    });

    test('a cell that is of another series by now keeps its mark', async () => {
      await store.apply(ref, flush({ deltas: [['["store","S1"]', delta()]] }));
      const read = await cells();
      await store.retire(ref, GENERATION);
      const partitions = [{ topic: 'events.x', partition: 0, first: 0, empty: false }];
      await store.create(ref, { generation: 'g2', partitions });
      const again = flush({ generation: 'g2', deltas: [['["store","S2"]', delta()]] });
      await store.apply(ref, again);
      await store.clearDirty(ref, read);
      expect((await cells()).map(({ key }) => key)).toEqual(['["store","S2"]']);
    });

    test('a stage that moved between read and clear keeps its mark', async () => {
      await store.apply(
        ref,
        flush({ spans: [span({ watermarkMs: HOUR }), span({ partition: 1, watermarkMs: HOUR })] }),
      );
      const read = await cells();
      await store.advance(metric, 10);
      await store.clearDirty(ref, read);
      expect((await cells())[0]?.state).toBe('closed');
    });

    test('a projection is rebuilding until every partition that held records was read to its end', async () => {
      expect((await store.load(ref))?.rebuilding).toBe(true);
      await store.apply(ref, flush({ spans: [span({ caughtUp: false })] }));
      expect((await store.load(ref))?.rebuilding).toBe(true);
      await store.apply(ref, flush({ spans: [span({ from: 10, to: 11, caughtUp: true })] }));
      expect((await store.load(ref))?.rebuilding).toBe(false);
    });
  });
}
