import { describe, expect, test } from 'vitest';
import type { Condition } from '../../../services/kernel/alert.ts';
import { OK, step } from '../../../services/alerting/core/alert/condition.ts';
import type { Machine, Policy, Verdict } from '../../../services/alerting/core/alert/condition.ts';

const HOUR = 3_600_000;
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

type Line = {
  name: string;
  from: Machine;
  verdict: Verdict;
  policy?: Policy;
  atMs?: number;
  breaches?: number;
  to: Condition;
  reason?: string | undefined;
};

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
    name: 'recovering, in band: stays',
    from: at('recovering'),
    verdict: 'in_band',
    policy: keeping,
    atMs: 5 * HOUR,
    to: 'recovering',
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
  },
  {
    name: 'firing, absent: nodata',
    from: at('firing'),
    verdict: 'absent',
    to: 'nodata',
    reason: 'absent',
  },
  { name: 'nodata, absent: stays', from: at('nodata'), verdict: 'absent', to: 'nodata' },
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
  },
  {
    name: 'firing, absent, keepLast: firing',
    from: at('firing'),
    verdict: 'absent',
    policy: policy({ noData: 'keepLast' }),
    to: 'firing',
  },
  {
    name: 'firing, absent, ok: ok, a missing series',
    from: at('firing'),
    verdict: 'absent',
    policy: policy({ noData: 'ok' }),
    to: 'ok',
    reason: 'missing_series',
  },
  {
    name: 'ok, absent, breach: fires',
    from: at('ok'),
    verdict: 'absent',
    policy: policy({ noData: 'breach' }),
    to: 'firing',
    reason: 'breach',
  },
  ...(['ok', 'pending', 'firing', 'recovering', 'nodata'] as const).map((condition) => ({
    name: `${condition}, inconclusive: unchanged`,
    from: at(condition),
    verdict: 'inconclusive' as const,
    to: condition,
  })),
];

describe('the transition table', () => {
  test.each(TABLE)(
    '$name',
    ({ from, verdict, policy: rule = policy(), atMs = 0, breaches = 1, to, reason }) => {
      const move = step(from, { verdict, atMs, breaches }, rule);
      expect([move.machine.condition, move.reason]).toEqual([to, reason]);
    },
  );

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
