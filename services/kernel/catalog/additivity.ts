import type { Aggregation } from '../accumulator.ts';
import type { MetricDefinition } from '../definitions.ts';
import type { FormulaExpression } from '../expression/ast.ts';
import { parseFormula } from '../expression/formula-parser.ts';
import { formulaRoles } from './formula-roles.ts';
import type { Additivity } from './metric-fields.ts';

/** Sums of stocks over members are the stock of all; over time they are nothing. */
export const ADDITIVITY_OF: Readonly<Record<Aggregation, Additivity>> = {
  sum: 'additive',
  count: 'additive',
  latest: 'semi-additive',
  min: 'non-additive',
  max: 'non-additive',
  avg: 'non-additive',
  last: 'non-additive',
  distinct: 'non-additive',
  percentile: 'non-additive',
};
const WEAKEST_LAST: readonly Additivity[] = ['additive', 'semi-additive', 'non-additive'];

/**
 * Whether values of a metric may be added up. A formula is as additive as the weakest of its inputs when it only adds and
 * subtracts them, with weights or without; a constant beside them, a product or a ratio is not additive.
 * @param inputOf the aggregation of an input of a formula
 */
export function additivityOf(
  metric: Pick<MetricDefinition, 'kind'> & {
    readonly aggregation?: Aggregation;
    readonly formula?: string;
  },
  inputOf: (id: string) => Aggregation | undefined,
): Additivity {
  if (metric.aggregation !== undefined) return ADDITIVITY_OF[metric.aggregation];
  const parsed = parseFormula(metric.formula ?? '');
  if (!parsed.ok || hasConstant(parsed.value)) return 'non-additive';
  const found = [...formulaRoles(parsed.value)].map(([id, roles]): Additivity => {
    const isSummand = [...roles].every((role) => role === '+' || role === '-');
    const aggregation = inputOf(id);
    return isSummand && aggregation !== undefined ? ADDITIVITY_OF[aggregation] : 'non-additive';
  });
  return WEAKEST_LAST.findLast((one) => found.includes(one)) ?? 'non-additive';
}

/** Whether a number is added: 1 − a is no sum of parts of a. */
function hasConstant(formula: FormulaExpression): boolean {
  switch (formula.kind) {
    case 'number':
      return true;
    case 'name':
      return false;
    case 'unary':
      return hasConstant(formula.operand);
    case 'binary': {
      const sides = [hasConstant(formula.left), hasConstant(formula.right)];
      const isSum = formula.operator === '+' || formula.operator === '-';
      return isSum ? sides.includes(true) : sides.every(Boolean);
    }
  }
}

/** What a metric computes, as one line that people can read: `sum of data.amount where data.status != "cancelled"`. */
export function formulaText(metric: MetricDefinition): string {
  if (metric.kind === 'derived') return metric.formula;
  const { aggregation, value, where, entity, percentile } = metric;
  const what = aggregation === 'percentile' ? `percentile ${percentile}` : aggregation;
  return [
    aggregation === 'count' ? 'count of events' : `${what} of ${value ?? 'events'}`,
    ...(entity === undefined ? [] : [`for each ${entity}, added up`]),
    ...(where === undefined ? [] : [`where ${where}`]),
  ].join(' ');
}
