import { fingerprint } from '../../../kernel/alert.ts';
import type { BuiltInRule } from '../../../kernel/built-in-rules.ts';
import { isBuiltIn } from '../../../kernel/built-in-rules.ts';
import { seriesKey } from '../../../kernel/series.ts';
import { MINUTE_MS, SECOND_MS } from '../../../kernel/time.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import type { TickUpdate } from '../../../kernel/update.ts';
import { alertOf } from '../alert/alert-of.ts';
import { advance } from '../alert/alert.ts';
import type { Reduced } from '../alert/recorded.ts';
import { beat } from './beat.ts';
import type { BuiltIns } from '../plan/built-ins.ts';
import type { Verdict } from '../alert/condition.ts';
import type { AlertState, Check } from '../alert/episode.ts';
import { owedOf, withdraw } from '../alert/lifecycle.ts';
import type { Context } from '../alert/message.ts';
import { metricKey } from '../plan/plan.ts';
import type { RulePlan } from '../plan/plan.ts';
import { emittedOf } from './emitted.ts';
import type { Emitted } from './partition.ts';
import type { PartitionState } from './partition-state.ts';
import { TRACKS_PER_RULE_MAX } from './take-value.ts';
import type { Track } from './track.ts';

/**
 * Ticks are in every partition, so each could say what the system has to say of itself. One does, which there always is;
 * the others know of silent sources all the same.
 */
export const SPEAKER = 0;

/** What a record of `metric-updates` lets the built-in rules do. */
export type Self = {
  readonly state: PartitionState;
  /** False for records that only fill the memory. */
  readonly isActing: boolean;
  readonly contextOf: (plan: RulePlan) => Context;
  readonly settle: (track: Track, reduced: Reduced) => void;
};

/** Whether a tick of this metric matters though no rule reads the metric. @param metric its id */
export const wantsTick = ({ builtIns, partition }: PartitionState, metric: string): boolean =>
  (partition === SPEAKER && builtIns.watchdog !== undefined) || builtIns.tickMetrics.has(metric);

/**
 * Notes how the sources are: before windows are judged, since they are judged by it. By the metrics of the catalogue alone:
 * other ticks are read in one partition only.
 */
export function observeSources(
  state: PartitionState,
  { metric, version, sources = [] }: TickUpdate,
  appendMs: EpochMs,
): void {
  if (!state.builtIns.tickMetrics.has(metric)) return;
  for (const source of sources) {
    const watched = state.builtIns.sources.get(source.eventType);
    if (!watched) continue;
    const at = { metric: metricKey(metric, version), appendMs, idleMs: watched.idleMs };
    state.sources.observe(source, at);
  }
}

/**
 * Lets the built-in rules speak after a record was dealt with. The watchdog is driven by ticks, which are what evaluation is
 * made of: where none is read any more, it falls silent.
 */
export function watchItself(self: Self, isTick: boolean): void {
  const { state, isActing } = self;
  if (state.partition !== SPEAKER || !isActing) return;
  state.digests.pass(state.builtIns.digests ?? [], state.logMs);
  if (isTick) for (const eventType of state.builtIns.sources.keys()) tellSource(self, eventType);
  for (const rule of state.refusedRules) tellDegraded(self, rule);
  const { watchdog } = state.builtIns;
  if (!isTick || !watchdog) return;
  const track = trackOf(self, watchdog.plan, '[]');
  const lastMs = track.alert.episode?.toldAtMs;
  if (lastMs != null && state.logMs - lastMs < watchdog.everyMs) return;
  const check = { ...checkAt(state.logMs), value: String(watchdog.everyMs / SECOND_MS) };
  self.settle(track, beat(track.alert, self.contextOf(watchdog.plan), check));
}

function tellSource(self: Self, eventType: string): void {
  const { state } = self;
  const watched = state.builtIns.sources.get(eventType);
  const silence = state.sources.silence(eventType);
  if (!watched) return;
  const series = seriesKey(['source'], [eventType]);
  const known = state.tracks.get(fingerprint('source-silent', series));
  const isOver = known?.alert.machine.condition === 'firing' && state.sources.isHeard(eventType);
  if (!silence && !isOver) return;
  const track = trackOf(self, watched.plan, series);
  const sinceMs = silence?.sinceMs ?? track.alert.episode?.startedAtMs ?? state.logMs;
  const check: Check = {
    ...checkAt(state.logMs),
    window: { startMs: sinceMs, endMs: Math.max(sinceMs + 1, state.logMs), ...CLOSED },
    value: silence ? String(Math.round((state.logMs - sinceMs) / SECOND_MS)) : '0',
    threshold: String(watched.idleMs / SECOND_MS),
    watermarkMs: silence?.watermarkMs ?? state.logMs,
    completeness: silence ? 0 : 1,
    ...(silence ? { lacking: [eventType] } : {}),
  };
  move(self, { track, plan: watched.plan }, { ...check, verdict: silence ? 'breach' : 'clear' });
}

function tellDegraded(self: Self, rule: string): void {
  const { state } = self;
  const plan = state.builtIns.degraded.get(rule);
  if (!plan) return;
  const track = trackOf(self, plan, seriesKey(['rule'], [rule]));
  const count = state.tracksOf(rule).all.size;
  move(self, { track, plan }, { ...checkAt(state.logMs), count, value: String(count) });
}

/** Moves an alert only where that changes whether it fires: the time in between is not worth a word. */
export function move(self: Self, of: { track: Track; plan: RulePlan }, check: Check): void {
  const { track, plan } = of;
  const isFiring = track.alert.machine.condition === 'firing';
  if (isFiring === (check.verdict === 'breach')) return;
  self.settle(track, advance({ ...track.alert, last: check }, check, self.contextOf(plan)));
}

const CLOSED = { state: 'closed', revision: 0 } as const;
export const checkAt = (logMs: EpochMs): Check => ({
  window: { startMs: logMs - (logMs % MINUTE_MS), endMs: logMs + 1, ...CLOSED },
  verdict: 'breach' as Verdict,
  atMs: logMs,
  value: null,
  previous: null,
  count: 0,
  threshold: null,
  completeness: 1,
  watermarkMs: logMs,
  cursors: [],
});

export function trackOf({ state }: Self, plan: RulePlan, series: string): Track {
  const known = state.tracks.get(fingerprint(plan.rule.id, series));
  if (!known) return state.addTrack({ plan, alert: alertOf(plan, series), ...ACTING });
  const ruleVersion = plan.rule.version;
  if (known.alert.ruleVersion !== ruleVersion)
    state.setAlert(known, { ...known.alert, ruleVersion });
  state.setPlan(known, plan);
  return known;
}

const ACTING = { nextStartMs: null, resumeAt: 0, isDormant: false } as const;
/** Takes up what is to be watched now. An alert of what is watched no more ends, and says so. */
export function takeUpBuiltIns(state: PartitionState, builtIns: BuiltIns): readonly Emitted[] {
  state.builtIns = builtIns;
  return endedBuiltIns(state).flatMap(([track, reduced]) => {
    const inputOffset = Math.max(state.cursor, track.resumeAt) - 1;
    return emittedOf(reduced, { after: track.alert, inputOffset, atMs: state.logMs });
  });
}

function endedBuiltIns(state: PartitionState): readonly (readonly [Track, Reduced])[] {
  const { builtIns, logMs } = state;
  state.sources.keep(builtIns.sources);
  for (const rule of state.refusedRules) if (!builtIns.degraded.has(rule)) state.forgive(rule);
  const ended: (readonly [Track, Reduced])[] = [];
  for (const track of state.tracks.values()) {
    const { alert } = track;
    if (!isBuiltIn(alert.rule)) continue;
    const plan = planFor(state, alert);
    state.setPlan(track, plan);
    if (plan && !isForAnother(alert, plan)) continue;
    const reduced = withdraw(alert, { outcome: outcomeOf(state, alert, plan), logMs });
    state.setAlert(track, reduced.state);
    if (!plan && owedOf(reduced.state).length === 0) state.retire(track);
    if (alert.episode) ended.push([track, reduced]);
  }
  return ended;
}

/** The watchdog tells the same receiver all the time: another one is another run. */
const isForAnother = ({ rule, episode }: AlertState, plan: RulePlan): boolean =>
  rule === 'watchdog' &&
  episode?.route != null &&
  episode.route.receivers.join() !== plan.routeOf({}, episode.startedAtMs).receivers.join();

function outcomeOf({ builtIns }: PartitionState, alert: AlertState, plan: RulePlan | undefined) {
  if (alert.rule !== 'rule-degraded') return plan ? 'rule_changed' : 'rule_removed';
  return builtIns.degraded.get(subjectOf(alert))?.rule.paused ? 'rule_paused' : 'rule_changed';
}

/** Which source, rule or receiver it is of. */
const subjectOf = ({ series }: AlertState): string => (JSON.parse(series) as string[])[1] ?? '';

function planFor(state: PartitionState, alert: AlertState): RulePlan | undefined {
  const { sources, degraded, watchdog } = state.builtIns;
  const rule = alert.rule as BuiltInRule;
  const subject = subjectOf(alert);
  if (rule === 'source-silent') return sources.get(subject)?.plan;
  if (rule === 'receiver-unreachable') return state.builtIns.receivers?.get(subject);
  if (rule === 'watchdog') return watchdog?.plan;
  const plan = degraded.get(subject);
  // Which rules refused series may be lost; that their owner was told of this version of one is in the alert.
  const isSame = !plan?.rule.paused && plan?.rule.version === alert.ruleVersion;
  // A rule that is as full as before was refused again when it was taken up.
  const isFull = state.tracksOf(subject).all.size >= TRACKS_PER_RULE_MAX;
  if (!isSame && !isFull) state.forgive(subject);
  else if (isSame && alert.episode) state.refuse(subject);
  return isSame ? plan : undefined;
}
