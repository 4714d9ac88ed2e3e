import type { DurationMs, EpochMs } from '../../../kernel/time.ts';
import { MINUTE_MS } from '../../../kernel/time.ts';
import type { Track } from './track.ts';
import type { RulePlan } from '../plan/plan.ts';

/** Of one rule: how many of its series are to be judged by now, and how many are. */
export type Evaluations = { readonly expected: number; readonly done: number };

/** Windows close some seconds after the watermark may pass their ends; ten minutes later something stands still. */
const OVERDUE_AFTER_MS: DurationMs = 10 * MINUTE_MS;

/**
 * How far the evaluation of each rule is, by its series: one is done when every window was judged that ended more than ten
 * minutes ago, and as much longer as its sources may be out of order. What is expected depends on the clock of whoever
 * asks, so that evaluation that stands still shows, whatever has stopped it.
 */
export function evaluationsOf(
  tracks: Iterable<Track>,
  nowMs: EpochMs,
): ReadonlyMap<string, Evaluations> {
  const found = new Map<string, { expected: number; done: number }>();
  for (const { plan, alert, nextStartMs } of tracks) {
    if (!plan || nextStartMs === null) continue;
    const of = found.get(alert.rule) ?? { expected: 0, done: 0 };
    of.expected++;
    if (!isOverdue(plan, nextStartMs, nowMs)) of.done++;
    found.set(alert.rule, of);
  }
  return found;
}

function isOverdue(plan: RulePlan, nextStartMs: EpochMs, nowMs: EpochMs): boolean {
  const { endMs } = plan.calendar.windowAt(plan.rule.window, nextStartMs);
  return nowMs - endMs > plan.delayMs + OVERDUE_AFTER_MS;
}

/** What is wrong with a rule's evaluation, where something is; never a state of its alerts. */
export function degradedRules(
  evaluations: ReadonlyMap<string, Evaluations>,
  refused: ReadonlySet<string>,
): readonly { readonly rule: string; readonly reason: DegradedReason; readonly detail: string }[] {
  const late = [...evaluations].filter(([, { expected, done }]) => done < expected);
  return [
    ...[...refused].map((rule) => ({
      rule,
      reason: 'cardinality_cap' as const,
      detail: 'the rule has more series than are watched; those that were first are',
    })),
    ...late.map(([rule, { expected, done }]) => ({
      rule,
      reason: 'data_too_old' as const,
      detail: `${expected - done} of ${expected} series wait for windows that should have closed by now`,
    })),
  ];
}
export type DegradedReason = 'cardinality_cap' | 'data_too_old';
