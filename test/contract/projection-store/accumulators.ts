import { beforeEach, describe, expect, test } from 'vitest';
import type { ProjectionRef, ProjectionStore } from '../../../services/aggregator/ports.ts';
import type { SimpleMetric } from '../../../services/kernel/definitions.ts';
import type { Integer } from '../../../services/kernel/integer.ts';
import { BIN_MAX } from '../../../services/kernel/sketch.ts';
import { delta, flush, span } from '../../support/projection-flush.ts';
import { begin, markedCells } from './begin.ts';

/** Whatever a cell gathers is added exactly, in any order, or the flush is refused as a whole. */
export function accumulatorsContract(
  name: string,
  makeStore: () => Promise<ProjectionStore>,
): void {
  describe(`${name} keeps projections`, () => {
    let store: ProjectionStore;
    let metric: SimpleMetric;
    let ref: ProjectionRef;
    const cells = () => markedCells(store, metric);
    beforeEach(async () => {
      ({ store, metric, ref } = await begin(makeStore));
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
        const last = { timeMs: 100 - from, partition: 0, offset: from, value };
        await store.apply(
          ref,
          flush({
            deltas: [
              ['["s","least"]', delta({ min: value })],
              ['["s","most"]', delta({ max: value })],
              ['["s","newest"]', delta({ last })],
            ],
            spans: [span({ from, to: from + 1 })],
          }),
        );
        from++;
      }
      const found = new Map((await cells()).map(({ key, accumulators }) => [key, accumulators]));
      expect(Object.fromEntries(found)).toMatchObject({
        '["s","least"]': { min: -9_007_199_254_740_995n },
        '["s","most"]': { max: 1_200_000_000_000_000_000n },
        '["s","newest"]': { last: { timeMs: 100, partition: 0, offset: 0, value: 5 } },
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
  });
}
