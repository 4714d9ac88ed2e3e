import { MINUTE_MS } from '../../../kernel/time.ts';
import type { DurationMs } from '../../../kernel/time.ts';
import type { Window } from '../../../kernel/window.ts';
import { stepStart } from './heard-windows.ts';
import { slotAt } from '../alert/history.ts';
import type { PartitionState, Track } from '../partition/partition-state.ts';
import { planMetricKey } from '../plan/plan.ts';
import type { RulePlan } from '../plan/plan.ts';

/** A window that should have closed this long ago, and did not, is absent: its source has gone silent. */
export const SILENT_AFTER_MS = 5 * MINUTE_MS;

/**
 * The next window of an alert, where it should have closed long ago by the log's time, and did not, and that was not noticed
 * before.
 */
export function silentWindow(
  state: PartitionState,
  { plan, nextStartMs, alert }: Track & { plan: RulePlan },
): Window | undefined {
  const progress = state.metrics.get(planMetricKey(plan));
  if (!progress || nextStartMs === null) return undefined;
  const silentAfterMs = patienceMs(plan, state);
  if (state.logMs - Math.max(nextStartMs, state.awakeMs) < silentAfterMs) return undefined;
  const window = plan.calendar.windowAt(plan.rule.window, nextStartMs);
  const isDue = state.logMs >= window.endMs + silentAfterMs;
  if (!isDue || progress.watermarkMs >= window.endMs) return undefined;
  const known = slotAt(alert.slots, stepStart(plan, window))?.verdict;
  const isNoticed = known === 'absent' || (known === 'inconclusive' && alert.last?.lacking);
  return isNoticed ? undefined : window;
}

/** A source that is watched is first found silent itself: then its owner is told, and nothing is said of its metrics. */
const patienceMs = ({ sources, delayMs }: RulePlan, { builtIns }: PartitionState): DurationMs =>
  delayMs +
  Math.max(
    SILENT_AFTER_MS,
    ...sources.map((one) => (builtIns.sources.get(one)?.idleMs ?? 0) + MINUTE_MS),
  );
