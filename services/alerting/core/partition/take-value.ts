import type { EpochMs } from '../../../kernel/time.ts';
import type { ValueUpdate } from '../../../kernel/update.ts';
import type { Window } from '../../../kernel/window.ts';
import { alertOf } from '../alert/alert-of.ts';
import { memoryKey, metricKey } from '../plan/plan.ts';
import { keepCell, knownFrom } from '../values/cells.ts';
import type { MetricProgress } from '../values/cells.ts';
import { closesWindow, isHeard, progressOf, windowsWith } from '../values/heard-windows.ts';
import type { Watcher } from '../values/memory.ts';
import { rememberPast } from '../values/recall.ts';
import { sightsOf } from '../values/sight.ts';
import type { Sights } from '../values/sight.ts';
import { awaken, checkIn, glance, isFollowed, look } from './turn.ts';
import type { PlannedTrack, Turn } from './turn.ts';

/** Alerts of one rule in one partition; beyond it new series are not watched, and the rule's health says so. */
export const TRACKS_PER_RULE_MAX = 10_000;

/** Keeps a cell that changed, and shows its windows to every alert that watches its series. */
export function takeValue(turn: Turn, update: ValueUpdate): void {
  const { state } = turn;
  const metric = metricKey(update.metric, update.version);
  const memory = state.memories.get(memoryKey(metric, update.grain));
  if (!memory || memory.plans.length === 0) return;
  const progress = state.metrics.get(metric) ?? firstHeard(turn, metric, update);
  if (progress && update.end < progress.watermarkMs - memory.keepMs)
    return rememberPast(state, memory.plans, update);
  const series = memory.seriesOf(update.series);
  const { cells } = series;
  if (!keepCell(cells, update)) return;
  state.cellChanged(memory, series, update.start);
  const seen = progressOf(progress, update);
  const closed = { ...seen, watermarkMs: Math.max(seen.watermarkMs, update.watermark) };
  const from = { series: update.series, cells, past: state.past };
  const change: Change = {
    update,
    sights: sightsOf({ ...from, progress: seen }),
    closed: sightsOf({ ...from, progress: closed }),
  };
  let sizeKey: string | undefined;
  let windows: readonly Window[] = [];
  for (const watcher of memory.watchersOf(series)) {
    const track = trackOf(turn, watcher, update);
    if (!track) continue;
    const { plan } = watcher;
    if (plan.sizeKey !== sizeKey) windows = windowsWith(plan, update.start, seen.watermarkMs);
    sizeKey = plan.sizeKey;
    for (const window of windows) hear(turn, { track, window }, change);
  }
}

/**
 * Windows that end after the first value's watermark were not closed before it, so each cell of theirs is still to come:
 * one without any is empty, and not unknown until a tick comes.
 */
function firstHeard(
  { state }: Turn,
  metric: string,
  { backfilled, watermark, cursors }: ValueUpdate,
): MetricProgress | undefined {
  if (backfilled) return undefined;
  const knownFromMs = knownFrom(state.plansOf(metric), watermark);
  const progress = { watermarkMs: watermark, knownFromMs, cursors };
  state.setProgress(metric, progress);
  return progress;
}

/** A cell that changed, and its series' windows: as the ticks have it, and as far as the value itself says. */
type Change = { readonly update: ValueUpdate; readonly sights: Sights; readonly closed: Sights };

function hear(
  turn: Turn,
  { track, window }: { track: PlannedTrack; window: Window },
  { update, sights, closed }: Change,
): void {
  const { watermarkMs } = sights.seen.progress;
  const isOpen = window.endMs > watermarkMs && track.plan.rule.evaluate === 'onUpdate';
  if (isOpen && glance(turn, track, { sights, window })) return;
  if (isHeard(track, window, watermarkMs)) look(turn, track, checkIn(sights, track.plan, window));
  else if (closesWindow(track, window, update)) {
    if (!glance(turn, track, { sights: closed, window })) {
      awaken(turn, track);
      look(turn, track, checkIn(closed, track.plan, window));
    }
    turn.state.setNext(track, window.endMs);
  }
}

function trackOf(turn: Turn, watcher: Watcher, first: ValueUpdate): PlannedTrack | undefined {
  const { state, record } = turn;
  const { plan, alert: id } = watcher;
  const startMs = (): EpochMs => plan.calendar.stepAt(plan.rule.window, first.start).startMs;
  const known = watcher.track?.isDropped === false ? watcher.track : state.tracks.get(id);
  if (known) {
    watcher.track = known;
    const waits = known.followNextMs === 'tick' && isFollowed(turn, known);
    if (known.nextStartMs === null && !first.backfilled && !waits) state.setNext(known, startMs());
    return known.plan ? (known as PlannedTrack) : undefined;
  }
  if (state.tracksOf(plan.rule.id).all.size >= TRACKS_PER_RULE_MAX) {
    state.refuse(plan.rule.id);
    return undefined;
  }
  return state.addTrack({
    plan,
    alert: alertOf(plan, first.series, id),
    // A series that history brought is watched from now on.
    nextStartMs: first.backfilled ? null : startMs(),
    resumeAt: state.activeFrom,
    isDormant: record.offset < state.dormantBelow,
    heardMs: state.logMs,
  });
}
