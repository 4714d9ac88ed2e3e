import { assertNever } from '../../../kernel/result.ts';
import type { Condition } from '../../../kernel/alert.ts';
import type { AlertRuleDefinition } from '../../../kernel/definitions.ts';
import type { EpochMs } from '../../../kernel/time.ts';

/**
 * What a check of one window found. `in_band` lies between the clear and the breach threshold; `inconclusive` says
 * nothing (too few events, history that was filled in); `absent` is a window without a value.
 */
export type Verdict = 'breach' | 'clear' | 'in_band' | 'inconclusive' | 'absent';

/** The condition and what its next move depends on. Times are event times: a source that stands still ripens nothing. */
export type Machine = {
  readonly condition: Condition;
  /** When the breach (or the absence) began; null in ok. */
  readonly activeAtMs: EpochMs | null;
  /** When the value was healthy again; null but in recovering. */
  readonly recoveringSinceMs: EpochMs | null;
  /** Whether it has fired since it left ok: what the end of an absence goes back to. */
  readonly hasFired: boolean;
  /** The rule's `for` when it became pending: a rule that is edited meanwhile asks no more and no less of it. */
  readonly for?: NonNullable<Policy['for']>;
};
export const OK: Machine = {
  condition: 'ok',
  activeAtMs: null,
  recoveringSinceMs: null,
  hasFired: false,
};

/** Whether somebody is to see to it now: a breach, or a silence of which nobody knows what it hides. */
export const burns = ({ condition }: Pick<Machine, 'condition'>): boolean =>
  condition === 'firing' || condition === 'nodata';

export type MachineCheck = {
  readonly verdict: Verdict;
  readonly atMs: EpochMs;
  /** Breaches among the last `of` conclusive windows, this one included. */
  readonly breaches: number;
  /** Windows without events in a row, this one included; not asked for where one is enough. */
  readonly absences?: number;
  /** That it is no breach may come from what is still missing of the window (open-window.ts). */
  readonly isPartial?: boolean;
};
export type Policy = Pick<AlertRuleDefinition, 'for' | 'keepFiringMs' | 'noData' | 'noDataAfter'>;

export type MoveReason =
  | 'breach'
  | 'breach_again'
  | 'near_miss'
  | 'healthy'
  | 'recovered'
  | 'absent'
  | 'data_returned'
  | 'missing_series';
/** `reason` is undefined while the condition stays. */
export type Move = { readonly machine: Machine; readonly reason?: MoveReason };

/** The policy that holds for a machine: what is under way goes on by the `for` that it began with. */
export const policyOf = <P extends Policy>(machine: Machine, policy: P): P =>
  machine.for ? { ...policy, for: machine.for } : policy;

/** What an absent window counts as under the rule's policy. */
export function underPolicy(verdict: Verdict, policy: Policy): Verdict {
  if (verdict !== 'absent') return verdict;
  if (policy.noData === 'breach') return 'breach';
  return policy.noData === 'keepLast' ? 'inconclusive' : 'absent';
}

/**
 * One move of the condition: the table that test/unit/alerting/condition.test.ts has line by line. Pure; law: the same checks give the
 * same moves.
 */
export function step(machine: Machine, check: MachineCheck, policy: Policy): Move {
  const verdict = underPolicy(check.verdict, policy);
  switch (verdict) {
    case 'inconclusive':
      return { machine };
    case 'absent':
      return onAbsent(machine, check, policy);
    case 'breach':
      return onBreach(machine, check, policy);
    case 'clear':
      return check.isPartial ? onPartial(machine, check) : onClear(machine, check, policy);
    case 'in_band':
      return check.isPartial ? onPartial(machine, check) : onInBand(machine, check);
    default:
      return assertNever(verdict);
  }
}

function onBreach(machine: Machine, check: MachineCheck, policy: Policy): Move {
  switch (machine.condition) {
    case 'firing':
      return { machine };
    case 'ok':
    case 'pending':
    case 'recovering':
    case 'nodata': {
      // What has fired once waits for no `for` again.
      if (machine.hasFired) return { machine: fired(machine, check), reason: 'breach_again' };
      const since =
        machine.condition === 'pending' ? (machine.activeAtMs ?? check.atMs) : check.atMs;
      const under = policy.for ? { for: policy.for } : {};
      if (isMet(policy, check, since))
        return {
          machine: fired({ ...machine, activeAtMs: machine.activeAtMs ?? since, ...under }, check),
          reason: 'breach',
        };
      const pending: Machine = { ...OK, condition: 'pending', activeAtMs: since, ...under };
      if (machine.condition === 'pending') return { machine: pending };
      return { machine: pending, reason: machine.condition === 'ok' ? 'breach' : 'data_returned' };
    }
    default:
      return assertNever(machine.condition);
  }
}

const fired = (machine: Machine, check: MachineCheck): Machine => ({
  condition: 'firing',
  activeAtMs: machine.activeAtMs ?? check.atMs,
  recoveringSinceMs: null,
  hasFired: true,
  ...(machine.for ? { for: machine.for } : {}),
});

/** Whether the rule's `for` holds: lasting for a time, or M breaches of the last N windows. */
function isMet(policy: Policy, check: MachineCheck, sinceMs: EpochMs): boolean {
  if (!policy.for) return true;
  return 'durationMs' in policy.for
    ? check.atMs - sinceMs >= policy.for.durationMs
    : check.breaches >= policy.for.breaches;
}

function onClear(machine: Machine, check: MachineCheck, policy: Policy): Move {
  switch (machine.condition) {
    case 'ok':
      return { machine };
    case 'pending':
      return { machine: OK, reason: 'near_miss' };
    case 'firing':
      return recover(machine, check, policy);
    case 'recovering': {
      const since = machine.recoveringSinceMs ?? check.atMs;
      return check.atMs - since >= policy.keepFiringMs
        ? { machine: OK, reason: 'recovered' }
        : { machine };
    }
    case 'nodata':
      return machine.hasFired
        ? recover(machine, check, policy)
        : { machine: OK, reason: 'data_returned' };
    default:
      return assertNever(machine.condition);
  }
}

const recover = (machine: Machine, check: MachineCheck, policy: Policy): Move =>
  policy.keepFiringMs === 0
    ? { machine: OK, reason: 'recovered' }
    : {
        machine: { ...machine, condition: 'recovering', recoveringSinceMs: check.atMs },
        reason: 'healthy',
      };

/** Inside the band nothing begins and nothing ends; it is not healthy either, so a recovery starts its wait anew. */
function onInBand(machine: Machine, check: MachineCheck): Move {
  if (machine.condition === 'recovering')
    return { machine: { ...machine, recoveringSinceMs: check.atMs } };
  if (machine.condition !== 'nodata') return { machine };
  return machine.hasFired
    ? { machine: fired(machine, check), reason: 'data_returned' }
    : { machine: OK, reason: 'data_returned' };
}

/** That there is data again can be seen from a part of a window, and that something is well from the whole one. */
const onPartial = (machine: Machine, check: MachineCheck): Move =>
  machine.condition === 'nodata' ? onInBand(machine, check) : { machine };

/** Under `ok` a series that is gone is well; under `nodata` its people are told. */
function onAbsent(machine: Machine, check: MachineCheck, policy: Policy): Move {
  if (policy.noData === 'ok')
    return machine.condition === 'ok' ? { machine } : { machine: OK, reason: 'missing_series' };
  if (machine.condition === 'nodata') return { machine };
  if ((check.absences ?? 1) < (policy.noDataAfter ?? 1)) return { machine };
  return {
    machine: {
      ...machine,
      condition: 'nodata',
      activeAtMs: machine.hasFired ? machine.activeAtMs : check.atMs,
      recoveringSinceMs: null,
    },
    reason: 'absent',
  };
}
