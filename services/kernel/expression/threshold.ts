import type { Decimal } from '../decimal.ts';
import { negate } from '../integer.ts';
import { COMPARISONS } from './ast.ts';
import type { Comparison, Expression } from './ast.ts';

export type Threshold = { readonly operator: Comparison; readonly literal: Decimal };

const FLIPPED: Readonly<Record<Comparison, Comparison>> = {
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};
const isComparison = (operator: string): operator is Comparison =>
  (COMPARISONS as readonly string[]).includes(operator);

/** The one number that a condition compares `value` with (`value < 1000`, `0.05 <= value`); undefined for all others. */
export function thresholdOf(condition: Expression): Threshold | undefined {
  if (condition.kind !== 'binary' || !isComparison(condition.operator)) return undefined;
  const { left, right, operator } = condition;
  if (isValue(left)) return threshold(operator, right);
  return isValue(right) ? threshold(FLIPPED[operator], left) : undefined;
}

const isValue = (expression: Expression): boolean =>
  expression.kind === 'name' && expression.name === 'value';

function threshold(operator: Comparison, side: Expression): Threshold | undefined {
  const literal = literalOf(side);
  return literal && { operator, literal };
}

function literalOf(expression: Expression): Decimal | undefined {
  if (expression.kind === 'number') return expression.value;
  if (expression.kind !== 'unary' || expression.operator !== '-') return undefined;
  const inner = literalOf(expression.operand);
  return inner && { unscaled: negate(inner.unscaled), scale: inner.scale };
}
