import { describe, expect, test } from 'vitest';
import { bench, aRule, lowSales, HOUR, salesCatalog } from '../../../support/alerting.ts';
import { aMetric } from '../../../support/metrics.ts';

describe('late data', () => {
  const late = { state: 'revised', revision: 1 } as const;
  const revised = (sum: number) => ({ ...late, accumulators: { contributions: 11, sum } });

  test('that reverses the verdict is corrected once, and the episode is retracted', () => {
    const b = bench();
    b.hour(0, 2000);
    b.hour(1, 980);
    expect(b.value(1, 1030, revised(103_000))).toEqual(['corrected: retracted']);
    expect(b.condition()).toBe('ok');
    expect(b.alert().ended.at(-1)?.outcome).toBe('retracted');
    expect(b.told()).toEqual(['firing', 'corrected']);
    expect(
      b.value(1, 1040, { ...late, revision: 2, accumulators: { contributions: 12, sum: 104_000 } }),
    ).toEqual([]);
    expect(b.hour(2, 2000)).toEqual([]);
    expect(b.told()).toEqual(['firing', 'corrected']);
  });

  test('that reverses one of several breaches leaves the episode standing', () => {
    const b = bench();
    b.hour(0, 900);
    b.hour(1, 900);
    expect(b.value(0, 1200, revised(120_000))).toEqual(['revised: breach_to_clear']);
    expect(b.condition()).toBe('firing');
    expect(b.told()).toEqual(['firing']);
  });

  test('after the end of an episode corrects it to those who were told', () => {
    const b = bench();
    b.hour(0, 900);
    b.hour(1, 2000);
    expect(b.value(0, 1200, revised(120_000))).toEqual(['corrected: retracted']);
    expect(b.told()).toEqual(['firing', 'resolved', 'corrected']);
    expect(b.condition()).toBe('ok');
  });

  test('that makes the newest window a breach fires', () => {
    const b = bench(lowSales({ when: 'value > 1000' }));
    b.hour(0, 500);
    expect(b.value(0, 1500, revised(150_000))).toEqual(['firing: breach']);
  });

  test('that makes an older window a breach is recorded, and pages nobody', () => {
    const b = bench(lowSales({ when: 'value > 1000' }));
    b.hour(0, 500);
    b.hour(1, 500);
    expect(b.value(0, 1500, revised(150_000))).toEqual(['revised: clear_to_breach']);
    expect(b.told()).toEqual([]);
  });

  test('that takes one of the two breaches of "2 of 3" away retracts', () => {
    const b = bench(lowSales({ for: { breaches: 2, of: 3 } }));
    b.hour(0, 900);
    b.hour(1, 2000);
    b.hour(2, 900);
    expect(b.value(0, 1200, revised(120_000))).toEqual(['corrected: retracted']);
    expect(b.condition()).toBe('pending');
  });

  test('does not retract an episode whose beginning is no longer remembered', () => {
    const metrics = [aMetric({ timezone: 'UTC', latenessMs: HOUR })];
    const rules = [aRule({ for: { breaches: 2, of: 3 } })];
    const b = bench(salesCatalog({ metrics, rules }));
    for (const hour of [0, 1, 2, 3, 4, 5]) b.hour(hour, 900);
    expect(b.value(4, 1200, revised(120_000))).toEqual(['revised: breach_to_clear']);
    expect(b.condition()).toBe('firing');
  });

  test('an older record of the same cell changes nothing', () => {
    const b = bench();
    b.hour(0, 900);
    expect(b.value(0, 5000, { accumulators: { contributions: 9, sum: 500_000 } })).toEqual([]);
    expect(b.condition()).toBe('firing');
  });
});
