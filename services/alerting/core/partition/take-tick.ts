import { MINUTE_MS } from '../../../kernel/time.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import type { TickUpdate } from '../../../kernel/update.ts';
import { metricKey, SLOTS_MAX, stepLengthMs } from '../plan/plan.ts';
import type { RulePlan } from '../plan/plan.ts';
import { knownFrom } from '../values/cells.ts';
import type { MetricProgress } from '../values/cells.ts';
import { forgetCells } from '../values/forget-cells.ts';
import { newestMs, stepStart } from '../values/heard-windows.ts';
import type { PartitionState } from './partition-state.ts';
import { inOrder } from './rule-tracks.ts';
import type { Track } from './track.ts';
import { awaken, checkIn, glance, isFollowed, look, sightsBy } from './turn.ts';
import type { PlannedTrack, Turn } from './turn.ts';

/** Moves the metric's watermark on, and closes what it has passed. */
export function takeTick(turn: Turn, update: TickUpdate): void {
  const { state } = turn;
  const key = metricKey(update.metric, update.version);
  const plans = state.plansOf(key);
  if (plans.length === 0) return;
  const before = state.metrics.get(key);
  const watermarkMs = Math.max(before?.watermarkMs ?? 0, update.watermark);
  const knownFromMs = { ...knownFrom(plans, update.watermark), ...before?.knownFromMs };
  const progress = { watermarkMs, knownFromMs, cursors: update.cursors };
  state.setProgress(key, progress);
  for (const alike of Map.groupBy(plans, ({ rule }) => rule.severity).values())
    for (const track of tickedBy(state, alike, watermarkMs))
      if (track.plan)
        closeWindows(turn, track as PlannedTrack, { fromMs: before?.watermarkMs, progress });
  if (Math.floor(watermarkMs / MINUTE_MS) !== Math.floor((before?.watermarkMs ?? 0) / MINUTE_MS))
    forgetCells(state, key, watermarkMs);
}

/**
 * Alerts of these rules to which the watermark says something: their window has closed, or they are looked at each time.
 * Series by series, as they came: what the rules of a series have in common is at hand then, which is most of what closing
 * a window costs.
 */
function tickedBy(
  state: PartitionState,
  plans: readonly RulePlan[],
  watermarkMs: EpochMs,
): readonly Track[] {
  const ticked = new Set<Track>();
  for (const { rule, calendar } of plans) {
    const tracks = state.tracksOf(rule.id);
    const hasClosed = (nextStartMs: EpochMs): boolean =>
      calendar.windowAt(rule.window, nextStartMs).endMs <= watermarkMs;
    for (const track of tracks.waiting(hasClosed)) ticked.add(track);
    for (const track of tracks.restless()) ticked.add(track);
  }
  return inOrder(ticked);
}

/** Looks at every window that the watermark has passed, in order. */
function closeWindows(
  turn: Turn,
  track: PlannedTrack,
  { fromMs: beforeMs, progress }: { fromMs: EpochMs | undefined; progress: MetricProgress },
): void {
  const { plan } = track;
  const { calendar, rule } = plan;
  const { watermarkMs } = progress;
  awaken(turn, track);
  const sights = sightsBy(turn, track, progress);
  // An alert that is brought back begins with its series' first window, as it did before; where that lies too far back,
  // with the next one that closes.
  const isUnseen = track.nextStartMs === null && sights.seen.cells.size === 0;
  if (isUnseen && !isFollowed(turn, track)) return;
  const earliestMs = watermarkMs - SLOTS_MAX * stepLengthMs(plan);
  const firstMs = (track.followNextMs === 'tick' ? beforeMs : undefined) ?? watermarkMs;
  const fromMs = Math.max(track.nextStartMs ?? firstMs, earliestMs);
  let window = calendar.windowAt(rule.window, fromMs);
  for (; window.endMs <= watermarkMs; window = calendar.windowAt(rule.window, window.endMs))
    if (!glance(turn, track, { sights, window })) look(turn, track, checkIn(sights, plan, window));
  const nextMs = stepStart(plan, window);
  turn.state.setNext(track, nextMs);
  if (track.followNextMs === 'tick' && isFollowed(turn, track)) turn.state.stopWaiting(track);
  if (rule.evaluate !== 'onUpdate' || track.lasting.machine.condition === 'ok') return;
  const newest = calendar.windowAt(rule.window, Math.max(nextMs, newestMs(track.alert)));
  look(turn, track, checkIn(sights, plan, newest));
}
