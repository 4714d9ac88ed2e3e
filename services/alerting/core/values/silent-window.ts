import { MINUTE_MS } from '../../../kernel/time.ts';
import type { DurationMs, EpochMs } from '../../../kernel/time.ts';
import type { Window } from '../../../kernel/window.ts';
import { stepStart } from './heard-windows.ts';
import { slotAt } from '../alert/history.ts';
import { inOrder } from '../partition/rule-tracks.ts';
import type { PartitionState } from '../partition/partition-state.ts';
import type { Track } from '../partition/track.ts';
import { planMetricKey } from '../plan/plan.ts';
import type { RulePlan } from '../plan/plan.ts';

/** A window that should have closed this long ago, and did not, is absent: its source has gone silent. */
export const SILENT_AFTER_MS = 5 * MINUTE_MS;

/** Alerts of the rule whose next window should have closed long ago by the log's time, and did not: one question for all that wait for the same one. */
export function overdue(state: PartitionState, plan: RulePlan): readonly Track[] {
  const isSo = (nextStartMs: EpochMs): boolean =>
    overdueWindow(state, plan, nextStartMs) !== undefined;
  return inOrder(state.tracksOf(plan.rule.id).waiting(isSo));
}

function overdueWindow(
  state: PartitionState,
  plan: RulePlan,
  nextStartMs: EpochMs,
): Window | undefined {
  const progress = state.metrics.get(planMetricKey(plan));
  if (!progress) return undefined;
  const silentAfterMs = patienceMs(plan, state);
  if (state.logMs - Math.max(nextStartMs, state.awakeMs) < silentAfterMs) return undefined;
  const window = plan.calendar.windowAt(plan.rule.window, nextStartMs);
  const isDue = state.logMs >= window.endMs + silentAfterMs;
  return isDue && progress.watermarkMs < window.endMs ? window : undefined;
}

/**
 * The next window of an alert, where it is overdue and that was not noticed before; of rules that wait for more than one
 * without events, those behind it as well.
 */
export function silentWindow(
  state: PartitionState,
  { plan, nextStartMs, alert }: Track & { plan: RulePlan },
): Window | undefined {
  let startMs = nextStartMs;
  for (let left = plan.rule.noDataAfter ?? 1; left > 0 && startMs !== null; left--) {
    const window = overdueWindow(state, plan, startMs);
    if (!window) return undefined;
    const known = slotAt(alert.slots, stepStart(plan, window))?.verdict;
    if (known === 'inconclusive' && alert.last?.lacking) return undefined;
    if (known !== 'absent') return window;
    startMs = window.endMs;
  }
  return undefined;
}

/** A source that is watched is first found silent itself: then its owner is told, and nothing is said of its metrics. */
const patienceMs = ({ sources, delayMs }: RulePlan, { builtIns }: PartitionState): DurationMs =>
  delayMs +
  Math.max(
    SILENT_AFTER_MS,
    ...sources.map((one) => (builtIns.sources.get(one)?.idleMs ?? 0) + MINUTE_MS),
  );
