import { cellsSpanned } from '../../../kernel/look-back.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import type { ValueUpdate } from '../../../kernel/update.ts';
import type { Grain } from '../../../kernel/window.ts';
import { cellOf } from './cells.ts';
import type { PartitionState } from '../partition/partition-state.ts';
import { isWatched, pastMemoryMs } from '../plan/plan.ts';
import type { RulePlan } from '../plan/plan.ts';
import type { Cell } from './window-value.ts';

/** A cell of stored history, of one series. */
export type HistoryCell = Pick<
  ValueUpdate,
  'series' | 'start' | 'end' | 'accumulators' | 'inputs' | 'value' | 'state' | 'revision'
>;

/** What rules of one memory look back to and the partition does not hold yet. */
export type MissingPast = {
  readonly memory: string;
  readonly metric: RulePlan['metric'];
  readonly grain: Grain;
  /** Cells that start in [fromMs, toMs); all of them are closed. */
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
  /** Rules that look back, at least one. */
  readonly plans: readonly RulePlan[];
};

/**
 * What must be read from stored history before conditions can look back as far as they do: once for a new rule, since
 * what passes on `metric-updates` from then on is remembered as it passes.
 */
export function missingPast(
  state: PartitionState,
  plans: readonly RulePlan[],
): readonly MissingPast[] {
  const looking = Map.groupBy(
    plans.filter(({ lookBacks }) => lookBacks.length > 0),
    ({ memory }) => memory,
  );
  return [...looking].flatMap(([memory, own]) => {
    const [{ metric, grain }] = own as [RulePlan];
    const watermarkMs = state.metrics.get(`${metric.id}@${metric.version}`)?.watermarkMs;
    if (watermarkMs === undefined) return [];
    const fromMs = watermarkMs - Math.max(...own.map(pastMemoryMs));
    if (fromMs >= (state.past.heldFromMs(memory) ?? Infinity)) return [];
    return [{ memory, metric, grain, fromMs, toMs: watermarkMs, plans: own }];
  });
}

/** Takes what history says into the past, and holds it from there on. */
export function recall(
  state: PartitionState,
  { memory, fromMs, plans }: MissingPast,
  cells: readonly HistoryCell[],
): void {
  for (const [series, own] of Map.groupBy(cells, (cell) => cell.series)) {
    const keeper = plans.find((plan) => isWatched(plan, series));
    if (!keeper) continue;
    const key = `${memory}|${series}`;
    // An open cell still changes, and what changes it comes by the log.
    for (const { start, ...cell } of own.filter(({ state }) => state !== 'open'))
      keepInPast(state, keeper, { key, startMs: start, cell: { ...cell, backfilled: false } });
  }
  state.past.hold(memory, fromMs);
}

/** Keeps a cell for what conditions look back to; without room for its series the rule's health says so. */
export function keepInPast(
  state: PartitionState,
  plan: RulePlan,
  of: { key: string; startMs: EpochMs; cell: Cell },
): void {
  const { key, startMs, cell } = of;
  if (state.past.admits(key, cellsSpanned(plan.grain, pastMemoryMs(plan))))
    state.past.keep(key, startMs, cell);
  else state.refusedRules.add(plan.rule.id);
}

/** A change of a cell that is no longer judged: only the past may still want it. */
export function rememberPast(
  state: PartitionState,
  plans: readonly RulePlan[],
  update: ValueUpdate,
): void {
  const keeper = plans.find((plan) => plan.lookBacks.length > 0 && isWatched(plan, update.series));
  if (!keeper) return;
  const key = `${keeper.memory}|${update.series}`;
  keepInPast(state, keeper, { key, startMs: update.start, cell: cellOf(update) });
}
