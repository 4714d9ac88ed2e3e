import { told } from '../alert/alert.ts';
import { burns } from '../alert/condition.ts';
import { recorded } from '../alert/recorded.ts';
import type { AlertState } from '../alert/episode.ts';
import type { Reduced } from '../alert/recorded.ts';
import { isGraver, severityIn } from '../alert/severity.ts';
import { owedOf, withdraw } from '../alert/lifecycle.ts';
import { NO_LINKS } from '../alert/message.ts';
import type { Context, Links } from '../alert/message.ts';
import { unacknowledged } from '../overlay/obey.ts';
import { isBuiltIn } from '../../../kernel/built-in-rules.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import type { Grain } from '../../../kernel/window.ts';
import { alertOf } from '../alert/alert-of.ts';
import { emittedOf } from './emitted.ts';
import type { Emitted } from './partition.ts';
import { muteIn } from '../overlay/mute.ts';
import type { PartitionState } from './partition-state.ts';
import { TRACKS_PER_RULE_MAX } from './take-value.ts';
import type { Track } from './track.ts';
import { cellMemoryMs, isWatched, planMetricKey } from '../plan/plan.ts';
import type { RulePlan } from '../plan/plan.ts';

export type Replanned = {
  readonly emitted: readonly Emitted[];
  /** Where a rule reads cells that were not kept so far: the log time from which to read again, to fill them in. */
  readonly refillFromMs: EpochMs | null;
};

/** What rules are taken up with, beside their plans. */
export type Around = {
  readonly links?: Links;
  /** Ids of rules that judge nothing for now, and so have no plan. */
  readonly paused?: ReadonlySet<string>;
};

/**
 * Takes up the rules as they are now. A rule that is gone, paused or judges otherwise ends what burned under it, with the
 * true reason; a new one, or one that is paused no more, looks at the newest closed window first, so what is red already
 * fires once. A change of owner, words or runbook has no effect on the state; a rise in severity is told at once, a fall
 * with what is told next.
 */
export function replan(
  state: PartitionState,
  plans: readonly RulePlan[],
  { links = NO_LINKS, paused = new Set() }: Around = {},
): Replanned {
  const emitted: Emitted[] = [];
  const byRule = new Map(plans.map((plan) => [plan.rule.id, plan]));
  state.usePlans(plans);
  for (const track of state.tracks.values()) {
    if (isBuiltIn(track.alert.rule)) continue;
    const plan = byRule.get(track.alert.rule);
    const outcome = paused.has(track.alert.rule) ? 'rule_paused' : 'rule_removed';
    const reduced = plan ? retake(state, track, { plan, links }) : withdrawn(state, track, outcome);
    if (!reduced) continue;
    const of = {
      after: track.alert,
      ...(state.cursor >= track.resumeAt ? { nextStartMs: track.nextStartMs } : {}),
      atMs: state.logMs,
      // While its memory is filled again it is as it was after a later record.
      inputOffset: Math.max(state.cursor, track.resumeAt) - 1,
    };
    emitted.push(...emittedOf(reduced, of));
  }
  const wanted = new Set(plans.map(({ memory }) => memory));
  const fresh = [...wanted].filter((memory) => !state.watched.has(memory));
  for (const memory of fresh) state.watch(memory);
  for (const memory of state.watched) if (!wanted.has(memory)) forget(state, memory, wanted);
  for (const plan of plans) if (!fresh.includes(plan.memory)) takeUpSeries(state, plan);
  const lookBackMs = Math.max(
    0,
    ...plans.filter((plan) => fresh.includes(plan.memory)).map(cellMemoryMs),
  );
  const needsRefill = fresh.length > 0 && state.logMs > 0;
  return { emitted, refillFromMs: needsRefill ? state.logMs - lookBackMs : null };
}

function retake(
  state: PartitionState,
  track: Track,
  now: { plan: RulePlan; links: Links },
): Reduced | undefined {
  const { plan } = now;
  const { rule, metric } = plan;
  const { alert } = track;
  const of = { ruleVersion: rule.version, metric: metric.id, metricVersion: metric.version };
  if (alert.isPaused) return beginAnew(state, track, { plan, of });
  state.setPlan(track, plan);
  if (alert.ruleVersion !== rule.version) {
    state.forgive(rule.id);
    const reduced = withdraw(alert, { outcome: 'rule_changed', logMs: state.logMs });
    // What was seen last may have been another window: of the rule as it is now nothing was seen.
    const { severity } = rule;
    state.setAlert(track, { ...reduced.state, ...of, severity, last: null, bornMs: state.logMs });
    state.setNext(track, newestClosed(state, plan));
    return reduced;
  }
  if (alert.metricVersion !== metric.version) {
    state.setAlert(track, { ...alert, ...of, slots: [], last: alert.episode && alert.last });
    state.setNext(track, null);
  }
  return isGraver(severityIn(rule, alert.machine), alert.severity)
    ? raise(state, track, now)
    : undefined;
}

/**
 * What is open has become graver: whoever saw to the lesser thing is asked again. While it burns its people are told at
 * once; of what recovers they are told should it burn again (core/alert/alert.ts).
 */
function raise(
  state: PartitionState,
  track: Track,
  { plan, links }: { plan: RulePlan; links: Links },
): Reduced | undefined {
  const alert = { ...track.alert, severity: severityIn(plan.rule, track.alert.machine) };
  state.setAlert(track, alert);
  const { episode, last, machine } = alert;
  if (!episode || !last) return undefined;
  const { logMs } = state;
  const graver = { ...alert, episode: unacknowledged(episode, logMs) };
  if (!burns(machine)) {
    if (!episode.overlay.ack) return undefined;
    const asked = { kind: 'unacknowledged', reason: 'severity_rise', check: null } as const;
    const reduced = recorded(graver, asked, logMs);
    state.setAlert(track, reduced.state);
    return reduced;
  }
  const context: Context = {
    plan,
    input: { partition: state.partition, offset: state.cursor - 1 },
    logMs,
    shownAtMs: logMs,
    links,
    muteOf: muteIn(state, plan),
  };
  const kind = machine.condition === 'nodata' ? 'nodata' : 'firing';
  const reduced = told(graver, { kind, reason: 'severity_rise', check: last }, context);
  state.setAlert(track, reduced.state);
  return reduced;
}

/** Nobody judges it any more. Of a paused rule, what was ever told of stays, so that its numbers go on. */
function withdrawn(
  state: PartitionState,
  track: Track,
  outcome: 'rule_removed' | 'rule_paused',
): Reduced | undefined {
  const { alert } = track;
  const isPaused = outcome === 'rule_paused' && alert.sequence > 0;
  // No window of it is waited for: it needs nothing of the log.
  state.unseen.delete(track);
  if (isPaused && alert.isPaused) return undefined;
  const wasPlanned = alert.machine.condition !== 'ok' || alert.episode !== null;
  state.forgive(alert.rule);
  state.setPlan(track, undefined);
  const reduced = withdraw(alert, { outcome, logMs: state.logMs });
  const { isPaused: _, ...after } = reduced.state;
  // Should the rule come back, it is another one.
  state.setAlert(track, { ...after, ruleVersion: '', ...(isPaused ? { isPaused } : {}) });
  if (!isPaused && owedOf(track.alert).length === 0) state.retire(track);
  return wasPlanned ? reduced : undefined;
}

/**
 * Its rule judges again: as that of a new rule it begins with the newest closed window, or, where the log has yet to be read
 * again, sleeps until it is: what lies before was while it was paused. Its numbers and what people said of it go on, and its
 * series is watched though it may have fallen silent meanwhile: it was told of.
 */
function beginAnew(
  state: PartitionState,
  track: Track,
  {
    plan,
    of,
  }: { plan: RulePlan; of: Pick<AlertState, 'ruleVersion' | 'metric' | 'metricVersion'> },
): undefined {
  const { isPaused: _, ...alert } = track.alert;
  const { severity } = plan.rule;
  const resumeAt = Math.max(track.resumeAt, state.cursor);
  const isReadAgain = resumeAt > state.cursor;
  if (isReadAgain) state.setDormantBelow(Math.max(state.dormantBelow, resumeAt));
  state.dropTrack(track);
  state.addTrack({
    plan,
    alert: { ...alert, ...of, severity, last: null, bornMs: state.logMs },
    nextStartMs: newestClosed(state, plan),
    resumeAt,
    isDormant: isReadAgain || !state.watched.has(plan.memory),
  });
}

/** Series that are known from another rule on the same cells are watched at once, up to the cap of every rule. */
function takeUpSeries(state: PartitionState, plan: RulePlan): void {
  const { all } = state.tracksOf(plan.rule.id);
  const known = new Set([...all].map(({ alert }) => alert.series));
  for (const series of state.memoryOf(plan.memory).series.keys()) {
    if (known.has(series) || !isWatched(plan, series)) continue;
    if (all.size >= TRACKS_PER_RULE_MAX) return state.refuse(plan.rule.id);
    const nextStartMs = newestClosed(state, plan);
    const alert = { ...alertOf(plan, series), bornMs: state.logMs };
    state.addTrack({ plan, alert, nextStartMs, resumeAt: state.cursor, isDormant: false });
  }
}

function newestClosed(state: PartitionState, plan: RulePlan): EpochMs | null {
  const watermarkMs = state.metrics.get(planMetricKey(plan))?.watermarkMs;
  if (watermarkMs === undefined) return null;
  const { calendar, rule } = plan;
  const open = calendar.stepAt(rule.window, watermarkMs);
  return calendar.stepAt(rule.window, open.startMs - 1).startMs;
}

function forget(state: PartitionState, memory: string, wanted: ReadonlySet<string>): void {
  state.unwatch(memory);
  state.past.drop(memory);
  const [metric, grain] = memory.split('|') as [string, Grain];
  const isStillRead = [...wanted].some((one) => one.startsWith(`${metric}|`));
  if (!isStillRead) state.forgetMetric(metric);
  else state.forgetGrain(metric, grain);
}

/** Reads the log again from `from`, to fill in what was not kept; nothing is acted on until the old cursor is reached. */
export function refill(state: PartitionState, from: number): void {
  if (from >= state.cursor) return;
  for (const track of state.tracks.values()) {
    const resumeAt = Math.max(track.resumeAt, state.cursor);
    const followFrom = Math.max(track.followFrom ?? resumeAt, state.cursor);
    state.resume(track, resumeAt, Math.min(followFrom, resumeAt));
  }
  state.activeFrom = Math.max(state.activeFrom, state.cursor);
  state.setDormantBelow(state.activeFrom);
  state.cursor = from;
}
