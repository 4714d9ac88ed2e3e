import type { Cells } from './cells.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { PartitionState } from './partition-state.ts';
import { memoryMs, windowLengthMs } from './plan.ts';
import type { RulePlan } from './plan.ts';

/** How long after its end a cell is kept: its own window and the one that has it as `previous`, while they may change. */
export const cellMemoryMs = (plan: RulePlan): number => memoryMs(plan) + 2 * windowLengthMs(plan);

/** Lets go of the metric's cells that no rule needs any more. */
export function forgetCells(state: PartitionState, metric: string, watermarkMs: EpochMs): void {
  for (const [key, cells] of state.cells) {
    if (!key.startsWith(`${metric}|`)) continue;
    const plans = state
      .plansOf(metric)
      .filter(({ grain }) => key.startsWith(`${metric}|${grain}|`));
    forgetBefore(state, { key, cells }, watermarkMs - Math.max(0, ...plans.map(cellMemoryMs)));
  }
}

function forgetBefore(
  state: PartitionState,
  { key, cells }: { key: string; cells: Cells },
  beforeMs: EpochMs,
): void {
  for (const [start, { end }] of cells) {
    if (end >= beforeMs) continue;
    cells.delete(start);
    state.cellChanged(key, start);
  }
}
