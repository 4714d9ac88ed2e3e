import type { LoggedCommand } from '../../../kernel/command.ts';
import { assertNever } from '../../../kernel/result.ts';
import type { ClockUpdate, MetricUpdate, TickUpdate, ValueUpdate } from '../../../kernel/update.ts';
import { MINUTE_MS, SECOND_MS } from '../../../kernel/time.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import { alertOf } from '../alert/alert-of.ts';
import { advance, reduce, remember } from '../alert/alert.ts';
import type { Reduced, Transition } from '../alert/recorded.ts';
import { keepCell } from '../values/cells.ts';
import type { MetricProgress } from '../values/cells.ts';
import type { AlertState, Check } from '../alert/episode.ts';
import { forgetCells } from '../values/forget-cells.ts';
import {
  closesWindow,
  isHeard,
  newestMs,
  progressOf,
  stepStart,
  windowsWith,
} from '../values/heard-windows.ts';
import { remind } from '../alert/lifecycle.ts';
import type { Context, Links } from '../alert/message.ts';
import { obey } from '../overlay/obey.ts';
import { passTime } from '../overlay/overlay-clock.ts';
import { memoryKey, metricKey, planMetricKey, SLOTS_MAX, stepLengthMs } from '../plan/plan.ts';
import type { RulePlan } from '../plan/plan.ts';
import type { SeriesMemory, Watcher } from '../values/memory.ts';
import { checkOf, sightsOf } from '../values/sight.ts';
import type { Sights } from '../values/sight.ts';
import { rememberPast } from '../values/recall.ts';
import type { Window } from '../../../kernel/window.ts';
import type { Cells } from '../values/window-value.ts';
import type { PartitionState, Track } from './partition-state.ts';
import { inOrder } from './rule-tracks.ts';
import { overdue, silentWindow } from '../values/silent-window.ts';
import { observeSources, watchItself } from './watch-itself.ts';
import type { Self } from './watch-itself.ts';
import { withheld } from '../alert/withheld.ts';
import { muteIn } from '../overlay/mute.ts';
import { takeSilence } from '../overlay/silence.ts';
import type { Silence } from '../overlay/silence.ts';
import { takeUnsubscribed, unsubscribedKey } from '../people/unsubscribed.ts';

/** A record of `metric-updates`. */
export type InputRecord = {
  readonly offset: number;
  /** The broker's: the only clock that there is. */
  readonly appendMs: EpochMs;
  readonly update: MetricUpdate;
  /** Of a clock: the commands from `state.commandsNext` up to what it says, in order. */
  readonly commands?: readonly LoggedCommand[];
};
export type Emitted = {
  readonly alert: AlertState;
  readonly transition: Transition;
  /** The alert once its record was dealt with whole: a recovery goes on behind that record, from this. */
  readonly after: AlertState;
  /** Time of the log. */
  readonly atMs: EpochMs;
  /** The record of `metric-updates` that led to it. */
  readonly inputOffset: number;
};

/** Clock ticks come each second; a longer gap says that alerting itself was away, and silence is counted from its end. */
const AWAY_AFTER_MS = 30 * SECOND_MS;
/** Alerts of one rule in one partition; beyond it new series are not watched, and the rule's health says so. */
export const TRACKS_PER_RULE_MAX = 10_000;

/**
 * Takes one record into the partition's state. Deterministic: the same records under the same plans give the same
 * transitions, messages and ids.
 */
export function apply(
  state: PartitionState,
  record: InputRecord,
  links: Links,
): readonly Emitted[] {
  if (record.appendMs - state.logMs > AWAY_AFTER_MS) state.awakeMs = record.appendMs;
  state.logMs = Math.max(state.logMs, record.appendMs);
  const turn: Turn = {
    state,
    record,
    links,
    emitted: [],
    input: { partition: state.partition, offset: record.offset },
    isUnsubscribed: (subscription, who) =>
      state.unsubscribed.has(unsubscribedKey(subscription, who)),
    contexts: new Map(),
    sights: new Map(),
  };
  const { update } = record;
  switch (update.kind) {
    case 'value':
      onValue(turn, update);
      break;
    case 'tick':
      observeSources(state, update, record.appendMs);
      onTick(turn, update);
      break;
    case 'clock':
      takeCommands(turn, update);
      onClock(turn);
      break;
    default:
      assertNever(update);
  }
  watchItself(selfOf(turn), update.kind === 'tick');
  state.cursor = record.offset + 1;
  return turn.emitted.map((one) => ({
    ...one,
    after: state.tracks.get(one.alert.id)?.alert ?? one.after,
  }));
}

type Turn = {
  readonly state: PartitionState;
  readonly record: InputRecord;
  readonly links: Links;
  readonly emitted: Emitted[];
  readonly input: Context['input'];
  readonly isUnsubscribed: NonNullable<Context['isUnsubscribed']>;
  /** What the record says is the same for all alerts of a rule, and of a series for all of its rules. */
  readonly contexts: Map<RulePlan, Context>;
  readonly sights: Map<SeriesMemory, Sights>;
};
type PlannedTrack = Track & { readonly plan: RulePlan };

const selfOf = (turn: Turn): Self => ({
  state: turn.state,
  isActing: turn.record.offset >= turn.state.activeFrom,
  contextOf: (plan) => contextOf(turn, plan),
  settle: (track, reduced) => settle(turn, track, reduced),
});

function contextOf(turn: Turn, plan: RulePlan): Context {
  const { state, record, links, contexts, input, isUnsubscribed } = turn;
  const known = contexts.get(plan);
  if (known) return known;
  const context: Context = {
    plan,
    input,
    logMs: state.logMs,
    shownAtMs: record.update.at,
    links,
    muteOf: muteIn(state, plan),
    isUnsubscribed,
  };
  // A value is looked at once by each rule.
  if (record.update.kind !== 'value') contexts.set(plan, context);
  return context;
}

function settle(turn: Turn, track: Track, reduced: Reduced): void {
  turn.state.setAlert(track, reduced.state);
  if (reduced.transitions.length === 0) return;
  const { record, emitted } = turn;
  const of = { after: reduced.state, atMs: turn.state.logMs, inputOffset: record.offset };
  for (const transition of reduced.transitions)
    emitted.push({ alert: reduced.state, transition, ...of });
}

/** Lets the alert see the window: really, or only to remember it where the record lies before the alert's beginning. */
function look(turn: Turn, track: PlannedTrack, seen: Check): void {
  const check = withheld(seen, track.plan, turn.state);
  const isQuiet = turn.record.offset < track.resumeAt;
  const reduced = isQuiet
    ? { state: remember(track.alert, check, track.plan), transitions: [] }
    : reduce(track.alert, check, contextOf(turn, track.plan));
  settle(turn, track, reduced);
}

function onValue(turn: Turn, update: ValueUpdate): void {
  const { state } = turn;
  const metric = metricKey(update.metric, update.version);
  const memory = state.memories.get(memoryKey(metric, update.grain));
  if (!memory || memory.plans.length === 0) return;
  const progress = state.metrics.get(metric);
  if (progress && update.end < progress.watermarkMs - memory.keepMs)
    return rememberPast(state, memory.plans, update);
  const series = memory.seriesOf(update.series);
  const { cells } = series;
  if (!keepCell(cells, update)) return;
  state.cellChanged(memory, update.series, update.start);
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

/** A cell that changed, and its series' windows: as the ticks have it, and as far as the value itself says. */
type Change = { readonly update: ValueUpdate; readonly sights: Sights; readonly closed: Sights };

function hear(
  turn: Turn,
  { track, window }: { track: PlannedTrack; window: Window },
  { update, sights, closed }: Change,
): void {
  if (isHeard(track, window, sights.seen.progress.watermarkMs))
    look(turn, track, checkIn(sights, track.plan, window));
  else if (closesWindow(track, window, update)) {
    awaken(turn, track);
    look(turn, track, checkIn(closed, track.plan, window));
    turn.state.setNext(track, window.endMs);
  }
}

const checkIn = (sights: Sights, plan: RulePlan, window: Window): Check =>
  checkOf(plan, sights.of(plan, window), sights.seen);

/** The windows of the track's series, by what ticks have said. */
function sightsBy(
  { state, sights }: Turn,
  { plan, alert: { series } }: PlannedTrack,
  progress: MetricProgress,
): Sights {
  const memory = state.memories.get(plan.memory)?.series.get(series);
  const known = memory && sights.get(memory);
  if (known) return known;
  const cells: Cells = memory?.cells ?? new Map();
  const fresh = sightsOf({ series, cells, progress, past: state.past });
  if (memory) sights.set(memory, fresh);
  return fresh;
}

function trackOf(
  turn: Turn,
  { plan, alert: id }: Watcher,
  first: ValueUpdate,
): PlannedTrack | undefined {
  const { state, record } = turn;
  const startMs = (): EpochMs => plan.calendar.stepAt(plan.rule.window, first.start).startMs;
  const known = state.tracks.get(id);
  if (known) {
    if (known.nextStartMs === null && !first.backfilled) state.setNext(known, startMs());
    return known.plan ? (known as PlannedTrack) : undefined;
  }
  if (state.tracksOf(plan.rule.id).all.size >= TRACKS_PER_RULE_MAX) {
    state.refuse(plan.rule.id);
    return undefined;
  }
  return state.addTrack({
    plan,
    alert: alertOf(plan, first.series),
    // A series that history brought is watched from now on.
    nextStartMs: first.backfilled ? null : startMs(),
    resumeAt: state.activeFrom,
    isDormant: record.offset < state.activeFrom,
  });
}

function onTick(turn: Turn, update: TickUpdate): void {
  const { state } = turn;
  const key = metricKey(update.metric, update.version);
  const plans = state.plansOf(key);
  if (plans.length === 0) return;
  const before = state.metrics.get(key);
  const watermarkMs = Math.max(before?.watermarkMs ?? 0, update.watermark);
  const first = Object.fromEntries(plans.map(({ grain }) => [grain, update.watermark]));
  const knownFromMs = { ...first, ...before?.knownFromMs };
  state.setProgress(key, { watermarkMs, knownFromMs, cursors: update.cursors });
  for (const plan of plans)
    for (const track of tickedBy(state, plan, watermarkMs))
      if (track.plan) closeWindows(turn, track as PlannedTrack, watermarkMs);
  if (Math.floor(watermarkMs / MINUTE_MS) !== Math.floor((before?.watermarkMs ?? 0) / MINUTE_MS))
    forgetCells(state, key, watermarkMs);
}

/** Alerts of the rule to which the watermark says something: their window has closed, or they are looked at each time. */
function tickedBy(
  state: PartitionState,
  { rule, calendar }: RulePlan,
  watermarkMs: EpochMs,
): readonly Track[] {
  const tracks = state.tracksOf(rule.id);
  const hasClosed = (nextStartMs: EpochMs): boolean =>
    calendar.windowAt(rule.window, nextStartMs).endMs <= watermarkMs;
  return inOrder(new Set([...tracks.waiting(hasClosed), ...tracks.restless()]));
}

/** Looks at every window that the watermark has passed, in order. */
function closeWindows(turn: Turn, track: PlannedTrack, watermarkMs: EpochMs): void {
  const { plan } = track;
  const { calendar, rule } = plan;
  const progress = turn.state.metrics.get(planMetricKey(plan));
  if (!progress) return;
  awaken(turn, track);
  const sights = sightsBy(turn, track, progress);
  // An alert that is brought back begins with its series' first window, as it did before.
  const isUnseen = track.nextStartMs === null && sights.seen.cells.size === 0;
  if (isUnseen && turn.record.offset < track.resumeAt) return;
  const earliestMs = watermarkMs - SLOTS_MAX * stepLengthMs(plan);
  const fromMs = Math.max(track.nextStartMs ?? watermarkMs, earliestMs);
  let window = calendar.windowAt(rule.window, fromMs);
  for (; window.endMs <= watermarkMs; window = calendar.windowAt(rule.window, window.endMs))
    look(turn, track, checkIn(sights, plan, window));
  const nextMs = stepStart(plan, window);
  turn.state.setNext(track, nextMs);
  if (rule.evaluate !== 'onUpdate' || track.alert.machine.condition === 'ok') return;
  const newest = calendar.windowAt(rule.window, Math.max(nextMs, newestMs(track.alert)));
  look(turn, track, checkIn(sights, plan, newest));
}

/** An alert that was only remembering begins with the newest window that it knows: what is red already fires once. */
function awaken(turn: Turn, track: PlannedTrack): void {
  if (!track.isDormant || turn.record.offset < track.resumeAt) return;
  turn.state.wake(track);
  const { last } = track.alert;
  const born = { ...track.alert, bornMs: turn.state.logMs };
  if (last) settle(turn, track, advance(born, last, contextOf(turn, track.plan)));
}

/**
 * What people said counts from the clock on that says so: the two logs have one order, the same at every reading. An alert
 * that was brought back has in it what was applied before.
 */
function takeCommands(turn: Turn, update: ClockUpdate): void {
  const { state, record } = turn;
  const silences = {
    has: (id: string) => state.silences.has(id),
    set: (silence: Silence) => state.setSilence(silence),
    end: (id: string) => state.dropSilence(id),
  };
  const unsubscribed = {
    add: (key: string) => state.setUnsubscribed(key, true),
    delete: (key: string) => state.setUnsubscribed(key, false),
  };
  for (const logged of record.commands ?? []) {
    const { offset, command } = logged;
    if (offset < state.commandsNext || offset >= update.commands) continue;
    takeSilence(silences, command);
    takeUnsubscribed(unsubscribed, command);
    const track = state.tracks.get(command.target);
    if (!track?.plan || record.offset < track.resumeAt) continue;
    settle(turn, track, obey(track.alert, logged, state.logMs));
  }
  state.setCommandsNext(update.commands);
  for (const { id, endsAt } of state.silences.values())
    if (endsAt <= state.logMs) state.dropSilence(id);
}

/**
 * Time goes on even when nothing else does: silence is noticed, mutes end, what nobody sees to is escalated, and what
 * burns is said again.
 */
function onClock(turn: Turn): void {
  const { state, record } = turn;
  const isHere = (track: Track): track is PlannedTrack =>
    track.plan !== undefined && !track.isDormant && record.offset >= track.resumeAt;
  for (const plan of state.plans())
    for (const track of overdue(state, plan)) if (isHere(track)) noticeSilence(turn, track);
  for (const track of inOrder(state.wakeful)) {
    if (!isHere(track)) continue;
    const context = contextOf(turn, track.plan);
    for (const pass of [passTime, remind]) {
      const reduced = pass(track.alert, context);
      if (reduced.transitions.length > 0) settle(turn, track, reduced);
    }
  }
}

function noticeSilence(turn: Turn, track: PlannedTrack): void {
  const window = silentWindow(turn.state, track);
  const progress = turn.state.metrics.get(planMetricKey(track.plan));
  if (!window || !progress) return;
  const check = checkIn(sightsBy(turn, track, progress), track.plan, window);
  look(turn, track, { ...check, verdict: 'absent' });
}
