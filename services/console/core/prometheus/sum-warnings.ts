import type { MetricDefinition } from '../../../kernel/definitions.ts';
import type { Expression, Selector } from '../promql/ast.ts';
import { seriesName } from './names.ts';

/** Why values of the metric do not add up; undefined where they do. */
function whyNotAdditive(metric: MetricDefinition): string | undefined {
  if (metric.kind === 'derived') return metric.formula.includes('/') ? 'is a ratio' : undefined;
  switch (metric.aggregation) {
    case 'distinct':
      return 'counts distinct members, of which several series or windows may hold the same';
    case 'avg':
      return 'is an average';
    case 'percentile':
      return 'is a percentile';
    case 'sum':
    case 'count':
    case 'min':
    case 'max':
    case 'last':
    case 'latest':
      return undefined;
  }
}

/**
 * Warns of sums over series, or over windows, of metrics that do not add up: the sum is a number without meaning.
 * @param metricsOf what a selector read
 */
export function sumWarnings(
  expression: Expression,
  metricsOf: (selector: Selector) => readonly MetricDefinition[],
): readonly string[] {
  const warnings = new Set<string>();
  const visit = (one: Expression, sum: string | undefined): void => {
    switch (one.kind) {
      case 'number':
        return;
      case 'selector':
        for (const metric of sum === undefined ? [] : metricsOf(one)) {
          const why = whyNotAdditive(metric);
          if (why !== undefined)
            warnings.add(
              `${sum} of ${seriesName(metric.id)} means nothing: ${metric.id} ${why}; ask for the grain or the breakdown itself`,
            );
        }
        return;
      case 'negate':
        return visit(one.operand, sum);
      case 'call':
        if (one.function === 'sum_over_time') return visit(one.argument, one.function);
        return one.function === 'count_over_time' ? undefined : visit(one.argument, sum);
      case 'aggregate':
        if (one.operator === 'sum') return visit(one.argument, 'sum');
        return one.operator === 'count' ? undefined : visit(one.argument, sum);
      case 'binary':
        visit(one.left, sum);
        return visit(one.right, sum);
    }
  };
  visit(expression, undefined);
  return [...warnings];
}
