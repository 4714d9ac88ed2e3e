import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Expression } from '../../../../services/kernel/expression/ast.ts';
import {
  canonicalForm,
  formulaTypes,
  typesIn,
} from '../../../../services/kernel/expression/canonical.ts';
import { compileFormula } from '../../../../services/kernel/expression/formula.ts';
import { parseFormula } from '../../../../services/kernel/expression/formula-parser.ts';
import { printExpression } from '../../../../services/kernel/expression/print.ts';
import { normalize } from '../../../../services/kernel/integer.ts';
import { compileCel, parseCel } from '../../../../services/platform/cel.ts';
import { AT, environment, expressions, values } from '../../../support/expression-arbitrary.ts';
import { referenceValue } from '../../../support/reference-evaluator.ts';
import type { Num, Value } from '../../../support/reference-evaluator.ts';

const form = (expression: Expression): string => canonicalForm(expression, typesIn(environment));
const any = fc.oneof(expressions.number, expressions.text, expressions.truth);
/** Amounts whatever their places. */
const amount = (value: Value): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  let { n, scale } = value as Num;
  for (; scale > 0 && n % 10n === 0n; scale--) n /= 10n;
  return `${n}e-${scale}`;
};
const isTyped = (expression: Expression): boolean =>
  compileCel(printExpression(expression), environment).ok;

type Rewrite = (one: Expression, typeOf: ReturnType<typeof typesIn>) => Expression | undefined;
const not = (operand: Expression): Expression => ({ kind: 'unary', operator: '!', operand, ...AT });
const flip = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;
const opposite = { '<': '>=', '<=': '>', '>': '<=', '>=': '<' } as const;
const isOrder = (operator: string): operator is keyof typeof flip => operator in flip;
const number = (value: number): Expression => ({
  kind: 'number',
  value: { unscaled: value, scale: 0 },
  ...AT,
});

/** Ways to write the same differently. Each gives undefined where it does not apply. */
const REWRITES: Readonly<Record<string, Rewrite>> = {
  swap(one, typeOf) {
    if (one.kind !== 'binary') return undefined;
    const { operator, left, right } = one;
    if (isOrder(operator)) return { ...one, operator: flip[operator], left: right, right: left };
    const commutes =
      ['==', '!=', '&&', '||', '*'].includes(operator) ||
      (operator === '+' && typeOf(one)?.kind === 'decimal');
    return commutes ? { ...one, left: right, right: left } : undefined;
  },
  regroup(one) {
    if (one.kind !== 'binary' || !['+', '*', '&&', '||'].includes(one.operator)) return undefined;
    const { left } = one;
    if (left.kind !== 'binary' || left.operator !== one.operator) return undefined;
    return { ...one, left: left.left, right: { ...one, left: left.right, right: one.right } };
  },
  negateTwice: (one, typeOf) => {
    const kind = typeOf(one)?.kind;
    if (kind === 'boolean') return not(not(one));
    if (kind !== 'decimal') return undefined;
    const negative: Expression = { kind: 'unary', operator: '-', operand: one, ...AT };
    return { ...negative, operand: negative };
  },
  deMorgan(one) {
    if (one.kind !== 'binary' || (one.operator !== '&&' && one.operator !== '||')) return undefined;
    const operator = one.operator === '&&' ? '||' : '&&';
    return not({ ...one, operator, left: not(one.left), right: not(one.right) });
  },
  opposite: (one) =>
    one.kind === 'binary' && isOrder(one.operator)
      ? not({ ...one, operator: opposite[one.operator] })
      : undefined,
  unequal: (one) =>
    one.kind === 'binary' && (one.operator === '!=' || one.operator === '==')
      ? not({ ...one, operator: one.operator === '==' ? '!=' : '==' })
      : undefined,
  alternatives(one) {
    if (one.kind !== 'binary' || one.operator !== 'in' || one.right.kind !== 'list')
      return undefined;
    const { left } = one;
    return one.right.items
      .map((item): Expression => ({ ...one, operator: '==', left: item, right: left }))
      .reduce((a, b): Expression => ({ ...one, operator: '||', left: b, right: a }));
  },
  twice: (one, typeOf) =>
    typeOf(one)?.kind === 'boolean'
      ? { kind: 'binary', operator: '&&', left: one, right: one, ...AT }
      : undefined,
  otherwise: (one) =>
    one.kind === 'conditional'
      ? {
          ...one,
          condition: not(one.condition),
          whenTrue: one.whenFalse,
          whenFalse: one.whenTrue,
        }
      : undefined,
  neutral(one, typeOf) {
    const kind = typeOf(one)?.kind;
    const pair = { kind: 'binary', left: one, ...AT } as const;
    if (kind === 'decimal') return { ...pair, operator: '*', right: number(1) };
    if (kind === 'boolean')
      return { ...pair, operator: '||', right: { kind: 'boolean', value: false, ...AT } };
    return undefined;
  },
  addAndTake(one, typeOf) {
    if (typeOf(one)?.kind !== 'decimal') return undefined;
    const more: Expression = { kind: 'binary', operator: '+', left: number(7), right: one, ...AT };
    return { kind: 'binary', operator: '-', left: more, right: number(7), ...AT };
  },
  distribute(one) {
    if (one.kind !== 'binary' || one.operator !== '*') return undefined;
    const { left, right } = one;
    if (left.kind !== 'binary' || (left.operator !== '+' && left.operator !== '-'))
      return undefined;
    return {
      ...left,
      left: { ...one, left: left.left, right },
      right: { ...one, left: left.right, right },
    };
  },
};

/** The expression with one part, chosen by `place`, replaced; parts are numbered from the outside in. */
function replaced(
  expression: Expression,
  place: number,
  by: (one: Expression) => Expression | undefined,
): Expression {
  let at = 0;
  const visit = (one: Expression): Expression => {
    if (at++ === place) return by(one) ?? one;
    switch (one.kind) {
      case 'unary':
        return { ...one, operand: visit(one.operand) };
      case 'binary':
        return { ...one, left: visit(one.left), right: visit(one.right) };
      case 'conditional':
        return {
          ...one,
          condition: visit(one.condition),
          whenTrue: visit(one.whenTrue),
          whenFalse: visit(one.whenFalse),
        };
      case 'list':
        return { ...one, items: one.items.map(visit) };
      case 'call':
        return { ...one, args: one.args.map(visit) };
      case 'field':
        return { ...one, of: visit(one.of) };
      case 'number':
      case 'string':
      case 'boolean':
      case 'null':
      case 'name':
        return one;
    }
  };
  return visit(expression);
}

const rewrite = fc.record({
  place: fc.nat(20),
  of: fc.constantFrom(...Object.keys(REWRITES)),
});

test('the form of an expression does not change when it is written in another way', () => {
  const applied = new Map<string, number>();
  fc.assert(
    fc.property(
      any,
      fc.array(rewrite, { minLength: 1, maxLength: 4 }),
      values,
      (one, steps, of) => {
        fc.pre(isTyped(one));
        let other = one;
        for (const step of steps) {
          const next = replaced(other, step.place, (part) =>
            REWRITES[step.of]?.(part, typesIn(environment)),
          );
          // Places of `string(x)` and limits of scales are not to be rewritten.
          if (next === other || !isTyped(next)) continue;
          if (printExpression(one).includes('string(')) continue;
          applied.set(step.of, (applied.get(step.of) ?? 0) + 1);
          other = next;
        }
        expect([printExpression(other), amount(referenceValue(other, of))]).toEqual([
          printExpression(other),
          amount(referenceValue(one, of)),
        ]);
        expect([printExpression(one), printExpression(other), form(other)]).toEqual([
          printExpression(one),
          printExpression(other),
          form(one),
        ]);
      },
    ),
    { numRuns: 1_500 },
  );
  for (const of of Object.keys(REWRITES)) expect(applied.get(of) ?? 0).toBeGreaterThan(5);
});

/** Changes that may or may not change what an expression means. */
const CHANGES: readonly Rewrite[] = [
  (one) => (one.kind === 'binary' ? { ...one, left: one.right, right: one.left } : undefined),
  (one) => (one.kind === 'binary' ? one.left : undefined),
  (one) => (one.kind === 'unary' ? one.operand : undefined),
  (one) => (one.kind === 'conditional' ? one.whenTrue : undefined),
  (one) => (one.kind === 'name' && one.name === 'a' ? { ...one, name: 'b' } : undefined),
  (one) => (one.kind === 'name' && one.name === 'm' ? number(0) : undefined),
  (one) => (one.kind === 'number' ? number(1) : undefined),
  (one) => (one.kind === 'binary' && one.operator === '<' ? { ...one, operator: '<=' } : undefined),
  (one) =>
    one.kind === 'binary' && one.operator === '&&' ? { ...one, operator: '||' } : undefined,
  (one) => (one.kind === 'boolean' ? { ...one, value: !one.value } : undefined),
  (one, typeOf) => (typeOf(one)?.kind === 'boolean' ? not(one) : undefined),
  ...Object.values(REWRITES),
];

test('expressions of one form have the same value whatever the variables are', () => {
  let [same, different] = [0, 0];
  const change = fc.record({ place: fc.nat(12), of: fc.nat(CHANGES.length - 1) });
  const samples = fc.array(values, { minLength: 20, maxLength: 20 });
  fc.assert(
    fc.property(
      any,
      fc.array(change, { minLength: 1, maxLength: 3 }),
      samples,
      (one, steps, all) => {
        fc.pre(isTyped(one));
        let other = one;
        for (const { place, of } of steps)
          other = replaced(other, place, (part) => CHANGES[of]?.(part, typesIn(environment)));
        fc.pre(isTyped(other));
        if (form(one) !== form(other)) {
          different++;
          return;
        }
        same++;
        for (const of of all)
          expect([
            printExpression(one),
            printExpression(other),
            amount(referenceValue(one, of)),
          ]).toEqual([
            printExpression(one),
            printExpression(other),
            amount(referenceValue(other, of)),
          ]);
      },
    ),
    { numRuns: 2_500 },
  );
  expect(same).toBeGreaterThan(200);
  expect(different).toBeGreaterThan(30);
});

// ---- formulas

const leaf = fc.constantFrom('a', 'b', 'c', '0', '2', '0.5');
const { formula } = fc.letrec<{ formula: string }>((tie) => ({
  formula: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    leaf,
    fc
      .tuple(tie('formula'), fc.constantFrom('+', '-', '*', '/'), tie('formula'))
      .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
    tie('formula').map((inner) => `-${inner}`),
  ),
}));
const formulaForm = (text: string): string => {
  const parsed = parseFormula(text);
  return parsed.ok ? canonicalForm(parsed.value, formulaTypes) : '';
};
const input = fc.option(
  fc.integer({ min: -3, max: 3 }).map((n) => ({ unscaled: normalize(BigInt(n)), scale: 1 })),
  { freq: 6 },
);
const inputs = fc.record({ a: input, b: input, c: input });

test('formulas of one form have the same value, or none for both', () => {
  let same = 0;
  const by = new Map<string, string>();
  fc.assert(
    fc.property(formula, fc.array(inputs, { minLength: 12, maxLength: 12 }), (text, all) => {
      const other = by.get(formulaForm(text));
      by.set(formulaForm(text), other ?? text);
      if (other === undefined || other === text) return;
      same++;
      const value = (of: string, row: (typeof all)[number]): unknown => {
        const compiled = compileFormula(of);
        return compiled.ok ? compiled.value.evaluate(new Map(Object.entries(row)), 6).value : of;
      };
      // What both read is given: which input is missing first is no part of the value.
      for (const row of all)
        expect([text, other, value(text, row)]).toEqual([text, other, value(other, row)]);
    }),
    { numRuns: 3_000 },
  );
  expect(same).toBeGreaterThan(200);
});

test.each([
  ['a / b', 'a * (1 / b)'],
  ['(a + b) / c', 'b / c + a / c'],
  ['a / b / c', 'a / (c * b)'],
  ['2 * a / (2 * b)', 'a / b'],
  ['100 * a / b', 'a / b * 50 * 2'],
  ['a - b', '-(b - a)'],
])('the formulas %s and %s have one form', (one, other) =>
  expect(formulaForm(one)).toBe(formulaForm(other)),
);

test.each([
  ['a / b', 'b / a'],
  ['a / b * b', 'a'],
  ['a - a', '0'],
  ['a / (b / c)', 'a * c / b'],
])('the formulas %s and %s have two forms', (one, other) =>
  expect(formulaForm(one)).not.toBe(formulaForm(other)),
);

test('CEL that people write in several ways has one form', () => {
  const same = [
    ['s == "x" || s == "y"', 's in ["y", "x"]', '!(s != "y" && s != "x")'],
    ['a > 5', '5 < a', '!(a <= 5)', 'a - 5 > 0', '2 * a > 10'],
    ['f', 'f == true', '!!f', 'f || f', 'f && true', 'f == (true || f)', '(false && f) != f'],
    ['a * (b + 1)', 'a + b * a'],
    ['"x" + "y" + s', '"xy" + s'],
  ];
  for (const texts of same) {
    const forms = texts.map((text) => {
      const parsed = parseCel(text);
      return parsed.ok ? form(parsed.value) : text;
    });
    expect([texts, ...new Set(forms)]).toEqual([texts, forms[0]]);
  }
});

test.each([
  // Null is equal to null, and to no number.
  ['m == 2 * m', 'm == 0'],
  ['m - m', '0'],
  ['m * 0', '0'],
  // Places of a text.
  ['string(a * 1.00)', 'string(a)'],
  // A condition that is null chooses neither.
  ['g ? "x" : "x"', '"x"'],
  ['g ? f : f', 'f'],
  ['g ? 1 : 1', '1'],
  ['g == true', 'g'],
  ['s + t', 't + s'],
  ['s < t', 't < s'],
])('%s and %s have two forms, for some values tell them apart', (one, other) => {
  const forms = [one, other].map((text) => {
    const parsed = parseCel(text);
    return parsed.ok ? form(parsed.value) : '';
  });
  expect(forms[0]).not.toBe(forms[1]);
});
