import { describe, expect, test } from 'vitest';
import { compileFormula } from '../../../../services/kernel/expression/formula.ts';
import type { Decimal } from '../../../../services/kernel/decimal.ts';

const values = new Map<string, Decimal | null>([
  ['net-sales', { unscaled: 1000, scale: 2 }],
  ['orders', { unscaled: 3, scale: 0 }],
  ['cancelled-orders', { unscaled: 1, scale: 0 }],
  ['none', { unscaled: 0, scale: 2 }],
  ['missing', null],
]);
const evaluate = (text: string, scale: number) => {
  const formula = compileFormula(text);
  return formula.ok ? formula.value.evaluate(values, scale) : formula.error;
};

test.each([
  ['cancelled_orders / orders', 4, 3333],
  ['2 * cancelled_orders / orders', 4, 6667],
  ['net_sales / orders', 2, 333],
  ['-net_sales / (1 + 1)', 0, -5],
  ['net_sales / orders * orders', 2, 1000],
  ['1 - cancelled_orders / orders', 2, 67],
  ['1 / 8', 2, 12],
  ['3 / 8', 2, 38],
  ['1 - 2 - 3', 0, -4],
  ['8 / 2 / 2', 0, 2],
  ['0.1 + 0.2', 1, 3],
  ['- -1', 0, 1],
])('%s at %i places is %i', (text, scale, value) => {
  expect(evaluate(text, scale)).toEqual({ value });
});

test('a division by zero is null with its reason', () => {
  expect(evaluate('orders / none', 4)).toEqual({ value: null, reason: 'division by zero' });
  expect(evaluate('1 / (orders - 3)', 4)).toEqual({ value: null, reason: 'division by zero' });
});

test('an input without a value is null with its reason', () => {
  expect(evaluate('missing / orders', 4)).toEqual({ value: null, reason: 'missing has no value' });
  expect(evaluate('unheard_of / orders', 4)).toMatchObject({ value: null });
});

test('inputs are the ids that it reads, each once', () => {
  const formula = compileFormula('(a_b + c) / a_b');
  expect(formula.ok && formula.value.inputs).toEqual(['a-b', 'c']);
});

describe('refusals say what and where', () => {
  test.each([
    ['', 0, 'ends too early'],
    ['orders /', 8, 'ends too early'],
    ['orders % 2', 7, 'a formula has no %'],
    ['net-sales >', 10, 'a formula has no >'],
    ['(orders', 0, 'not closed'],
    ['orders)', 6, ') cannot stand here'],
    ['orders orders', 7, 'cannot stand here'],
    ['* 2', 0, '* cannot stand here'],
    ['customers / 2', 0, 'customers is no input'],
    [`${'('.repeat(60)}1${')'.repeat(60)}`, 50, 'nested at most 50 levels'],
    ['1+'.repeat(2000), 0, 'at most 2000 characters'],
  ])('%s', (text, offset, message) => {
    expect(compileFormula(text, ['orders', 'net', 'sales'])).toMatchObject({
      ok: false,
      error: { offset, message: expect.stringContaining(message) as string },
    });
  });
});
