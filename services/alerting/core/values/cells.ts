import { supersedes } from '../../../kernel/update.ts';
import type { Cursor, ValueUpdate } from '../../../kernel/update.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import type { Grain } from '../../../kernel/window.ts';
import type { Cell, Cells } from './window-value.ts';

/** How far a metric has come, by its ticks: they follow the values that they vouch for, in every partition. */
export type MetricProgress = {
  readonly watermarkMs: EpochMs;
  /** Per grain: cells that end after this were all seen, since each is published when its window closes. */
  readonly knownFromMs: Readonly<Partial<Record<Grain, EpochMs>>>;
  readonly cursors: readonly Cursor[];
};

/** Where a partition hears of a metric for the first time, by a tick or a value: what closed before that is not known. */
export const knownFrom = (
  plans: readonly { readonly grain: Grain }[],
  watermarkMs: EpochMs,
): MetricProgress['knownFromMs'] =>
  Object.fromEntries(plans.map(({ grain }) => [grain, watermarkMs]));

export const cellOf = (update: ValueUpdate): Cell => {
  const { end, accumulators, inputs, value, state, revision, backfilled } = update;
  return { end, accumulators, ...(inputs ? { inputs } : {}), value, state, revision, backfilled };
};

/** Keeps the update if it supersedes what is kept. @returns whether it did */
export function keepCell(cells: Cells, update: ValueUpdate): boolean {
  const kept = cells.get(update.start);
  if (kept && !supersedes(update, kept)) return false;
  cells.set(update.start, cellOf(update));
  return true;
}
