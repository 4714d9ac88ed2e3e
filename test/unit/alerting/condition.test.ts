import { describe, expect, test } from 'vitest';
import type { Condition } from '../../../services/kernel/alert.ts';
import { OK, step } from '../../../services/alerting/core/alert/condition.ts';
import type { Machine, Policy, Verdict } from '../../../services/alerting/core/alert/condition.ts';

const HOUR = 3_600_000;
/** When a window is checked, unless a line says otherwise: long after what it comes from began, at 0. */
const NOW = 7 * HOUR;
const at = (condition: Condition, over: Partial<Machine> = {}): Machine => ({
  ...OK,
  condition,
  activeAtMs: condition === 'ok' ? null : 0,
  hasFired: condition === 'firing' || condition === 'recovering',
  recoveringSinceMs: condition === 'recovering' ? 0 : null,
  ...over,
});
const policy = (over: Partial<Policy> = {}): Policy => ({
  keepFiringMs: 0,
  noData: 'nodata',
  ...over,
});
const lasting: Policy = policy({ for: { durationMs: 2 * HOUR } });
const counting: Policy = policy({ for: { breaches: 2, of: 3 } });
const keeping: Policy = policy({ keepFiringMs: 2 * HOUR });
const patient: Policy = policy({ noDataAfter: 3 });

type Line = {
  name: string;
  from: Machine;
  verdict: Verdict;
  policy?: Policy;
  atMs?: number;
  breaches?: number;
  absences?: number;
  isPartial?: boolean;
  to: Condition;
  reason?: string | undefined;
  /** When what holds from now on began, where it is not when it was reached from ok, and as before else. */
  activeAtMs?: number;
  /** When the recovery began, where it is not as before. */
  recoveringSinceMs?: number;
};

const CONDITIONS = ['ok', 'pending', 'firing', 'recovering', 'nodata'] as const;

/** The transition table, line by line. */
const TABLE: readonly Line[] = [
  {
    name: 'ok, breach, no for: fires at once',
    from: at('ok'),
    verdict: 'breach',
    to: 'firing',
    reason: 'breach',
  },
  {
    name: 'ok, breach, for a duration: pending',
    from: at('ok'),
    verdict: 'breach',
    policy: lasting,
    to: 'pending',
    reason: 'breach',
  },
  {
    name: 'ok, breach, first of M: pending',
    from: at('ok'),
    verdict: 'breach',
    policy: counting,
    breaches: 1,
    to: 'pending',
    reason: 'breach',
  },
  {
    name: 'ok, breach, M reached by history: fires',
    from: at('ok'),
    verdict: 'breach',
    policy: counting,
    breaches: 2,
    to: 'firing',
    reason: 'breach',
  },
  { name: 'ok, clear: ok', from: at('ok'), verdict: 'clear', to: 'ok' },
  { name: 'ok, in band: ok', from: at('ok'), verdict: 'in_band', to: 'ok' },
  {
    name: 'pending, breach, not long enough: pending',
    from: at('pending'),
    verdict: 'breach',
    policy: lasting,
    atMs: HOUR,
    to: 'pending',
  },
  {
    name: 'pending, breach, long enough: fires',
    from: at('pending'),
    verdict: 'breach',
    policy: lasting,
    atMs: 2 * HOUR,
    to: 'firing',
    reason: 'breach',
  },
  {
    name: 'pending, breach, M of N met: fires',
    from: at('pending'),
    verdict: 'breach',
    policy: counting,
    breaches: 2,
    to: 'firing',
    reason: 'breach',
  },
  {
    name: 'pending, clear: ok, a near miss',
    from: at('pending'),
    verdict: 'clear',
    to: 'ok',
    reason: 'near_miss',
  },
  {
    name: 'pending, in band: stays',
    from: at('pending'),
    verdict: 'in_band',
    policy: lasting,
    atMs: 3 * HOUR,
    to: 'pending',
  },
  { name: 'firing, breach: stays', from: at('firing'), verdict: 'breach', to: 'firing' },
  {
    name: 'firing, clear, no keepFiring: ok',
    from: at('firing'),
    verdict: 'clear',
    to: 'ok',
    reason: 'recovered',
  },
  {
    name: 'firing, clear, keepFiring: recovering',
    from: at('firing'),
    verdict: 'clear',
    policy: keeping,
    to: 'recovering',
    reason: 'healthy',
    recoveringSinceMs: NOW,
  },
  {
    name: 'firing, in band: stays, the hysteresis',
    from: at('firing'),
    verdict: 'in_band',
    to: 'firing',
  },
  {
    name: 'recovering, breach: firing, no pending again',
    from: at('recovering'),
    verdict: 'breach',
    policy: { ...keeping, for: { durationMs: HOUR } },
    to: 'firing',
    reason: 'breach_again',
  },
  {
    name: 'recovering, clear, not long enough: stays',
    from: at('recovering'),
    verdict: 'clear',
    policy: keeping,
    atMs: HOUR,
    to: 'recovering',
  },
  {
    name: 'recovering, clear for keepFiring: ok',
    from: at('recovering'),
    verdict: 'clear',
    policy: keeping,
    atMs: 2 * HOUR,
    to: 'ok',
    reason: 'recovered',
  },
  {
    name: 'recovering, in band: stays, and its wait begins anew',
    from: at('recovering'),
    verdict: 'in_band',
    policy: keeping,
    atMs: 5 * HOUR,
    to: 'recovering',
    recoveringSinceMs: 5 * HOUR,
  },
  { name: 'ok, absent: nodata', from: at('ok'), verdict: 'absent', to: 'nodata', reason: 'absent' },
  {
    name: 'pending, absent: nodata, it does not ripen',
    from: at('pending'),
    verdict: 'absent',
    policy: lasting,
    atMs: 9 * HOUR,
    to: 'nodata',
    reason: 'absent',
    activeAtMs: 9 * HOUR,
  },
  {
    name: 'firing, absent: nodata',
    from: at('firing'),
    verdict: 'absent',
    to: 'nodata',
    reason: 'absent',
  },
  {
    name: 'recovering, absent: nodata',
    from: at('recovering'),
    verdict: 'absent',
    policy: keeping,
    to: 'nodata',
    reason: 'absent',
  },
  { name: 'nodata, absent: stays', from: at('nodata'), verdict: 'absent', to: 'nodata' },
  {
    name: 'nodata after firing, absent: stays',
    from: at('nodata', { hasFired: true }),
    verdict: 'absent',
    to: 'nodata',
  },
  ...(['ok', 'pending', 'firing', 'recovering'] as const).flatMap((condition): Line[] => [
    {
      name: `${condition}, absent, fewer windows than K: stays`,
      from: at(condition),
      verdict: 'absent',
      policy: patient,
      absences: 2,
      to: condition,
    },
    {
      name: `${condition}, absent, the Kth window: nodata`,
      from: at(condition),
      verdict: 'absent',
      policy: patient,
      absences: 3,
      to: 'nodata',
      reason: 'absent',
      ...(condition === 'pending' ? { activeAtMs: NOW } : {}),
    },
  ]),
  {
    name: 'nodata that never fired, clear: ok',
    from: at('nodata'),
    verdict: 'clear',
    to: 'ok',
    reason: 'data_returned',
  },
  {
    name: 'nodata that never fired, in band: ok',
    from: at('nodata'),
    verdict: 'in_band',
    to: 'ok',
    reason: 'data_returned',
  },
  {
    name: 'nodata that never fired, breach: fires',
    from: at('nodata'),
    verdict: 'breach',
    to: 'firing',
    reason: 'breach',
  },
  {
    name: 'nodata that never fired, breach, for: pending',
    from: at('nodata'),
    verdict: 'breach',
    policy: lasting,
    to: 'pending',
    reason: 'data_returned',
    activeAtMs: NOW,
  },
  {
    name: 'nodata after firing, breach: firing',
    from: at('nodata', { hasFired: true }),
    verdict: 'breach',
    policy: lasting,
    to: 'firing',
    reason: 'breach_again',
  },
  {
    name: 'nodata after firing, in band: firing',
    from: at('nodata', { hasFired: true }),
    verdict: 'in_band',
    to: 'firing',
    reason: 'data_returned',
  },
  {
    name: 'nodata after firing, clear: ok',
    from: at('nodata', { hasFired: true }),
    verdict: 'clear',
    to: 'ok',
    reason: 'recovered',
  },
  {
    name: 'nodata after firing, clear, keepFiring: recovering',
    from: at('nodata', { hasFired: true }),
    verdict: 'clear',
    policy: keeping,
    to: 'recovering',
    reason: 'healthy',
    recoveringSinceMs: NOW,
  },
  ...CONDITIONS.map((condition) => ({
    name: `${condition}, absent, keepLast: stays`,
    from: at(condition),
    verdict: 'absent' as const,
    policy: policy({ noData: 'keepLast' }),
    to: condition,
  })),
  {
    name: 'ok, absent, ok: ok',
    from: at('ok'),
    verdict: 'absent',
    policy: policy({ noData: 'ok' }),
    to: 'ok',
  },
  ...(['pending', 'firing', 'recovering', 'nodata'] as const).map((condition) => ({
    name: `${condition}, absent, ok: ok, a missing series`,
    from: at(condition),
    verdict: 'absent' as const,
    policy: policy({ noData: 'ok' }),
    to: 'ok' as const,
    reason: 'missing_series',
  })),
  {
    name: 'ok, absent, breach: fires',
    from: at('ok'),
    verdict: 'absent',
    policy: policy({ noData: 'breach' }),
    to: 'firing',
    reason: 'breach',
  },
  {
    name: 'pending, absent, breach, long enough: fires',
    from: at('pending'),
    verdict: 'absent',
    policy: { ...lasting, noData: 'breach' },
    to: 'firing',
    reason: 'breach',
  },
  {
    name: 'recovering, absent, breach: firing',
    from: at('recovering'),
    verdict: 'absent',
    policy: { ...keeping, noData: 'breach' },
    to: 'firing',
    reason: 'breach_again',
  },
  ...(['clear', 'in_band'] as const).flatMap((verdict): Line[] => [
    ...(['ok', 'pending', 'firing', 'recovering'] as const).map((condition) => ({
      name: `${condition}, ${verdict} of a part of a window: unchanged`,
      from: at(condition),
      verdict,
      isPartial: true,
      to: condition,
    })),
    {
      name: `nodata that never fired, ${verdict} of a part of a window: ok`,
      from: at('nodata'),
      verdict,
      isPartial: true,
      to: 'ok',
      reason: 'data_returned',
    },
    {
      name: `nodata after firing, ${verdict} of a part of a window: firing`,
      from: at('nodata', { hasFired: true }),
      verdict,
      isPartial: true,
      policy: keeping,
      to: 'firing',
      reason: 'data_returned',
    },
  ]),
  {
    name: 'ok, breach of a part of a window: firing',
    from: at('ok'),
    verdict: 'breach',
    isPartial: true,
    to: 'firing',
    reason: 'breach',
  },
  ...CONDITIONS.map((condition) => ({
    name: `${condition}, inconclusive: unchanged`,
    from: at(condition),
    verdict: 'inconclusive' as const,
    to: condition,
  })),
];

/** The machine that a line leads to: what a condition implies, and when it began. */
function machineOf({ from, to, atMs = NOW, activeAtMs, recoveringSinceMs }: Line): Machine {
  if (to === 'ok') return OK;
  return {
    condition: to,
    activeAtMs: activeAtMs ?? from.activeAtMs ?? atMs,
    recoveringSinceMs:
      to === 'recovering' ? (recoveringSinceMs ?? from.recoveringSinceMs ?? null) : null,
    hasFired: to === 'firing' || from.hasFired,
  };
}

describe('the transition table', () => {
  test.each(TABLE)('$name', (line) => {
    const { from, verdict, policy: rule = policy(), atMs = NOW, breaches = 1, reason } = line;
    const { absences, isPartial = false } = line;
    const counted = absences === undefined ? {} : { absences };
    const move = step(from, { verdict, atMs, breaches, ...counted, isPartial }, rule);
    const { for: _, ...machine } = move.machine;
    expect([machine, move.reason]).toEqual([machineOf(line), reason]);
  });

  test('only what is under way has the `for` of its rule, and has it until its end', () => {
    const breach = { verdict: 'breach', atMs: NOW, breaches: 1 } as const;
    const pending = step(OK, breach, lasting).machine;
    expect(pending.for).toEqual(lasting.for);
    const firing = step(pending, { ...breach, atMs: NOW + 2 * HOUR }, lasting).machine;
    expect([firing.condition, firing.for]).toEqual(['firing', lasting.for]);
    const silent = step(firing, { ...breach, verdict: 'absent' }, lasting).machine;
    expect(step(silent, breach, lasting).machine).toEqual(firing);
    expect(step(firing, { ...breach, verdict: 'clear' }, lasting).machine).toEqual(OK);
    expect(step(OK, breach, policy()).machine).not.toHaveProperty('for');
  });

  test('in band restarts the wait of a recovery', () => {
    const { machine } = step(
      at('recovering'),
      { verdict: 'in_band', atMs: HOUR, breaches: 0 },
      keeping,
    );
    expect(machine.recoveringSinceMs).toBe(HOUR);
    const later = step(machine, { verdict: 'clear', atMs: 2 * HOUR, breaches: 0 }, keeping);
    expect(later.machine.condition).toBe('recovering');
  });

  test('an episode begins where its breach began, not where it fired', () => {
    const pending = step(OK, { verdict: 'breach', atMs: HOUR, breaches: 1 }, lasting).machine;
    const firing = step(
      pending,
      { verdict: 'breach', atMs: 3 * HOUR, breaches: 2 },
      lasting,
    ).machine;
    expect([firing.condition, firing.activeAtMs]).toEqual(['firing', HOUR]);
  });
});
