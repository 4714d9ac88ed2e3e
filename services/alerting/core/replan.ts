import { owedOf, withdraw } from './lifecycle.ts';
import type { Reduced } from './alert.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { Grain } from '../../kernel/window.ts';
import { alertOf } from './partition.ts';
import type { Emitted } from './partition.ts';
import type { PartitionState, Track } from './partition-state.ts';
import { cellMemoryMs, isWatched, memoryKey, planMetricKey } from './plan.ts';
import type { RulePlan } from './plan.ts';

export type Replanned = {
  readonly emitted: readonly Emitted[];
  /** Where a rule reads cells that were not kept so far: the log time from which to read again, to fill them in. */
  readonly refillFromMs: EpochMs | null;
};

/**
 * Takes up the rules as they are now. A rule that is gone or judges otherwise ends what burned under it, with the true
 * reason; a new one looks at the newest closed window first, so what is red already fires once. A change of owner,
 * severity, words or runbook has no effect on the state.
 */
export function replan(state: PartitionState, plans: readonly RulePlan[]): Replanned {
  const emitted: Emitted[] = [];
  const byRule = new Map(plans.map((plan) => [plan.rule.id, plan]));
  state.usePlans(plans);
  for (const track of state.tracks.values()) {
    const plan = byRule.get(track.alert.rule);
    const reduced = plan ? retake(state, track, plan) : remove(state, track);
    for (const transition of reduced?.transitions ?? [])
      emitted.push({
        alert: reduced?.state ?? track.alert,
        transition,
        after: track.alert,
        atMs: state.logMs,
        inputOffset: state.cursor - 1,
      });
  }
  const wanted = new Set(plans.map(memoryKey));
  const fresh = [...wanted].filter((memory) => !state.watched.has(memory));
  for (const memory of fresh) state.watch(memory);
  for (const memory of state.watched) if (!wanted.has(memory)) forget(state, memory, wanted);
  for (const plan of plans) if (!fresh.includes(memoryKey(plan))) takeUpSeries(state, plan);
  const lookBackMs = Math.max(
    0,
    ...plans.filter((plan) => fresh.includes(memoryKey(plan))).map(cellMemoryMs),
  );
  const needsRefill = fresh.length > 0 && state.logMs > 0;
  return { emitted, refillFromMs: needsRefill ? state.logMs - lookBackMs : null };
}

function retake(state: PartitionState, track: Track, plan: RulePlan): Reduced | undefined {
  const { rule, metric } = plan;
  const { alert } = track;
  state.setPlan(track, plan);
  const of = { ruleVersion: rule.version, metric: metric.id, metricVersion: metric.version };
  if (alert.ruleVersion !== rule.version) {
    const reduced = withdraw(alert, { outcome: 'rule_changed', logMs: state.logMs });
    state.setAlert(track, { ...reduced.state, ...of });
    state.setNext(track, newestClosed(state, plan));
    return reduced;
  }
  if (alert.metricVersion !== metric.version) {
    state.setAlert(track, { ...alert, ...of, slots: [] });
    state.setNext(track, null);
  }
  return undefined;
}

function remove(state: PartitionState, track: Track): Reduced | undefined {
  const wasPlanned = track.alert.machine.condition !== 'ok' || track.alert.episode !== null;
  state.setPlan(track, undefined);
  const reduced = withdraw(track.alert, { outcome: 'rule_removed', logMs: state.logMs });
  // Should the rule come back, it is another one.
  state.setAlert(track, { ...reduced.state, ruleVersion: '' });
  if (owedOf(track.alert).length === 0) state.dropTrack(track);
  return wasPlanned ? reduced : undefined;
}

/** Series that are known from another rule on the same cells are watched at once. */
function takeUpSeries(state: PartitionState, plan: RulePlan): void {
  const prefix = `${planMetricKey(plan)}|${plan.grain}|`;
  const known = new Set([...state.tracksOf(plan.rule.id)].map(({ alert }) => alert.series));
  for (const key of state.cells.keys()) {
    if (!key.startsWith(prefix)) continue;
    const series = key.slice(prefix.length);
    if (known.has(series) || !isWatched(plan, series)) continue;
    const nextStartMs = newestClosed(state, plan);
    const alert = alertOf(plan, series);
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
  for (const track of state.tracks.values())
    state.resume(track, Math.max(track.resumeAt, state.cursor));
  state.activeFrom = Math.max(state.activeFrom, state.cursor);
  state.cursor = from;
}
