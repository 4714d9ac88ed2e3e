import type { EpochMs } from '../../../kernel/time.ts';
import type { ValueUpdate } from '../../../kernel/update.ts';
import type { Window } from '../../../kernel/window.ts';
import type { MetricProgress } from './cells.ts';
import type { AlertState } from '../alert/episode.ts';
import { slotAt } from '../alert/history.ts';
import type { Track } from '../partition/track.ts';
import type { RulePlan } from '../plan/plan.ts';

/** The windows that the cell is part of, in order: all closed ones, and the first open one, of which the cell is news. */
export function windowsWith(
  { calendar, rule }: RulePlan,
  cellMs: EpochMs,
  watermarkMs: EpochMs,
): readonly Window[] {
  const windows: Window[] = [];
  let window = calendar.windowAt(rule.window, cellMs);
  for (; window.startMs <= cellMs; window = calendar.windowAt(rule.window, window.endMs)) {
    windows.push(window);
    if (window.endMs > watermarkMs) break;
  }
  return windows;
}

/** How far the metric has come by what ticks have said; before the first one the value's own word counts. */
export const progressOf = (
  known: MetricProgress | undefined,
  update: ValueUpdate,
): MetricProgress => ({
  watermarkMs: known?.watermarkMs ?? update.watermark,
  knownFromMs: known?.knownFromMs ?? {},
  cursors: update.cursors,
});

/**
 * Whether the update is the next window itself, closed: a cell that says so is complete, so there is no need to wait for
 * the tick. (A window of several cells, or without any, waits.)
 */
export const closesWindow = (
  { plan, nextStartMs }: Track & { plan: RulePlan },
  window: Window,
  update: ValueUpdate,
): boolean =>
  plan.isSingleCell &&
  plan.metric.kind === 'simple' &&
  update.state !== 'open' &&
  window.startMs === nextStartMs &&
  window.endMs <= update.watermark;

/** Whether a changed window is looked at now: a closed one that was judged, or the newest open one of an `onUpdate` rule. */
export function isHeard(
  track: Track & { plan: RulePlan },
  window: Window,
  watermarkMs: EpochMs,
): boolean {
  const { alert, nextStartMs, plan } = track;
  if (window.endMs <= watermarkMs)
    return (
      nextStartMs !== null &&
      window.endMs <= nextStartMs &&
      slotAt(alert.slots, stepStart(plan, window)) !== undefined
    );
  return plan.rule.evaluate === 'onUpdate' && stepStart(plan, window) >= newestMs(alert);
}

/**
 * Start of the last step of the newest window that is remembered. Not of the last check: an alert that was brought back
 * has that of the future while its memory is filled, and would then pass over windows that it had seen.
 */
export const newestMs = ({ slots }: AlertState): EpochMs => slots.at(-1)?.startMs ?? -Infinity;

export const stepStart = ({ calendar, rule }: RulePlan, window: Window): EpochMs =>
  calendar.stepAt(rule.window, window.endMs - 1).startMs;
