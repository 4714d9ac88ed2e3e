import type { EpochMs } from '../../../kernel/time.ts';
import type { PartitionState } from '../partition/partition-state.ts';
import { isWatched, pastMemoryMs } from '../plan/plan.ts';
import type { Memory, SeriesMemory } from './memory.ts';
import { keepInPast } from './recall.ts';

/** The past is let go of in so many parts of its length: up to that much more of it is remembered. */
const FORGOTTEN_IN = 24;

/** Lets go of the metric's cells that no rule needs any more; what conditions look back to goes into the past. */
export function forgetCells(state: PartitionState, metric: string, watermarkMs: EpochMs): void {
  const all = state.plansOf(metric);
  for (const memory of state.memories.values()) {
    if (memory.metric !== metric) continue;
    const beforeMs = watermarkMs - memory.keepMs;
    for (const series of memory.series.values()) forgetBefore(state, { memory, series }, beforeMs);
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
  { memory, series }: { memory: Memory; series: SeriesMemory },
  beforeMs: EpochMs,
): void {
  const { key, cells } = series;
  for (const [start, cell] of cells) {
    if (cell.end >= beforeMs) continue;
    const keeper = memory.plans.find((plan) => plan.lookBacks.length > 0 && isWatched(plan, key));
    if (keeper) keepInPast(state, keeper, { key: `${memory.key}|${key}`, startMs: start, cell });
    cells.delete(start);
    state.cellChanged(memory, series, start);
  }
  if (cells.size === 0) memory.series.delete(key);
}
