import fc from 'fast-check';
import { expect, test } from 'vitest';
import { normalize } from '../../../services/kernel/integer.ts';
import { DISTINCT_EXACT_MAX } from '../../../services/kernel/projection.ts';
import { mergeSketches, sketchOf } from '../../../services/kernel/sketch.ts';
import type { Sketch } from '../../../services/kernel/sketch.ts';
import { delta, HOUR } from '../../support/projection-flush.ts';
import { exact, LIMIT } from './any-integer.ts';
import { redisMetric } from './redis-metric.ts';

/** What only the real scripts can get wrong: arithmetic in doubles. */
const { apply, cell } = redisMetric();
const keyOf = (i: number): string => `["of","${i}"]`;

test('F-053 sums, minima and maxima in Lua are those of bigint, or the sum is refused', async () => {
  let startMs = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(exact, { minLength: 1, maxLength: 5 }), async (values) => {
      startMs += HOUR;
      let sum = 0n;
      const added: bigint[] = [];
      for (const value of values) {
        const gains = [{ sum: value }, { min: value }, { max: value }] as const;
        const result = await apply(
          gains.map((gain, i) => [keyOf(i), delta(gain)]),
          { startMs },
        );
        if (result.kind === 'overflow') {
          expect(sum + value >= LIMIT || sum + value <= -LIMIT).toBe(true);
          break;
        }
        added.push(value);
        sum += value;
      }
      const contributions = added.length;
      const cells = await Promise.all([0, 1, 2].map(async (i) => cell(startMs, keyOf(i))));
      expect(cells.map((one) => one?.accumulators)).toEqual([
        { contributions, sum: normalize(sum) },
        { contributions, min: normalize(added.reduce((a, b) => (b < a ? b : a))) },
        { contributions, max: normalize(added.reduce((a, b) => (b > a ? b : a))) },
      ]);
    }),
    { numRuns: 200 },
  );
});

test('sketches merged in Lua are those merged in the kernel', async () => {
  let startMs = 500_000 * HOUR;
  const deltas = fc.array(fc.array(fc.integer({ min: -40, max: 40 }), { maxLength: 30 }), {
    minLength: 1,
    maxLength: 4,
  });
  await fc.assert(
    fc.asyncProperty(deltas, async (flushes) => {
      startMs += HOUR;
      let sketch: Sketch = [];
      for (const values of flushes.filter(({ length }) => length > 0)) {
        const bins = new Map<number, number>();
        for (const bin of values) bins.set(bin, (bins.get(bin) ?? 0) + 1);
        sketch = mergeSketches(sketch, sketchOf(bins));
        await apply([['[]', delta({ bins })]], { startMs });
      }
      expect((await cell(startMs))?.accumulators.sketch ?? []).toEqual(sketch);
    }),
    { numRuns: 100 },
  );
});

test('distinct is exact up to its bound and an estimate above it, and says so', async () => {
  const startMs = 1_000_000 * HOUR;
  const members = (from: number, to: number): Set<string> =>
    new Set(Array.from({ length: to - from }, (_, i) => `member-${from + i}`));
  await apply([['[]', delta({ members: members(0, DISTINCT_EXACT_MAX) })]], { startMs });
  expect((await cell(startMs))?.accumulators).toMatchObject({ distinct: DISTINCT_EXACT_MAX });
  expect((await cell(startMs))?.accumulators).not.toHaveProperty('approximate');
  await apply([['[]', delta({ members: members(5_000, 30_000) })]], { startMs });
  const { accumulators } = (await cell(startMs)) ?? {};
  expect(accumulators?.approximate).toBe(true);
  expect(Math.abs((accumulators?.distinct ?? 0) / 30_000 - 1)).toBeLessThan(0.03);
  await apply([['[]', delta({ members: members(0, 20_000) })]], { startMs });
  expect((await cell(startMs))?.accumulators.distinct).toBe(accumulators?.distinct);
});
