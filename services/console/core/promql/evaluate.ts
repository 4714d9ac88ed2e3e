import { invariant, err, ok } from '../../../kernel/result.ts';
import type { Result } from '../../../kernel/result.ts';
import { aggregated, ranked } from './aggregate.ts';
import type { Aggregation, Expression, Selector } from './ast.ts';
import { binary } from './binary.ts';
import { newBudget } from './budget.ts';
import type { Budget } from './budget.ts';
import { merged, withoutName } from './column.ts';
import type { Column, Value } from './column.ts';
import { QueryFaultError } from './fault.ts';
import type { QueryFault } from './fault.ts';
import type { SampledSeries, Steps } from './samples.ts';
import { instantColumns, rangeColumns } from './select.ts';

type World = {
  readonly steps: Steps;
  readonly seriesOf: (selector: Selector) => readonly SampledSeries[];
  readonly budget: Budget;
};

/**
 * Evaluates an expression at every step at once. Law: step by step it is what Prometheus 3 gives for the same samples,
 * where look-back is up to the next window (samples.ts) and ranges are open to the left.
 * @param expression no range vector
 * @see https://prometheus.io/docs/prometheus/latest/querying/operators/
 */
export function evaluate(
  expression: Expression,
  steps: Steps,
  seriesOf: World['seriesOf'],
): Result<Value, QueryFault> {
  try {
    return ok(valueOf(expression, { steps, seriesOf, budget: newBudget() }));
  } catch (error) {
    if (error instanceof QueryFaultError) return err(error.fault);
    throw error;
  }
}

function valueOf(expression: Expression, world: World): Value {
  const { steps, seriesOf, budget } = world;
  switch (expression.kind) {
    case 'number':
      return { kind: 'scalar', values: new Float64Array(steps.length).fill(expression.value) };
    case 'selector': {
      const series = seriesOf(expression);
      budget.spend(series.length * steps.length);
      return vector(instantColumns(series, { steps, offsetMs: expression.offsetMs }));
    }
    case 'negate': {
      const operand = valueOf(expression.operand, world);
      if (operand.kind === 'scalar')
        return { kind: 'scalar', values: operand.values.map((value) => -value) };
      return vector(
        merged(
          operand.columns.map((column) => ({
            ...withoutName(column),
            values: column.values.map((value) => -value),
          })),
        ),
      );
    }
    case 'call': {
      const { argument } = expression;
      const { offsetMs, rangeMs } = argument;
      invariant(rangeMs !== undefined, 'a range function is given a range');
      const at = { steps, offsetMs, rangeMs, budget };
      const columns = rangeColumns(expression.function, seriesOf(argument), at);
      // The last value is still one of its metric.
      return vector(
        expression.function === 'last_over_time' ? columns : merged(columns.map(withoutName)),
      );
    }
    case 'aggregate':
      return vector(aggregation(expression, world));
    case 'binary':
      return binary(expression, valueOf(expression.left, world), valueOf(expression.right, world));
  }
}

const vector = (columns: readonly Column[]): Value => ({ kind: 'vector', columns });

function aggregation(expression: Aggregation, world: World): readonly Column[] {
  const { operator, grouping, argument, parameter } = expression;
  const operand = valueOf(argument, world);
  invariant(operand.kind === 'vector', 'an aggregation is given a vector');
  const { budget, steps } = world;
  if (operator !== 'topk' && operator !== 'bottomk')
    return aggregated(operator, operand.columns, { grouping, steps: steps.length, budget });
  const counts = parameter && valueOf(parameter, world);
  invariant(counts?.kind === 'scalar', 'a ranking is given a number');
  return ranked(operator, operand.columns, { grouping, counts: counts.values, budget });
}
