import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Expression, FormulaExpression } from '../../../../services/kernel/expression/ast.ts';
import { compileExpression } from '../../../../services/kernel/expression/compile.ts';
import { printExpression } from '../../../../services/kernel/expression/print.ts';
import { powerOfTen } from '../../../../services/kernel/decimal.ts';
import { normalize } from '../../../../services/kernel/integer.ts';
import type { VariableType } from '../../../../services/kernel/expression/types.ts';
import { parseCel } from '../../../../services/platform/cel.ts';

const AT = { start: 0, end: 0 };
/** Variables a, b, c at scales 0, 2, 3; values beyond 2^53 included. */
const SCALES = { a: 0, b: 2, c: 3 };
const environment = {
  variables: new Map<string, VariableType>(
    Object.entries(SCALES).map(([name, scale]) => [
      name,
      { kind: 'decimal', scale, nullable: false },
    ]),
  ),
};
const big = fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n });

const { number } = fc.letrec<{ number: FormulaExpression }>((tie) => ({
  number: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc
      .constantFrom('a', 'b', 'c')
      .map((name): FormulaExpression => ({ kind: 'name', name, ...AT })),
    fc
      .tuple(fc.bigInt({ min: 0n, max: 10n ** 16n }), fc.integer({ min: 0, max: 4 }))
      .map(([value, scale]): FormulaExpression => {
        return { kind: 'number', value: { unscaled: normalize(value), scale }, ...AT };
      }),
    tie('number').map((operand): FormulaExpression => ({
      kind: 'unary',
      operator: '-',
      operand,
      ...AT,
    })),
    fc
      .tuple(fc.constantFrom('+', '-', '*'), tie('number'), tie('number'))
      .map(([operator, left, right]): FormulaExpression => {
        return { kind: 'binary', operator: operator as '+', left, right, ...AT };
      }),
  ),
}));

/** The naive oracle: bigint pairs of unscaled value and scale. */
function oracle(expression: FormulaExpression, values: Record<string, bigint>): [bigint, number] {
  switch (expression.kind) {
    case 'name':
      return [values[expression.name] as bigint, SCALES[expression.name as 'a']];
    case 'number':
      return [BigInt(expression.value.unscaled), expression.value.scale];
    case 'unary': {
      const [value, scale] = oracle(expression.operand, values);
      return [-value, scale];
    }
    case 'binary': {
      const [left, leftScale] = oracle(expression.left, values);
      const [right, rightScale] = oracle(expression.right, values);
      if (expression.operator === '*') return [left * right, leftScale + rightScale];
      const scale = Math.max(leftScale, rightScale);
      const a = left * BigInt(powerOfTen(scale - leftScale));
      const b = right * BigInt(powerOfTen(scale - rightScale));
      return [expression.operator === '+' ? a + b : a - b, scale];
    }
  }
}

test('arithmetic of any depth and scale equals that of bigint', () => {
  fc.assert(
    fc.property(number, fc.tuple(big, big, big), (expression, [a, b, c]) => {
      const compiled = compileExpression(expression, environment);
      fc.pre(compiled.ok);
      const [value, scale] = oracle(expression, { a, b, c });
      const variables = { a: normalize(a), b: normalize(b), c: normalize(c) };
      expect(compiled.value.type).toEqual({ kind: 'decimal', scale, nullable: false });
      expect(compiled.value.evaluate(variables)).toBe(normalize(value));
    }),
    { numRuns: 2000 },
  );
});

test('comparisons across scales equal those of bigint at one scale', () => {
  const operators = fc.constantFrom('<', '<=', '>', '>=', '==', '!=');
  fc.assert(
    fc.property(fc.tuple(operators, number, number), big, ([operator, left, right], a) => {
      const expression: Expression = {
        kind: 'binary',
        operator: operator as '<',
        left,
        right,
        ...AT,
      };
      const compiled = compileExpression(expression, environment);
      fc.pre(compiled.ok);
      const values = { a, b: a, c: -a };
      const [x, xScale] = oracle(left, values);
      const [y, yScale] = oracle(right, values);
      const difference = x * 10n ** BigInt(yScale) - y * 10n ** BigInt(xScale);
      const sign = difference < 0n ? -1 : difference > 0n ? 1 : 0;
      const expected = {
        '<': sign < 0,
        '<=': sign <= 0,
        '>': sign > 0,
        '>=': sign >= 0,
        '==': sign === 0,
        '!=': sign !== 0,
      }[operator];
      const variables = { a: normalize(a), b: normalize(a), c: normalize(-a) };
      expect(compiled.value.evaluate(variables)).toBe(expected);
    }),
    { numRuns: 1000 },
  );
});

const withoutSpans = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (key, item: unknown) =>
      key === 'start' || key === 'end' ? undefined : typeof item === 'bigint' ? `${item}n` : item,
    ),
  );

test('what is printed parses to the same expression', () => {
  fc.assert(
    fc.property(number, (expression) => {
      const parsed = parseCel(printExpression(expression));
      expect(parsed.ok && withoutSpans(parsed.value)).toEqual(withoutSpans(expression));
    }),
    { numRuns: 1000 },
  );
});

test('any text is parsed or refused with an offset, never thrown at', () => {
  const pieces = fc.constantFrom(
    'data',
    '.',
    '(',
    ')',
    '[',
    ']',
    '"',
    "'",
    '1',
    '2.5',
    '+',
    '-',
    '!',
    '?',
    ':',
    'in',
    ' ',
    '\\',
    '{',
    '}',
    ',',
    '红',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
      const parsed = parseCel(parts.join(''));
      if (!parsed.ok) expect(parsed.error.offset).toBeGreaterThanOrEqual(0);
    }),
    { numRuns: 3000 },
  );
});
