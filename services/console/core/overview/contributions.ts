import { metricIdOf } from '../../../kernel/expression/formula.ts';
import type { FormulaExpression } from '../../../kernel/expression/ast.ts';

/** Values of a metric before and after. */
export type Change = { readonly before: number; readonly after: number };

/**
 * How much of the change of a formula's value each of its metrics brought. Law: the effects add up to the change.
 *
 * A sum passes the change of its parts on as it is. A product or a quotient N of A and B is split by the logarithmic mean
 * L(x, y) = (x − y) ÷ ln(x ÷ y), with L(x, x) = x: from ln N = ln A ± ln B follows ΔN = L(N)/L(A) · ΔA ± L(N)/L(B) · ΔB,
 * and no part stays unexplained whatever the order of the factors. Where a logarithm has no meaning, at zero or where a
 * sign changes, each part is weighted by the mean of the other, which adds up too but depends on how the formula nests.
 * @returns undefined where a value is missing, or a divisor is zero
 * @see Ang, The LMDI approach to decomposition analysis, Energy Policy 33 (2005)
 */
export function effectsOf(
  formula: FormulaExpression,
  changes: ReadonlyMap<string, Change>,
): ReadonlyMap<string, number> | undefined {
  const effects = new Map<string, number>();
  /** @param weight what a unit of this part's change adds to the whole */
  const spread = (part: FormulaExpression, weight: number): void => {
    switch (part.kind) {
      case 'number':
        return;
      case 'name': {
        const id = metricIdOf(part.name);
        const { before, after } = changes.get(id) ?? UNKNOWN;
        effects.set(id, (effects.get(id) ?? 0) + weight * (after - before));
        return;
      }
      case 'unary':
        spread(part.operand, -weight);
        return;
      case 'binary': {
        const [left, right] = weightsOf(part.operator, [
          changeOf(part.left, changes),
          changeOf(part.right, changes),
        ]);
        spread(part.left, weight * left);
        spread(part.right, weight * right);
      }
    }
  };
  spread(formula, 1);
  const whole = changeOf(formula, changes);
  const all = [...effects.values(), whole.before, whole.after];
  return all.every(Number.isFinite) ? effects : undefined;
}

const UNKNOWN: Change = { before: NaN, after: NaN };

/** The value of a formula before and after. */
export function changeOf(formula: FormulaExpression, changes: ReadonlyMap<string, Change>): Change {
  switch (formula.kind) {
    case 'number': {
      const value = Number(formula.value.unscaled) / 10 ** formula.value.scale;
      return { before: value, after: value };
    }
    case 'name':
      return changes.get(metricIdOf(formula.name)) ?? UNKNOWN;
    case 'unary': {
      const { before, after } = changeOf(formula.operand, changes);
      return { before: -before, after: -after };
    }
    case 'binary': {
      const [a, b] = [changeOf(formula.left, changes), changeOf(formula.right, changes)];
      return {
        before: APPLY[formula.operator](a.before, b.before),
        after: APPLY[formula.operator](a.after, b.after),
      };
    }
  }
}

const APPLY = {
  '+': (a: number, b: number) => a + b,
  '-': (a: number, b: number) => a - b,
  '*': (a: number, b: number) => a * b,
  '/': (a: number, b: number) => a / b,
} as const;

/** What a unit of either part's change adds to the change of both together. */
function weightsOf(
  operator: keyof typeof APPLY,
  [a, b]: readonly [Change, Change],
): readonly [number, number] {
  if (operator === '+') return [1, 1];
  if (operator === '-') return [1, -1];
  const whole = {
    before: APPLY[operator](a.before, b.before),
    after: APPLY[operator](a.after, b.after),
  };
  if (keepsSign(a) && keepsSign(b)) {
    const mean = logarithmicMean(whole);
    const sign = operator === '*' ? 1 : -1;
    return [mean / logarithmicMean(a), (sign * mean) / logarithmicMean(b)];
  }
  if (operator === '*') return [middle(b), middle(a)];
  return [(1 / b.before + 1 / b.after) / 2, -middle(a) / (b.before * b.after)];
}

/**
 * What a driver brought of which only the operator is declared, as if the whole were made of such parts. Nothing says that
 * these effects add up: what they leave is unexplained.
 * @returns undefined for an influence, and where a value is missing or a logarithm has no meaning
 */
export function declaredEffect(
  operator: '+' | '-' | '*' | '/' | 'influence',
  whole: Change,
  driver: Change,
): number | undefined {
  const step = driver.after - driver.before;
  const effect = { '+': () => step, '-': () => -step, '*': byFactor, '/': () => -byFactor() };
  function byFactor(): number {
    if (!keepsSign(whole) || !keepsSign(driver)) return NaN;
    return (logarithmicMean(whole) / logarithmicMean(driver)) * step;
  }
  const value = operator === 'influence' ? NaN : effect[operator]();
  return Number.isFinite(value) ? value : undefined;
}

const keepsSign = ({ before, after }: Change): boolean => before * after > 0;
const middle = ({ before, after }: Change): number => (before + after) / 2;

/** Below this the quotient of two differences that both vanish is all rounding; the mean is then the middle. */
const NEARLY_EQUAL = 1e-6;

/** Between the two, and nearer to the smaller than their middle is. Both are of one sign. */
export function logarithmicMean(change: Change): number {
  const { before, after } = change;
  const step = (after - before) / before;
  return Math.abs(step) < NEARLY_EQUAL ? middle(change) : (after - before) / Math.log1p(step);
}
