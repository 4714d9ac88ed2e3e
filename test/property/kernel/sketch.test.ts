import fc from 'fast-check';
import { expect, test } from 'vitest';
import { valueOf } from '../../../services/kernel/accumulator.ts';
import { divideHalfEven, normalize } from '../../../services/kernel/integer.ts';
import type { Integer } from '../../../services/kernel/integer.ts';
import {
  BIN_MAX,
  binOf,
  decodeSketch,
  encodeSketch,
  mergeSketches,
  percentileOf,
  sketchOf,
} from '../../../services/kernel/sketch.ts';
import type { Sketch } from '../../../services/kernel/sketch.ts';

const LIMIT = 2n ** 63n - 1n;
/** All magnitudes alike, small ones, and those around the end of exact doubles. */
const values = fc
  .oneof(
    fc.bigInt({ min: -LIMIT, max: LIMIT }),
    fc.bigInt({ min: -1_000n, max: 1_000n }),
    fc.tuple(fc.bigInt({ min: -LIMIT, max: LIMIT }), fc.nat(62)).map(([n, s]) => n >> BigInt(s)),
    fc.bigInt({ min: 2n ** 53n - 50n, max: 2n ** 53n + 50n }),
  )
  .map(normalize);
const lists = fc.array(values, { minLength: 1, maxLength: 60 });

function sketch(list: readonly Integer[]): Sketch {
  const counters = new Map<number, number>();
  for (const bin of list.map(binOf)) counters.set(bin, (counters.get(bin) ?? 0) + 1);
  return sketchOf(counters);
}
/** The least value that `thousandths / 1000` per cent of all do not exceed. */
function exact(list: readonly Integer[], thousandths: number): bigint {
  const sorted = list.map(BigInt).toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const index = sorted.findIndex(
    (_, i) => BigInt(i + 1) * 100_000n >= BigInt(thousandths) * BigInt(sorted.length),
  );
  return sorted[index] as bigint;
}

test('a percentile lies within 1 % of the exact one', () => {
  fc.assert(
    fc.property(lists, fc.integer({ min: 1, max: 99_999 }), (list, thousandths) => {
      const shown = percentileOf(sketch(list), thousandths / 1_000, {
        valueScale: 0,
        unitScale: 6,
      });
      const truth = exact(list, thousandths) * 1_000_000n;
      const difference = BigInt(shown as Integer) - truth;
      const distance = difference < 0n ? -difference : difference;
      expect(distance * 100n <= (truth < 0n ? -truth : truth) + 100n).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test('a percentile is one of values below 50 exactly, zero and negative ones among them', () => {
  const small = fc.array(fc.integer({ min: -49, max: 49 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(small, fc.integer({ min: 1, max: 99 }), (list, percentile) => {
      const cell = { contributions: list.length, sketch: sketch(list) };
      const shown = valueOf('percentile', cell, { valueScale: 2, unitScale: 2, percentile });
      expect(shown).toBe(Number(exact(list, percentile * 1_000)));
    }),
  );
});

test('bins are monotone, alike for a value and its negative, and end with 64 bits', () => {
  fc.assert(
    fc.property(values, values, (a, b) => {
      if (a <= b) expect(binOf(a)).toBeLessThanOrEqual(binOf(b));
      expect(binOf(normalize(-BigInt(a)))).toBe(0 - binOf(a));
      expect(Math.abs(binOf(a))).toBeLessThanOrEqual(BIN_MAX);
    }),
    { numRuns: 2_000 },
  );
  expect([binOf(LIMIT), binOf(LIMIT + 1n), binOf(-(10n ** 30n))]).toEqual([
    BIN_MAX,
    BIN_MAX + 1,
    -BIN_MAX - 1,
  ]);
});

test('the order of events and their division into flushes change no sketch', () => {
  fc.assert(
    fc.property(lists, fc.nat(60), fc.nat(60), (list, cut, shift) => {
      const turned = [...list.slice(shift), ...list.slice(0, shift)];
      const parts = [turned.slice(0, cut), turned.slice(cut)].map(sketch) as [Sketch, Sketch];
      expect(mergeSketches(...parts)).toEqual(sketch(list));
      expect(mergeSketches(parts[1], parts[0])).toEqual(sketch(list));
      expect(encodeSketch(mergeSketches(...parts))).toBe(encodeSketch(sketch(list)));
      expect(decodeSketch(encodeSketch(sketch(list)))).toEqual(sketch(list));
    }),
  );
});

test('a percentile is rounded once, at the scale of the unit', () => {
  const one = sketch([1_234_567]);
  const fine = percentileOf(one, 50, { valueScale: 3, unitScale: 9 });
  const coarse = percentileOf(one, 50, { valueScale: 3, unitScale: 0 });
  expect(coarse).toBe(divideHalfEven(fine as Integer, 1_000_000_000));
  expect(percentileOf([], 50, { valueScale: 3, unitScale: 0 })).toBeNull();
});
