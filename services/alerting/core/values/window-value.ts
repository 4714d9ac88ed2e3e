import { EMPTY, formatValue, merge, valueOf } from '../../../kernel/accumulator.ts';
import type { Accumulators } from '../../../kernel/accumulator.ts';
import type { MetricDefinition } from '../../../kernel/definitions.ts';
import { parseDecimal, rescale } from '../../../kernel/decimal.ts';
import type { Integer } from '../../../kernel/integer.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import type { ValueUpdate } from '../../../kernel/update.ts';
import type { Window } from '../../../kernel/window.ts';
import { cellStarts } from '../../../kernel/window-merge.ts';
import type { RulePlan } from '../plan/plan.ts';

/** The best known state of a cell: of all updates the one that supersedes the others. */
export type Cell = Pick<
  ValueUpdate,
  'end' | 'accumulators' | 'value' | 'state' | 'revision' | 'backfilled'
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
};

/** A window as the merge of its cells. A window without any has the value that the contract gives an empty one. */
export function windowValue(
  plan: RulePlan,
  window: Window,
  cellAt: (startMs: EpochMs) => Cell | undefined,
): WindowValue {
  const { calendar, grain, metric } = plan;
  const only = plan.isSingleCell ? cellAt(window.startMs) : undefined;
  if (only) return ofCell(only);
  const starts = plan.isSingleCell ? [] : cellStarts(calendar, grain, window);
  const cells = starts.flatMap((start) => cellAt(start) ?? []);
  const merged = cells.reduce((sum, { accumulators }) => merge(sum, accumulators), EMPTY);
  return {
    value: mergedValue(metric, merged),
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
});

function mergedValue(metric: MetricDefinition, merged: Accumulators): string | null {
  if (metric.kind === 'derived') return null;
  const { valueScale, percentile, unit } = metric;
  const scales = { valueScale, unitScale: unit.scale, percentile };
  return formatValue(valueOf(metric.aggregation, merged, scales), metric.unit.scale);
}

/** A value as conditions see it: an integer at the unit's scale. */
export function integerOf(text: string | null, scale: number): Integer | null {
  const decimal = text === null ? undefined : parseDecimal(text);
  return decimal ? rescale(decimal.unscaled, decimal.scale, scale) : null;
}
