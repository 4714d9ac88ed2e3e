import { describe, expect, it } from 'vitest';
import {
  changeOf,
  declaredEffect,
  effectsOf,
  logarithmicMean,
} from '../../../../../services/console/core/overview/contributions.ts';
import type { Change } from '../../../../../services/console/core/overview/contributions.ts';
import { parseFormula } from '../../../../../services/kernel/expression/formula-parser.ts';

/** Effects to four places, by metric. */
function effects(
  text: string,
  changes: Readonly<Record<string, readonly [before: number, after: number]>>,
): Readonly<Record<string, number>> | undefined {
  const formula = parseFormula(text);
  if (!formula.ok) throw new Error(formula.error.message);
  const found = effectsOf(
    formula.value,
    new Map(Object.entries(changes).map(([id, [before, after]]) => [id, { before, after }])),
  );
  return found && Object.fromEntries([...found].map(([id, one]) => [id, +one.toFixed(4)]));
}

describe('the effect of a driver', () => {
  it('of a sum is its own change, of what is subtracted the opposite', () => {
    expect(
      effects('booked + other - cancelled_sales', {
        booked: [100, 130],
        other: [5, 5],
        'cancelled-sales': [10, 25],
      }),
    ).toEqual({ booked: 30, other: 0, 'cancelled-sales': -15 });
  });

  it('of a product is its share in the logarithm: twice the price on half the units changes nothing', () => {
    expect(effects('price * units', { price: [10, 20], units: [100, 50] })).toEqual({
      price: 693.1472,
      units: -693.1472,
    });
  });

  it('of a ratio is negative for the divisor that grows', () => {
    // ΔN = 0.2 − 0.1; L(N) = 0.1 ÷ ln 2.
    expect(effects('cancelled / orders', { cancelled: [10, 40], orders: [100, 200] })).toEqual({
      cancelled: 0.2,
      orders: -0.1,
    });
  });

  it('does not depend on how factors are put into parentheses', () => {
    const changes = { a: [2, 3], b: [5, 4], c: [7, 9] } as const;
    expect(effects('(a * b) / c', changes)).toEqual(effects('a * (b / c)', changes));
  });

  it('reaches through sums into products', () => {
    expect(effects('(a - b) * c', { a: [10, 14], b: [4, 4], c: [2, 2] })).toEqual({
      a: 8,
      b: 0,
      c: 0,
    });
  });

  it('of a metric in several places is all of them together', () => {
    expect(effects('a + 2 * a', { a: [1, 4] })).toEqual({ a: 9 });
  });

  it.each([
    ['from zero', 'a * b', { a: [0, 4], b: [10, 20] }, { a: 60, b: 20 }],
    ['through zero', 'a * b', { a: [-2, 2], b: [3, 5] }, { a: 16, b: 0 }],
    ['of a dividend from zero', 'a / b', { a: [0, 4], b: [1, 2] }, { a: 3, b: -1 }],
    ['below zero', 'a * b', { a: [-2, -4], b: [3, 3] }, { a: -6, b: 0 }],
  ] as const)('adds up %s', (_, text, changes, expected) => {
    expect(effects(text, changes)).toEqual(expected);
  });

  it('is unknown where a value is missing or a divisor is zero', () => {
    expect(effects('a + b', { a: [1, 2] })).toBeUndefined();
    expect(effects('a / b', { a: [1, 2], b: [0, 3] })).toBeUndefined();
    expect(effects('a / b', { a: [1, 2], b: [3, 0] })).toBeUndefined();
  });
});

describe('the value of a formula', () => {
  it('is computed before and after', () => {
    const formula = parseFormula('-(a - 1.5) / b');
    const changes = new Map<string, Change>([
      ['a', { before: 2, after: 5.5 }],
      ['b', { before: 1, after: 2 }],
    ]);
    expect(formula.ok && changeOf(formula.value, changes)).toEqual({ before: -0.5, after: -2 });
  });
});

describe('the logarithmic mean', () => {
  it.each([
    [1, Math.E, Math.E - 1],
    [5, 5, 5],
    [-1, -Math.E, 1 - Math.E],
  ])('of %d and %d', (before, after, mean) => {
    expect(logarithmicMean({ before, after })).toBeCloseTo(mean, 12);
  });

  it('has no jump where both are nearly equal', () => {
    const near = logarithmicMean({ before: 1, after: 1 + 0.99e-6 });
    const apart = logarithmicMean({ before: 1, after: 1 + 1.01e-6 });
    expect(Math.abs(apart - near)).toBeLessThan(1e-7);
  });
});

describe('the effect of a driver that is only declared', () => {
  const whole = { before: 100, after: 200 };
  it.each([
    ['+', { before: 10, after: 15 }, 5],
    ['-', { before: 10, after: 15 }, -5],
    // Twice the driver is all that made it twice the whole.
    ['*', { before: 3, after: 6 }, 100],
    ['/', { before: 6, after: 3 }, 100],
    ['influence', { before: 3, after: 6 }, undefined],
    ['*', { before: 0, after: 6 }, undefined],
    ['+', { before: NaN, after: 6 }, undefined],
  ] as const)('%s %j is %d', (operator, driver, effect) => {
    const found = declaredEffect(operator, whole, driver);
    expect(found === undefined ? found : +found.toFixed(9)).toBe(effect);
  });
});
