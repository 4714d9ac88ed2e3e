import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addDecimals,
  compareDecimals,
  divideDecimals,
  formatDecimal,
  multiplyDecimals,
  parseDecimal,
  rescale,
  rescaleExact,
} from '../../../services/kernel/decimal.ts';
import {
  add,
  compare,
  divideHalfEven,
  multiply,
  negate,
  normalize,
  parseInteger,
  subtract,
} from '../../../services/kernel/integer.ts';

/** Around zero, around the end of the safe integers, and far beyond. */
const exact = fc.oneof(
  fc.bigInt({ min: -1_000n, max: 1_000n }),
  fc.bigInt({ min: 9_007_199_254_740_900n, max: 9_007_199_254_741_100n }),
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
);
const pairs = fc.tuple(exact, exact);

test('integers are those of bigint arithmetic, as numbers wherever they are safe', () => {
  fc.assert(
    fc.property(pairs, ([a, b]) => {
      const [x, y] = [normalize(a), normalize(b)];
      expect(BigInt(add(x, y))).toBe(a + b);
      expect(BigInt(subtract(x, y))).toBe(a - b);
      expect(BigInt(multiply(x, y))).toBe(a * b);
      expect(BigInt(negate(x))).toBe(-a);
      expect(compare(x, y)).toBe(a < b ? -1 : a > b ? 1 : 0);
      expect(parseInteger(String(a))).toBe(x);
      for (const result of [add(x, y), subtract(x, y), multiply(x, y), negate(x)])
        expect(typeof result === 'number').toBe(Number.isSafeInteger(Number(result)));
      for (const result of [negate(0), multiply(0, x), multiply(x, 0), subtract(x, x)])
        expect(Object.is(result, -0)).toBe(false);
    }),
  );
});

test('division rounds to the nearest, and to the even one of two', () => {
  fc.assert(
    fc.property(
      pairs.filter(([, b]) => b !== 0n),
      ([a, b]) => {
        const quotient = BigInt(divideHalfEven(normalize(a), normalize(b)));
        const twiceRest = 2n * (a - quotient * b);
        const size = twiceRest < 0n ? -twiceRest : twiceRest;
        const divisor = b < 0n ? -b : b;
        expect(size <= divisor).toBe(true);
        if (size === divisor) expect(quotient % 2n).toBe(0n);
      },
    ),
  );
});

const decimals = fc.record({
  unscaled: exact.map(normalize),
  scale: fc.integer({ min: 0, max: 12 }),
});

test('a decimal is read back as it was written', () => {
  fc.assert(
    fc.property(decimals, (decimal) => {
      expect(parseDecimal(formatDecimal(decimal.unscaled, decimal.scale))).toEqual(decimal);
    }),
  );
});

test('sums and products of decimals are exact, and a quotient is off by half a place at most', () => {
  const asFraction = (d: { unscaled: number | bigint; scale: number }, scale: number): bigint =>
    BigInt(d.unscaled) * 10n ** BigInt(scale - d.scale);
  fc.assert(
    fc.property(decimals, decimals, (a, b) => {
      expect(asFraction(addDecimals(a, b), 24)).toBe(asFraction(a, 24) + asFraction(b, 24));
      expect(asFraction(multiplyDecimals(a, b), 48)).toBe(asFraction(a, 24) * asFraction(b, 24));
      expect(compareDecimals(a, b)).toBe(compare(asFraction(a, 24), asFraction(b, 24)));
      if (b.unscaled === 0) return;
      const quotient = divideDecimals(a, b, 6);
      const error = asFraction(quotient, 24) * asFraction(b, 24) - asFraction(a, 48);
      const bound = (asFraction(b, 24) * 10n ** 18n) / 2n;
      expect((error < 0n ? -error : error) <= (bound < 0n ? -bound : bound)).toBe(true);
    }),
  );
});

test('another scale keeps the amount, or says that it cannot', () => {
  fc.assert(
    fc.property(decimals, fc.integer({ min: 0, max: 12 }), ({ unscaled, scale }, to) => {
      const kept = rescaleExact(unscaled, scale, to);
      if (kept === undefined) expect(to).toBeLessThan(scale);
      else expect(rescale(kept, to, scale)).toBe(unscaled);
      if (to >= scale) expect(kept).toBe(rescale(unscaled, scale, to));
    }),
  );
});
