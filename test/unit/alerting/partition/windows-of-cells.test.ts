import { describe, expect, test } from 'vitest';
import { planRule } from '../../../../services/alerting/core/plan/rule-plan.ts';
import type { AlertRuleDefinition } from '../../../../services/kernel/definitions.ts';
import { compilePattern, parseCel } from '../../../../services/platform/cel.ts';
import { bench, aRule, lowSales, HOUR, salesCatalog, T0 } from '../../../support/alerting.ts';
import { aMetric } from '../../../support/metrics.ts';
import { catalogOf } from '../../../support/platform.ts';

describe('a rule on closed windows', () => {
  test('windows that slide are judged at every step, each from its own cells', () => {
    const window = { kind: 'sliding', sizeMs: 3 * HOUR, everyMs: HOUR } as const;
    const b = bench(lowSales({ window }));
    expect([...b.hour(0, 500), ...b.hour(1, 400)]).toEqual([]);
    expect(b.hour(2, 300)).toEqual([]);
    expect(b.hour(3, 200)).toEqual(['firing: breach']);
    expect(b.hour(4, 600)).toEqual(['resolved: recovered']);
    const [firing] = b.messages().map(({ body }) => JSON.parse(body));
    expect(firing.data).toMatchObject({
      value: '900.00',
      previous: '1200.00',
      window: {
        start: new Date(T0 + HOUR).toISOString(),
        end: new Date(T0 + 4 * HOUR).toISOString(),
        state: 'closed',
      },
    });
  });

  test('a late event is seen by every window that it lies in', () => {
    const window = { kind: 'sliding', sizeMs: 2 * HOUR, everyMs: HOUR } as const;
    const b = bench(lowSales({ window }));
    b.hour(0, 600);
    expect(b.hour(1, 300)).toEqual(['firing: breach']);
    expect(b.hour(2, 300)).toEqual([]);
    b.hour(3, 800);
    expect(b.condition()).toBe('ok');
    const verdicts = () => b.alert().slots.map(({ verdict, value }) => `${verdict} ${value}`);
    expect(verdicts().slice(1)).toEqual(['breach 900.00', 'breach 600.00', 'clear 1100.00']);
    const late = { contributions: 11, sum: 90_000 };
    const told = b.value(1, 900, { accumulators: late, state: 'revised', revision: 1 });
    expect(told).toEqual(['revised: breach_to_clear', 'corrected: retracted']);
    expect(verdicts().slice(1)).toEqual(['clear 1500.00', 'clear 1200.00', 'clear 1100.00']);
  });

  test('the day to date may be judged while it grows, and begins anew at midnight', () => {
    const window = { kind: 'to-date', period: 'day' } as const;
    const b = bench(lowSales({ window, when: 'value > 1000', evaluate: 'onUpdate' }));
    const midnight = 24 - ((T0 / HOUR) % 24);
    b.tick(midnight);
    b.hour(midnight, 600);
    expect(b.value(midnight + 1, 300)).toEqual([]);
    expect(
      b.value(midnight + 1, 500, { accumulators: { contributions: 12, sum: 50_000 } }),
    ).toEqual(['firing: breach']);
    expect(b.tick(midnight + 23)).toEqual([]);
    expect(b.tick(midnight + 24)).toEqual([]);
    expect(b.tick(midnight + 25)).toEqual(['resolved: recovered']);
    const [firing] = b.messages().map(({ body }) => JSON.parse(body));
    expect(firing.data.window).toMatchObject({
      start: new Date(T0 + midnight * HOUR).toISOString(),
      end: new Date(T0 + (midnight + 2) * HOUR).toISOString(),
      state: 'open',
    });
  });

  test('windows of several cells are merged from them, and judged only when all were seen', () => {
    const rule = aRule({ window: { kind: 'tumbling', sizeMs: 2 * HOUR }, when: 'value > 100' });
    const b = bench(salesCatalog({ rules: [rule] }));
    const first = T0 % (2 * HOUR) === 0 ? 0 : 1;
    b.value(first, 60);
    b.tick(first + 1);
    b.value(first + 1, 60);
    expect(b.tick(first + 2)).toEqual(['firing: breach']);
    expect(JSON.parse(b.messages()[0]?.body ?? '').data.value).toBe('120.00');
  });

  test.each(['distinct', 'latest'] as const)(
    'windows of several cells of a %s metric are not judged: updates do not tell what its cells are united by',
    (aggregation) => {
      const metrics = [aMetric({ timezone: 'UTC', aggregation })];
      const catalog = catalogOf(salesCatalog({ metrics }));
      const planned = (rule: AlertRuleDefinition) =>
        planRule(rule, catalog, { parse: parseCel, compilePattern });
      expect(planned(aRule()).ok).toBe(true);
      const two = aRule({ window: { kind: 'tumbling', sizeMs: 2 * HOUR } });
      expect(planned(two)).toMatchObject({
        ok: false,
        error: expect.stringContaining('windows of several cells'),
      });
    },
  );

  test('a window that began before it was watched decides nothing', () => {
    const rule = aRule({ window: { kind: 'tumbling', sizeMs: 3 * HOUR }, when: 'value < 1000' });
    const b = bench(salesCatalog({ rules: [rule] }));
    expect(T0 % (3 * HOUR)).toBe(HOUR);
    b.value(0, 60);
    b.value(1, 60);
    expect(b.tick(2)).toEqual([]);
    for (const hour of [2, 3, 4]) b.value(hour, 60);
    expect(b.tick(5)).toEqual(['firing: breach']);
  });
});
