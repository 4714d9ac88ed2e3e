import fc from 'fast-check';
import type { BinaryOperator, Expression } from '../../services/kernel/expression/ast.ts';
import type { VariableType } from '../../services/kernel/expression/types.ts';
import { normalize } from '../../services/kernel/integer.ts';
import { SCALES } from './reference-evaluator.ts';
import type { Num, Variables } from './reference-evaluator.ts';

export const AT = { start: 0, end: 0 };
const NULLABLE = new Set(['m', 't', 'g']);
const KINDS = { s: 'string', t: 'string', f: 'boolean', g: 'boolean' } as const;
/** a, b, c, m are numbers, s, t texts, f, g truths; m, t, g may be null. */
export const environment = {
  variables: new Map<string, VariableType>([
    ...Object.entries(SCALES).map(([name, scale]): [string, VariableType] => [
      name,
      { kind: 'decimal', scale, nullable: NULLABLE.has(name) },
    ]),
    ...Object.entries(KINDS).map(([name, kind]): [string, VariableType] => [
      name,
      { kind, nullable: NULLABLE.has(name) },
    ]),
  ]),
};

// ---- expressions of each kind, well-typed by construction

export const name = (...names: readonly string[]) =>
  fc.constantFrom(...names).map((one): Expression => ({ kind: 'name', name: one, ...AT }));
export const NULL: Expression = { kind: 'null', ...AT };
export const binary = (
  operators: readonly BinaryOperator[],
  [left, right]: readonly [fc.Arbitrary<Expression>, fc.Arbitrary<Expression>],
) =>
  fc.tuple(fc.constantFrom(...operators), left, right).map(([operator, l, r]): Expression => ({
    kind: 'binary',
    operator,
    left: l,
    right: r,
    ...AT,
  }));
const call = (of: string, ...args: readonly fc.Arbitrary<Expression>[]) =>
  fc.tuple(...args).map((list): Expression => ({ kind: 'call', name: of, args: list, ...AT }));
export const choice = (truth: fc.Arbitrary<Expression>, branch: fc.Arbitrary<Expression>) =>
  fc
    .tuple(truth, branch, fc.oneof({ weight: 4, arbitrary: branch }, fc.constant(NULL)))
    .map(([condition, whenTrue, whenFalse]): Expression => {
      return { kind: 'conditional', condition, whenTrue, whenFalse, ...AT };
    });
const member = (of: fc.Arbitrary<Expression>) =>
  fc
    .tuple(
      of,
      fc.array(fc.oneof({ weight: 6, arbitrary: of }, fc.constant(NULL)), {
        minLength: 1,
        maxLength: 3,
      }),
    )
    .map(([left, items]): Expression => {
      const right: Expression = { kind: 'list', items, ...AT };
      return { kind: 'binary', operator: 'in', left, right, ...AT };
    });
export const TEXTS = ['', 'a', 'A', 'ab', '12', '-7', '商', '👍🏽', '"', '\\', "a'b\n"];

export const expressions = fc.letrec<{ number: Expression; text: Expression; truth: Expression }>(
  (tie) => {
    const limits = { maxDepth: 5, depthSize: 'medium' } as const;
    const [number, text, truth] = [tie('number'), tie('text'), tie('truth')];
    const negated =
      (operator: '-' | '!') =>
      (operand: Expression): Expression => {
        return { kind: 'unary', operator, operand, ...AT };
      };
    return {
      number: fc.oneof(
        limits,
        name('a', 'b', 'c', 'm'),
        fc
          .tuple(fc.bigInt({ min: 0n, max: 10n ** 16n }), fc.integer({ min: 0, max: 4 }))
          .map(([value, scale]): Expression => {
            return { kind: 'number', value: { unscaled: normalize(value), scale }, ...AT };
          }),
        binary(['+', '-', '*'], [number, number]),
        number.map(negated('-')),
        choice(truth, number),
        call('size', text),
        call('int', fc.oneof(number, text)),
      ),
      text: fc.oneof(
        limits,
        name('s', 't'),
        fc.constantFrom(...TEXTS).map((value): Expression => ({ kind: 'string', value, ...AT })),
        binary(['+'], [text, text]),
        choice(truth, text),
        call('string', fc.oneof(number, text, truth)),
      ),
      truth: fc.oneof(
        limits,
        name('f', 'g'),
        fc.boolean().map((value): Expression => ({ kind: 'boolean', value, ...AT })),
        truth.map(negated('!')),
        binary(['&&', '||', '==', '!='], [truth, truth]),
        binary(['<', '<=', '>', '>=', '==', '!='], [number, number]),
        binary(['<', '<=', '>', '>=', '==', '!='], [text, text]),
        binary(['==', '!='], [fc.oneof(number, text, truth), fc.constant(NULL)]),
        fc.oneof(member(number), member(text)),
        choice(truth, truth),
        ...['startsWith', 'endsWith', 'contains'].map((one) => call(one, text, text)),
      ),
    };
  },
);

const big = fc.oneof(
  fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }),
  fc.bigInt({ min: -3n, max: 3n }),
);
const num = (of: string): fc.Arbitrary<Num> => big.map((n) => ({ n, scale: SCALES[of] as number }));
export const values: fc.Arbitrary<Variables> = fc.record({
  a: num('a'),
  b: num('b'),
  c: num('c'),
  m: fc.option(num('m')),
  s: fc.constantFrom(...TEXTS),
  t: fc.option(fc.constantFrom(...TEXTS)),
  f: fc.boolean(),
  g: fc.option(fc.boolean()),
});
