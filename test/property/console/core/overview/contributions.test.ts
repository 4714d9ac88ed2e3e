import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  changeOf,
  effectsOf,
} from '../../../../../services/console/core/overview/contributions.ts';
import { parseFormula } from '../../../../../services/kernel/expression/formula-parser.ts';

const NAMES = ['a', 'b', 'c', 'd'] as const;

/** Formulas over the four names, at most three operators deep. */
const { formulas } = fc.letrec<{ formulas: string; leaf: string; branch: string }>((tie) => ({
  leaf: fc.oneof(fc.constantFrom(...NAMES), fc.integer({ min: 1, max: 9 }).map(String)),
  branch: fc
    .tuple(tie('formulas'), fc.constantFrom('+', '-', '*', '/'), tie('formulas'))
    .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
  formulas: fc.oneof({ maxDepth: 3 }, tie('leaf'), tie('branch')),
}));
const values = (value: fc.Arbitrary<number>) =>
  fc.tuple(value, value).map(([before, after]) => ({ before, after }));
const changesOf = (value: fc.Arbitrary<number>) =>
  fc
    .tuple(values(value), values(value), values(value), values(value))
    .map(
      (all) => new Map(NAMES.map((name, i) => [name as string, all[i] ?? { before: 0, after: 0 }])),
    );

/** Every part's size bounds what rounding may do. */
function addsUp(
  text: string,
  changes: ReturnType<typeof changesOf> extends fc.Arbitrary<infer T> ? T : never,
): boolean {
  const formula = parseFormula(text);
  if (!formula.ok) return false;
  const effects = effectsOf(formula.value, changes);
  if (!effects) return true;
  const { before, after } = changeOf(formula.value, changes);
  const sum = [...effects.values()].reduce((all, one) => all + one, 0);
  const size = [...effects.values()].reduce((all, one) => Math.max(all, Math.abs(one)), 0);
  const tolerance = 1e-6 * Math.max(1, size, Math.abs(before), Math.abs(after));
  return Math.abs(sum - (after - before)) <= tolerance;
}

describe('effects of drivers', () => {
  it('add up to the change, where all is above zero', () => {
    const changes = changesOf(fc.integer({ min: 1, max: 10_000 }).map((n) => n / 10));
    fc.assert(fc.property(formulas, changes, addsUp));
  });

  it('add up to the change, whatever the signs', () => {
    const none = new Map(NAMES.map((name) => [name as string, { before: 0, after: 0 }]));
    fc.assert(fc.property(formulas, changesOf(fc.integer({ min: -50, max: 50 })), addsUp), {
      // Of constants alone, and no number.
      examples: [['(1 / (2 - 2))', none]],
    });
  });

  it('are known wherever all is above zero and nothing is subtracted', () => {
    const changes = changesOf(fc.integer({ min: 1, max: 1_000 }));
    fc.assert(
      fc.property(formulas, changes, (text, all) => {
        const formula = parseFormula(text.replaceAll('-', '+'));
        expect(formula.ok && effectsOf(formula.value, all)).toBeInstanceOf(Map);
      }),
    );
  });
});
