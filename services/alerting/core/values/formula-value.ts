import { EMPTY, exactValueOf, formatValue, merge } from '../../../kernel/accumulator.ts';
import type {
  Catalog,
  DerivedMetric,
  MetricDefinition,
  SimpleMetric,
} from '../../../kernel/definitions.ts';
import { compileFormula } from '../../../kernel/expression/formula.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import type { InputAccumulators } from '../../../kernel/update.ts';

/** The simple metrics whose history makes the metric's: itself, or those that its formula reads. */
export const leavesOf = (metric: MetricDefinition, catalog: Catalog): readonly SimpleMetric[] =>
  metric.kind === 'simple'
    ? [metric]
    : metric.inputs.flatMap((id) => {
        const input = catalog.metrics.get(id);
        return input?.kind === 'simple' ? [input] : [];
      });

/** The value of a window that ends then, of what the formula's inputs accumulated in it; rounded once, null: it has none. */
export type FormulaValueOf = (inputs: InputAccumulators, endMs: EpochMs) => string | null;

/**
 * Law: of any window, over the merge of its cells, it says what the read API says (console/core/derived.ts), and of one cell
 * what the aggregator publishes (aggregator/core/derivation.ts).
 * @returns undefined where an input is not published
 */
export function formulaValueOf(
  metric: DerivedMetric,
  catalog: Catalog,
): FormulaValueOf | undefined {
  const formula = compileFormula(metric.formula, metric.inputs);
  const leaves = leavesOf(metric, catalog);
  if (!formula.ok || leaves.length < metric.inputs.length) return undefined;
  const { scale } = metric.unit;
  return (inputs, endMs) => {
    const values = leaves.map((leaf) => {
      const isBefore = leaf.eventsFromMs !== undefined && endMs <= leaf.eventsFromMs;
      const cell = inputs[leaf.id] ?? EMPTY;
      return [leaf.id, isBefore ? null : exactValueOf(leaf.aggregation, cell, leaf)] as const;
    });
    return formatValue(formula.value.evaluate(new Map(values), scale).value, scale);
  };
}

/** What the inputs of a formula accumulated in all the cells. @returns undefined where a cell does not say it */
export function mergeInputs(
  cells: readonly { readonly inputs?: InputAccumulators }[],
): InputAccumulators | undefined {
  const merged: Record<string, InputAccumulators[string]> = {};
  for (const { inputs } of cells) {
    if (!inputs) return undefined;
    for (const [id, cell] of Object.entries(inputs)) merged[id] = merge(merged[id] ?? EMPTY, cell);
  }
  return merged;
}
