import type { Cells } from './window-value.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import type { PartitionState } from '../partition/partition-state.ts';
import { cellMemoryMs, isWatched, pastMemoryMs } from '../plan/plan.ts';
import type { RulePlan } from '../plan/plan.ts';
import { keepInPast } from './recall.ts';

/** The past is let go of in so many parts of its length: up to that much more of it is remembered. */
const FORGOTTEN_IN = 24;

/** Lets go of the metric's cells that no rule needs any more; what conditions look back to goes into the past. */
export function forgetCells(state: PartitionState, metric: string, watermarkMs: EpochMs): void {
  const all = state.plansOf(metric);
  for (const [key, cells] of state.cells) {
    if (!key.startsWith(`${metric}|`)) continue;
    const plans = all.filter(({ grain }) => key.startsWith(`${metric}|${grain}|`));
    const looking = plans.filter(({ lookBacks }) => lookBacks.length > 0);
    const beforeMs = watermarkMs - Math.max(0, ...plans.map(cellMemoryMs));
    forgetBefore(state, { key, cells, looking }, beforeMs);
  }
  for (const memory of state.past.memories()) {
    if (!memory.startsWith(`${metric}|`)) continue;
    const looking = all.filter((plan) => memory === `${metric}|${plan.grain}`);
    const reachMs = Math.max(0, ...looking.map(pastMemoryMs));
    if (reachMs === 0) state.past.drop(memory);
    else state.past.forget(memory, watermarkMs - reachMs, reachMs / FORGOTTEN_IN);
  }
}

function forgetBefore(
  state: PartitionState,
  of: { key: string; cells: Cells; looking: readonly RulePlan[] },
  beforeMs: EpochMs,
): void {
  const { key, cells, looking } = of;
  const series = key.split('|').slice(2).join('|');
  const keeper = looking.find((plan) => isWatched(plan, series));
  for (const [start, cell] of cells) {
    if (cell.end >= beforeMs) continue;
    if (keeper) keepInPast(state, keeper, { key, startMs: start, cell });
    cells.delete(start);
    state.cellChanged(key, start);
  }
}
