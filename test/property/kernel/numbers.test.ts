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
import type { Decimal } from '../../../services/kernel/decimal.ts';
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

/** The reference: a decimal as a bigint of this many places, and rounding by remainder, the even neighbour of two. */
const atPlaces = ({ unscaled, scale }: Decimal, places: number): bigint =>
  BigInt(unscaled) * 10n ** BigInt(places - scale);
function roundedQuotient(a: bigint, b: bigint): bigint {
  const [dividend, divisor] = b < 0n ? [-a, -b] : [a, b];
  const floor = dividend / divisor - (dividend % divisor < 0n ? 1n : 0n);
  const twice = 2n * (dividend - floor * divisor);
  const isUp = twice > divisor || (twice === divisor && floor % 2n !== 0n);
  return isUp ? floor + 1n : floor;
}
const textOf = (unscaled: bigint, scale: number): string => {
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  return `${unscaled < 0n ? '-' : ''}${whole}${scale > 0 ? `.${digits.slice(-scale)}` : ''}`;
};

test('P-17 decimal arithmetic equals the BigInt reference: sums, products, quotients, order, scales and text', () => {
  const places = fc.integer({ min: 0, max: 12 });
  fc.assert(
    fc.property(decimals, decimals, places, (a, b, scale) => {
      const [x, y] = [atPlaces(a, 24), atPlaces(b, 24)];
      expect(atPlaces(addDecimals(a, b), 24)).toBe(x + y);
      expect(atPlaces(multiplyDecimals(a, b), 48)).toBe(x * y);
      expect(compareDecimals(a, b)).toBe(x < y ? -1 : x > y ? 1 : 0);
      const shown = rescale(a.unscaled, a.scale, scale);
      expect(BigInt(shown)).toBe(roundedQuotient(x, 10n ** BigInt(24 - scale)));
      expect(formatDecimal(a.unscaled, a.scale)).toBe(textOf(BigInt(a.unscaled), a.scale));
      if (b.unscaled === 0) return;
      const quotient = divideDecimals(a, b, scale);
      expect(quotient.scale).toBe(scale);
      expect(BigInt(quotient.unscaled)).toBe(roundedQuotient(x * 10n ** BigInt(scale), y));
    }),
    { numRuns: 1_000 },
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

test('short decimals are read as long ones are', () => {
  const digits = fc.oneof(fc.constantFrom('0', '00'), fc.stringMatching(/^\d{1,12}$/));
  fc.assert(
    fc.property(fc.constantFrom('', '-', '+'), digits, fc.option(digits), (sign, whole, part) => {
      const text = `${sign}${whole}${part === null ? '' : `.${part}`}`;
      const read = parseDecimal(text);
      // An exponent, even of nothing, takes the long way.
      expect(read).toStrictEqual(parseDecimal(`${text}e+0`));
      expect(Object.is(read?.unscaled, -0)).toBe(false);
    }),
  );
});
