import { fingerprint } from '../../../kernel/alert.ts';
import type { Context } from '../alert/message.ts';
import { planMetricKey } from '../plan/plan.ts';
import type { RulePlan } from '../plan/plan.ts';
import type { PartitionState } from '../partition/partition-state.ts';
import { silencedBy } from './silence.ts';
import type { Silenceable } from './silence.ts';

/**
 * Why nobody is to be told of an alert of this rule now: a silence, a maintenance window, or a graver alert that says the
 * same. The watchdog is never muted: its silence has a meaning of its own.
 */
export const muteIn =
  (state: PartitionState, plan: RulePlan): Context['muteOf'] =>
  (alert) =>
    plan.rule.id === 'watchdog'
      ? null
      : (silencedBy(state.silences.values(), alert, state.logMs) ??
        inhibitedBy(state, plan, alert));

/**
 * A critical alert of the same metric and labels inhibits warnings and informations of other rules: its people know. All
 * of them lie in one partition, since updates are keyed by metric and series. An inhibitor is one that burns and is not
 * withheld itself, or nobody would be told anything; one that somebody closed goes on inhibiting: he has heard.
 */
function inhibitedBy(state: PartitionState, plan: RulePlan, alert: Silenceable): string | null {
  if (alert.severity === 'critical') return null;
  for (const { rule } of state.plansOf(planMetricKey(plan))) {
    // Not even of itself, whose lack of data may be less grave than what it said before.
    if (rule.id === plan.rule.id || rule.severity !== 'critical') continue;
    if (rule.by.length !== plan.rule.by.length) continue;
    const other = state.tracks.get(fingerprint(rule.id, alert.series))?.alert;
    const mutedBy = other?.episode?.overlay.mutedBy ?? null;
    const burns =
      other?.machine.condition === 'firing' || other?.machine.condition === 'recovering';
    if (burns && (mutedBy === null || mutedBy === 'closed')) return `inhibited by ${rule.id}`;
  }
  return null;
}
