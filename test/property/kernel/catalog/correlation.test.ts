import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { correlation } from '../../../../services/kernel/catalog/correlation.ts';
import type { History } from '../../../../services/kernel/catalog/correlation.ts';
import { normalize } from '../../../../services/kernel/integer.ts';

const history = (values: readonly number[], scale = 2): History =>
  new Map(values.map((n, i) => [i * 60_000, { unscaled: n, scale }]));
const values = fc.array(fc.integer({ min: -10_000, max: 10_000 }), {
  minLength: 60,
  maxLength: 60,
});
const mean = (of: readonly number[]): number => of.reduce((a, b) => a + b, 0) / of.length;

/** The textbook's formula in floats. */
function pearson(x: readonly number[], y: readonly number[]): number {
  const [mx, my] = [mean(x), mean(y)];
  const of = (a: readonly number[], ma: number, b: readonly number[], mb: number): number =>
    a.reduce((sum, one, i) => sum + (one - ma) * ((b[i] as number) - mb), 0);
  return of(x, mx, y, my) / Math.sqrt(of(x, mx, x, mx) * of(y, my, y, my));
}

test('the exact correlation is that of the textbook, rounded to four places', () => {
  fc.assert(
    fc.property(values, values, fc.nat(40), (x, noise, share) => {
      const y = x.map((one, i) => one * 10 + (noise[i] as number) * share);
      const found = correlation(history(x), history(y, 4));
      fc.pre(found !== undefined);
      const expected = pearson(x, y);
      expect(Math.abs(Number(found.r) - expected)).toBeLessThan(1.01e-4);
      if (Math.abs(expected - 0.95) > 1e-9) expect(found.isNear).toBe(expected > 0.95);
    }),
    { numRuns: 500 },
  );
});

test('neither unit nor base line changes it, and it does not matter which is which', () => {
  fc.assert(
    fc.property(
      values,
      values,
      fc.integer({ min: 1, max: 900 }),
      fc.integer(),
      (x, y, by, more) => {
        const other = y.map((one) => one * by + more);
        const found = correlation(history(x), history(y));
        expect(correlation(history(x), history(other, 6))).toEqual(found);
        expect(correlation(history(y), history(x))).toEqual(found);
      },
    ),
    { numRuns: 200 },
  );
});

test('amounts beyond 2^53 are exact', () => {
  const big = (n: number): History =>
    new Map(
      Array.from({ length: 30 }, (_, i) => [
        i,
        { unscaled: normalize(10n ** 25n + BigInt((i * n) % 7)), scale: 9 },
      ]),
    );
  const small = (n: number): History =>
    new Map(Array.from({ length: 30 }, (_, i) => [i, { unscaled: (i * n) % 7, scale: 0 }]));
  expect(correlation(big(3), big(5))).toEqual(correlation(small(3), small(5)));
});

test('the same straight line is 1, its mirror −1 and not near', () => {
  const line = history(Array.from({ length: 30 }, (_, i) => i));
  const mirror = history(Array.from({ length: 30 }, (_, i) => -i));
  expect(correlation(line, line)).toEqual({ windows: 30, r: '1.0000', isNear: true });
  expect(correlation(line, mirror)).toEqual({ windows: 30, r: '-1.0000', isNear: false });
});

test('nothing is said of fewer than 30 common windows, or of what never changes', () => {
  const line = history(Array.from({ length: 29 }, (_, i) => i));
  const flat = history(Array.from({ length: 60 }, () => 5));
  const other = history(Array.from({ length: 60 }, (_, i) => i % 5));
  expect(correlation(line, other)).toBeUndefined();
  expect(correlation(flat, other)).toBeUndefined();
});
