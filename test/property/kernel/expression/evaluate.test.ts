import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Expression } from '../../../../services/kernel/expression/ast.ts';
import { printExpression } from '../../../../services/kernel/expression/print.ts';
import { normalize } from '../../../../services/kernel/integer.ts';
import type { Integer } from '../../../../services/kernel/integer.ts';
import { compileCel } from '../../../../services/platform/cel.ts';
import {
  AT,
  binary,
  choice,
  environment,
  expressions,
  name,
  NULL,
  TEXTS,
  values,
} from '../../../support/expression-arbitrary.ts';
import { referenceValue } from '../../../support/reference-evaluator.ts';
import type { Value, Variables } from '../../../support/reference-evaluator.ts';

/** Variables as the aggregator gives them, and how often they were read. */
function counted(variables: Variables): { readonly of: object; readonly reads: () => number } {
  let reads = 0;
  const of = {};
  for (const [key, value] of Object.entries(variables))
    Object.defineProperty(of, key, {
      get() {
        reads++;
        return typeof value === 'object' && value !== null ? normalize(value.n) : value;
      },
    });
  return { of, reads: () => reads };
}

const namesIn = (text: string): number => text.match(/\b[abcmstfg]\b/g)?.length ?? 0;
/** Why an expression that is typed well may be refused all the same: it is more than the limits allow. */
const TOO_MUCH = /decimal places; at most|at most 2000 characters|Exceeded max/;

/** What the compiler may say; the parser's own words begin as below. */
const LISTED =
  /^(?:Unexpected (?:token|character)|Expected [A-Z]+, got|Unterminated|Invalid escape)|needs (?:a|its pattern as a) |cannot (?:stand|compare|show|read)|there is no|takes \d arguments|is not one value|has no order|division is not exact|timestamp needs an RFC 3339 literal|not available|the pattern is not RE2|may stand in brackets|only variables have fields|and has no fields|has no field |has needs one field|is no number or text/;
const PIECES = [
  ...'a m s g x 1 2.5 "" null + - * / < == && ! ? : in ( ) [ ] , . size( matches( "(a+)+$" has( 红 \\ \' { } 0x1F 1e9'.split(
    ' ',
  ),
  '9'.repeat(400),
];
const OPERATORS = ['+', '-', '*', '/', '<', '<=', '>', '>=', '==', '!=', '&&', '||', 'in'] as const;
const FUNCTION_NAMES = ['size', 'int', 'string', 'contains', 'matches', 'has', 'timestamp', 'nope'];

/** Expressions that no kind holds together. */
const { wild } = fc.letrec<{ wild: Expression }>((tie) => ({
  wild: fc.oneof(
    { maxDepth: 4, depthSize: 'medium' },
    name('a', 'b', 'm', 's', 't', 'g', 'f', 'x'),
    fc.constantFrom(...TEXTS, '(a+)+$', '(', '2026-01-31T08:00:00Z').map((value): Expression => {
      return { kind: 'string', value, ...AT };
    }),
    fc.constantFrom<Expression>(NULL, { kind: 'boolean', value: true, ...AT }),
    fc.bigInt({ min: 0n, max: 10n ** 30n }).map((value): Expression => {
      return { kind: 'number', value: { unscaled: normalize(value), scale: 12 }, ...AT };
    }),
    binary(OPERATORS, [tie('wild'), tie('wild')]),
    tie('wild').map((of): Expression => ({ kind: 'field', of, name: 'x', ...AT })),
    fc
      .array(tie('wild'), { maxLength: 3 })
      .map((items): Expression => ({ kind: 'list', items, ...AT })),
    fc
      .tuple(fc.constantFrom(...FUNCTION_NAMES), fc.array(tie('wild'), { maxLength: 2 }))
      .map(([of, args]): Expression => ({ kind: 'call', name: of, args, ...AT })),
    choice(tie('wild'), tie('wild')),
  ),
}));
const hostile = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 30, size: 'max' }).map((all) => all.join(' ')),
  wild.map(printExpression),
);

test('P-13 an expression agrees with a slow reference, ends within a budget, and throws nothing: what is wrong is told as a listed fault', () => {
  let [compared, refused] = [0, 0];
  const any = fc.oneof(expressions.number, expressions.text, expressions.truth);
  fc.assert(
    fc.property(any, values, (expression, variables) => {
      const text = printExpression(expression);
      const compiled = compileCel(text, environment);
      if (!compiled.ok) {
        refused++;
        expect(compiled.error.message).toMatch(TOO_MUCH);
        return;
      }
      compared++;
      const { type, evaluate } = compiled.value;
      const { of, reads } = counted(variables);
      const value = evaluate(of);
      // There are no loops: however large the values, each name of the text is read once at most.
      expect(reads()).toBeLessThanOrEqual(namesIn(text));
      const shown: Value =
        type.kind === 'decimal' && value !== null
          ? { n: BigInt(value as Integer), scale: type.scale }
          : (value as Value);
      const expected = referenceValue(expression, variables);
      expect([text, sameScale(shown)]).toEqual([text, sameScale(expected)]);
      if (value === null) expect(type.nullable).toBe(true);
    }),
    { numRuns: 4_000 },
  );
  expect(refused).toBeLessThan(compared / 4);

  fc.assert(
    fc.property(hostile, values, (text, variables) => {
      const compiled = compileCel(text, environment);
      if (compiled.ok) {
        const { of, reads } = counted(variables);
        compiled.value.evaluate(of);
        expect(reads()).toBeLessThanOrEqual(namesIn(text));
        return;
      }
      const { message, offset } = compiled.error;
      expect(LISTED.test(message) || TOO_MUCH.test(message) ? 'listed' : message).toBe('listed');
      expect(offset).toBeGreaterThanOrEqual(0);
      expect(offset).toBeLessThanOrEqual(text.length);
    }),
    { numRuns: 6_000 },
  );
});

/** Numbers at 60 places, so that equal amounts are equal. */
const sameScale = (value: Value): Value =>
  typeof value === 'object' && value !== null
    ? { n: value.n * 10n ** BigInt(60 - value.scale), scale: 60 }
    : value;
