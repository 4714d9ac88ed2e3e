import { EMPTY, formatValue, merge, valueOf } from '../../../kernel/accumulator.ts';
import type { Accumulators } from '../../../kernel/accumulator.ts';
import { parseDecimal, rescale } from '../../../kernel/decimal.ts';
import type { Integer } from '../../../kernel/integer.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import type { ValueUpdate } from '../../../kernel/update.ts';
import type { Window } from '../../../kernel/window.ts';
import { cellStarts } from '../../../kernel/window-merge.ts';
import type { RulePlan } from '../plan/plan.ts';
import { mergeInputs } from './formula-value.ts';

/** The best known state of a cell: of all updates the one that supersedes the others. */
export type Cell = Pick<
  ValueUpdate,
  'end' | 'accumulators' | 'inputs' | 'value' | 'state' | 'revision' | 'backfilled'
>;
/** Cells of one series at one grain, by start. */
export type Cells = Map<EpochMs, Cell>;

export type WindowValue = {
  readonly value: string | null;
  readonly count: number;
  readonly revision: number;
  readonly isBackfilled: boolean;
  /** How many cells the window has; where nothing happened there is none. */
  readonly found: number;
  /** False where a cell does not say what its value is made of, as an earlier version wrote it: then there is no value. */
  readonly isWhole: boolean;
};

/** A window as the merge of its cells. A window without any has the value that the contract gives an empty one. */
export function windowValue(
  plan: RulePlan,
  window: Window,
  cellAt: (startMs: EpochMs) => Cell | undefined,
): WindowValue {
  const { calendar, grain } = plan;
  const only = plan.isSingleCell ? cellAt(window.startMs) : undefined;
  if (only) return ofCell(only);
  const starts = plan.isSingleCell ? [] : cellStarts(calendar, grain, window);
  const cells = starts.flatMap((start) => cellAt(start) ?? []);
  const merged = cells.reduce((sum, { accumulators }) => merge(sum, accumulators), EMPTY);
  return {
    ...mergedValue(plan, { cells, merged, endMs: window.endMs }),
    count: merged.contributions,
    revision: cells.reduce((sum, { revision }) => sum + revision, 0),
    isBackfilled: cells.some(({ backfilled }) => backfilled),
    found: cells.length,
  };
}

const ofCell = ({ value, accumulators, revision, backfilled }: Cell): WindowValue => ({
  value,
  count: accumulators.contributions,
  revision,
  isBackfilled: backfilled,
  found: 1,
  isWhole: true,
});

function mergedValue(
  { metric, formulaValue }: RulePlan,
  of: { readonly cells: readonly Cell[]; readonly merged: Accumulators; readonly endMs: EpochMs },
): Pick<WindowValue, 'value' | 'isWhole'> {
  if (metric.kind === 'derived') {
    if (!formulaValue) return { value: null, isWhole: false };
    const inputs = mergeInputs(of.cells);
    return { value: inputs ? formulaValue(inputs, of.endMs) : null, isWhole: inputs !== undefined };
  }
  const { valueScale, percentile, unit } = metric;
  const scales = { valueScale, unitScale: unit.scale, percentile };
  const value = formatValue(valueOf(metric.aggregation, of.merged, scales), metric.unit.scale);
  return { value, isWhole: true };
}

/** A value as conditions see it: an integer at the unit's scale. */
export function integerOf(text: string | null, scale: number): Integer | null {
  const decimal = text === null ? undefined : parseDecimal(text);
  return decimal ? rescale(decimal.unscaled, decimal.scale, scale) : null;
}
