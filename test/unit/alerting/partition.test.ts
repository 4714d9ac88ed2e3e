import { describe, expect, test } from 'vitest';
import { planRule } from '../../../services/alerting/core/plan/rule-plan.ts';
import type { AlertRuleDefinition } from '../../../services/kernel/definitions.ts';
import { compilePattern, parseCel } from '../../../services/platform/cel.ts';
import { bench, aRule, HOUR, salesCatalog, T0 } from '../../support/alerting.ts';
import { aMetric } from '../../support/metrics.ts';
import { catalogOf } from '../../support/platform.ts';

const low = (over: Parameters<typeof aRule>[0] = {}) => salesCatalog({ rules: [aRule(over)] });

describe('a rule on closed windows', () => {
  test('a breach fires at once and its end is told to the same receiver', () => {
    const b = bench();
    expect(b.hour(0, 2000)).toEqual([]);
    expect(b.value(1, 500)).toEqual([]);
    expect(b.tick(2)).toEqual(['firing: breach']);
    expect(b.hour(2, 400)).toEqual([]);
    expect(b.hour(3, 1500)).toEqual(['resolved: recovered']);
    expect(b.messages().map(({ kind, receiver }) => [kind, receiver])).toEqual([
      ['firing', 'ops-hook'],
      ['resolved', 'ops-hook'],
    ]);
    const [firing, resolved] = b.messages().map(({ body }) => JSON.parse(body));
    expect(firing).toMatchObject({
      type: 'alert.firing',
      data: {
        alert: { state: 'firing', severity: 'critical', rule: 'net-sales-low' },
        metric: { id: 'net-sales', version: 'v1', name: 'Net sales', unit: 'CNY' },
        window: { start: new Date(T0 + HOUR).toISOString(), state: 'closed', revision: 0 },
        condition: 'value < 1000',
        value: '500.00',
        previous: '2000.00',
        threshold: '1000',
        owner: { accountable: 'team:sales', deputy: null, via: 'metric' },
        evidence: { cursors: [{ topic: 'events.x', partition: 0, offset: 7 }], completeness: 1 },
      },
    });
    expect(resolved.data).toMatchObject({
      value: '1500.00',
      worst: '400.00',
      recovered: '1500.00',
    });
    expect(resolved.data.alert.episode).toBe(firing.data.alert.episode);
  });

  test('a closed value is judged without waiting for the tick', () => {
    const b = bench();
    b.hour(0, 2000);
    const closed = { state: 'closed', watermark: T0 + 2 * HOUR } as const;
    expect(b.value(1, 500, closed)).toEqual(['firing: breach']);
    expect(b.tick(2)).toEqual([]);
  });

  test('a window without events is 0 for a sum, and that may be a breach', () => {
    const b = bench();
    b.hour(0, 2000);
    expect(b.tick(2)).toEqual(['firing: breach']);
    expect(JSON.parse(b.messages()[0]?.body ?? '').data.value).toBe('0.00');
  });

  test('too few events decide nothing', () => {
    const b = bench(low({ minCount: 20 }));
    expect(b.hour(0, 500)).toEqual([]);
    expect(b.condition()).toBe('ok');
  });

  test('windows that history filled page nobody', () => {
    const b = bench();
    b.value(0, 500, { backfilled: true });
    expect(b.tick(1)).toEqual([]);
    expect(b.told()).toEqual([]);
  });

  test('history before the watermark is not judged when its series is first seen', () => {
    const b = bench();
    b.tick(10);
    b.value(2, 500, { backfilled: true, state: 'final', watermark: T0 + 10 * HOUR });
    expect(b.tick(10.5)).toEqual([]);
    expect(b.told()).toEqual([]);
  });

  test('hysteresis: in the band nothing begins and nothing ends, one episode in all', () => {
    const b = bench(low({ clear: 'value >= 1100' }));
    expect(b.hour(0, 1050)).toEqual([]);
    expect(b.hour(1, 900)).toEqual(['firing: breach']);
    expect(b.hour(2, 1050)).toEqual([]);
    expect(b.hour(3, 950)).toEqual([]);
    expect(b.hour(4, 1050)).toEqual([]);
    expect(b.hour(5, 1100)).toEqual(['resolved: recovered']);
    expect(b.told()).toEqual(['firing', 'resolved']);
  });

  test('2 of 3: one breach is pending, a second within three windows fires', () => {
    const b = bench(low({ for: { breaches: 2, of: 3 } }));
    expect(b.hour(0, 900)).toEqual(['pending: breach']);
    expect(b.hour(1, 2000)).toEqual(['cleared: near_miss']);
    expect(b.hour(2, 900)).toEqual(['firing: breach']);
    expect(b.told()).toEqual(['firing']);
  });

  test('breaches of an episode that ended do not count for the next one', () => {
    const b = bench(low({ for: { breaches: 2, of: 3 } }));
    b.hour(0, 900);
    b.hour(1, 900);
    expect(b.hour(2, 2000)).toEqual(['resolved: recovered']);
    expect(b.hour(3, 900)).toEqual(['pending: breach']);
  });

  test('for a duration: fires when the breach has lasted that long in event time', () => {
    const b = bench(low({ for: { durationMs: 2 * HOUR } }));
    expect(b.hour(0, 900)).toEqual(['pending: breach']);
    expect(b.hour(1, 900)).toEqual([]);
    expect(b.hour(2, 900)).toEqual(['firing: breach']);
    expect(b.alert().episode?.startedAtMs).toBe(T0 + HOUR);
  });

  test('keepFiring: must stay healthy that long; a breach meanwhile goes on with the episode', () => {
    const b = bench(low({ keepFiringMs: 2 * HOUR }));
    b.hour(0, 900);
    const episode = b.alert().episode?.id;
    expect(b.hour(1, 2000)).toEqual(['recovering: healthy']);
    expect(b.hour(2, 900)).toEqual(['firing: breach_again']);
    expect(b.alert().episode?.id).toBe(episode);
    expect(b.hour(3, 2000)).toEqual(['recovering: healthy']);
    expect(b.hour(4, 2000)).toEqual([]);
    expect(b.hour(5, 2000)).toEqual(['resolved: recovered']);
    expect(b.told()).toEqual(['firing', 'resolved']);
  });

  test('previous is the window before', () => {
    const b = bench(low({ when: 'value < previous' }));
    expect(b.hour(0, 500)).toEqual([]);
    expect(b.hour(1, 400)).toEqual(['firing: breach']);
    expect(b.hour(2, 600)).toEqual(['resolved: recovered']);
  });

  test('windows that slide are judged at every step, each from its own cells', () => {
    const window = { kind: 'sliding', sizeMs: 3 * HOUR, everyMs: HOUR } as const;
    const b = bench(low({ window }));
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
    const b = bench(low({ window }));
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
    const b = bench(low({ window, when: 'value > 1000', evaluate: 'onUpdate' }));
    const midnight = 24 - ((T0 / HOUR) % 24);
    b.tick(midnight);
    b.hour(midnight, 600);
    expect(b.value(midnight + 1, 300)).toEqual([]);
    expect(
      b.value(midnight + 1, 500, { accumulators: { contributions: 12, sum: 50_000 } }),
    ).toEqual(['firing: breach']);
    expect(b.tick(midnight + 23)).toEqual([]);
    expect(b.tick(midnight + 24)).toEqual(['resolved: recovered']);
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

  test('each series of the breakdown is an alert of its own', () => {
    const metrics = [
      aMetric({
        timezone: 'UTC',
        dimensions: { store: 'data.store' },
        breakdowns: [[], ['store']],
      }),
    ];
    const b = bench(salesCatalog({ metrics, rules: [aRule({ by: ['store'] })] }));
    b.value(0, 5000);
    b.value(0, 500, { series: '["store","S1"]' });
    b.value(0, 2000, { series: '["store","S2"]' });
    expect(b.tick(1)).toEqual(['firing: breach']);
    expect(JSON.parse(b.messages()[0]?.body ?? '').data.labels).toEqual({ store: 'S1' });
    expect(b.alert('["store","S2"]').machine.condition).toBe('ok');
  });
});

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
    const b = bench(low({ when: 'value > 1000' }));
    b.hour(0, 500);
    expect(b.value(0, 1500, revised(150_000))).toEqual(['firing: breach']);
  });

  test('that makes an older window a breach is recorded, and pages nobody', () => {
    const b = bench(low({ when: 'value > 1000' }));
    b.hour(0, 500);
    b.hour(1, 500);
    expect(b.value(0, 1500, revised(150_000))).toEqual(['revised: clear_to_breach']);
    expect(b.told()).toEqual([]);
  });

  test('that takes one of the two breaches of "2 of 3" away retracts', () => {
    const b = bench(low({ for: { breaches: 2, of: 3 } }));
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

describe('a rule on open windows', () => {
  const high = { evaluate: 'onUpdate', when: 'value > 1000' } as const;

  test('fires on the update that shows it, and ends when a new window is healthy', () => {
    const b = bench(low(high));
    expect(b.value(0, 500)).toEqual([]);
    const more = { accumulators: { contributions: 20, sum: 150_000 } };
    expect(b.value(0, 1500, more)).toEqual(['firing: breach']);
    expect(b.tick(1)).toEqual(['resolved: recovered']);
    expect(b.told()).toEqual(['firing', 'resolved']);
  });

  test('a closed-window rule says nothing about the same open window', () => {
    const b = bench(low({ when: 'value > 1000' }));
    expect(b.value(0, 1500)).toEqual([]);
    expect(b.tick(0.5)).toEqual([]);
    expect(b.tick(1)).toEqual(['firing: breach']);
  });

  test('pending ripens by the watermark, not by updates', () => {
    const b = bench(low({ ...high, for: { durationMs: HOUR / 2 } }));
    expect(b.value(0, 1500)).toEqual(['pending: breach']);
    expect(b.clock(0.9)).toEqual([]);
    expect(b.tick(0.25)).toEqual([]);
    expect(b.tick(0.5)).toEqual(['firing: breach']);
  });

  test('updates of an older window that is still open do not disturb the newest', () => {
    const b = bench(low(high));
    b.value(0, 500);
    b.value(1, 1500);
    expect(b.condition()).toBe('firing');
    expect(b.value(0, 600, { accumulators: { contributions: 20, sum: 60_000 } })).toEqual([]);
    expect(b.condition()).toBe('firing');
  });
});

describe('a rule on open windows, while two windows are open', () => {
  const high = { evaluate: 'onUpdate', when: 'value > 1000' } as const;

  test('the older one that is healthy does not end what the newer one shows', () => {
    const b = bench(low(high));
    b.value(0, 500);
    expect(b.value(1, 1500)).toEqual(['firing: breach']);
    expect(b.tick(0.99)).toEqual([]);
    expect(b.tick(1.01)).toEqual([]);
    expect(b.condition()).toBe('firing');
    expect(b.tick(2)).toEqual(['resolved: recovered']);
    expect(b.told()).toEqual(['firing', 'resolved']);
  });

  test('the older one that nothing came for does not end it either', () => {
    const b = bench(low(high));
    b.value(0, 500);
    b.tick(1.5);
    expect(b.value(2, 1500)).toEqual(['firing: breach']);
    expect(b.tick(1.9)).toEqual([]);
    expect(b.tick(2.1)).toEqual([]);
    expect(b.told()).toEqual(['firing']);
  });

  test('a second episode in one window stands on that window, whatever late data say of a later one', () => {
    const b = bench(low(high));
    const more = (contributions: number, sum: number) => ({ accumulators: { contributions, sum } });
    expect(b.value(0, 1500)).toEqual(['firing: breach']);
    expect(b.value(0, 900, more(11, 90_000))).toEqual(['resolved: recovered']);
    expect(b.value(0, 1600, more(12, 160_000))).toEqual(['firing: breach']);
    b.value(1, 1500);
    b.tick(2);
    b.value(2, 1500);
    const late = { state: 'revised', revision: 1, ...more(20, 50_000) } as const;
    expect(b.value(1, 500, late)).toEqual(['revised: breach_to_clear']);
    expect(b.condition()).toBe('firing');
  });

  test('a breach that the older one shows only when it closes is told, and ends with the newer one', () => {
    const b = bench(low(high));
    b.value(0, 500);
    b.value(1, 600);
    b.value(0, 1500, { accumulators: { contributions: 20, sum: 150_000 } });
    expect(b.tick(1)).toEqual(['firing: breach', 'resolved: recovered']);
  });
});

describe('absence', () => {
  const clocks = (b: ReturnType<typeof bench>, from: number, to: number) => {
    const seen: string[] = [];
    for (let hour = from; hour <= to; hour += 1 / 240) seen.push(...b.clock(hour));
    return seen;
  };

  test('a source that falls silent is told as no data, and its return as the end of it', () => {
    const b = bench();
    b.hour(0, 2000);
    expect(clocks(b, 1, 2.05)).toEqual([]);
    expect(clocks(b, 2.05, 2.2)).toEqual(['nodata: absent']);
    expect(JSON.parse(b.messages()[0]?.body ?? '')).toMatchObject({
      type: 'alert.nodata',
      data: { owner: { accountable: 'team:sales' }, labels: {} },
    });
    b.value(1, 2000);
    expect(b.tick(2)).toEqual(['resolved: data_returned']);
    expect(b.told()).toEqual(['nodata', 'resolved']);
  });

  test('pending does not ripen in silence', () => {
    const b = bench(low({ for: { durationMs: HOUR } }));
    b.hour(0, 900);
    expect(clocks(b, 1, 2.2)).toEqual(['nodata: absent']);
  });

  test('a breach when the data return goes on with what was firing before', () => {
    const b = bench();
    b.hour(0, 900);
    const episode = b.alert().episode?.id;
    clocks(b, 1, 2.2);
    expect(b.condition()).toBe('nodata');
    b.value(1, 800);
    expect(b.tick(2)).toEqual(['firing: breach_again']);
    expect(b.alert().episode?.id).toBe(episode);
    b.value(2, 2000);
    expect(b.tick(3)).toEqual(['resolved: recovered']);
    expect(b.told()).toEqual(['firing', 'nodata', 'firing', 'resolved']);
  });

  test('keepLast leaves a firing alert firing', () => {
    const b = bench(low({ noData: 'keepLast' }));
    b.hour(0, 900);
    expect(clocks(b, 1, 2.2)).toEqual([]);
    expect(b.condition()).toBe('firing');
  });

  test('ok ends a firing alert as a missing series', () => {
    const b = bench(low({ noData: 'ok' }));
    b.hour(0, 900);
    expect(clocks(b, 1, 2.2)).toEqual(['resolved: missing_series']);
  });

  test('breach takes silence for one', () => {
    const b = bench(low({ noData: 'breach' }));
    b.hour(0, 2000);
    expect(clocks(b, 1, 2.2)).toEqual(['firing: breach']);
  });

  test('a closed window without a value is absent for an average', () => {
    const metrics = [aMetric({ timezone: 'UTC', aggregation: 'avg' })];
    const b = bench(salesCatalog({ metrics }));
    b.value(0, 2000);
    b.tick(1);
    expect(b.tick(2)).toEqual(['nodata: absent']);
  });

  test('after alerting itself was away, silence is counted from its return', () => {
    const b = bench();
    b.hour(0, 2000);
    expect(b.clock(9)).toEqual([]);
    expect(clocks(b, 9, 9.05)).toEqual([]);
    expect(clocks(b, 9.05, 9.2)).toEqual(['nodata: absent']);
  });
});

describe('rules that change', () => {
  test('another threshold ends the episode with that reason, and what is red under the new one fires anew', () => {
    const b = bench();
    b.hour(0, 900);
    const first = b.alert().episode?.id;
    expect(b.publish(low({ version: 'r2', when: 'value < 950' }))).toEqual([
      'resolved: rule_changed',
    ]);
    expect(b.tick(1.1)).toEqual(['firing: already_breached']);
    expect(b.alert().episode?.id).not.toBe(first);
    expect(b.told()).toEqual(['firing', 'resolved', 'firing']);
    expect(JSON.parse(b.messages()[1]?.body ?? '').data.alert).toMatchObject({
      outcome: 'rule_changed',
    });
  });

  test('a rule that is removed ends what burned under it', () => {
    const b = bench();
    b.hour(0, 900);
    expect(b.publish(salesCatalog({ rules: [] }))).toEqual(['resolved: rule_removed']);
    expect(b.told()).toEqual(['firing', 'resolved']);
    expect(b.hour(1, 900)).toEqual([]);
  });

  test('a change of severity or runbook has no effect on the state', () => {
    const b = bench();
    b.hour(0, 900);
    expect(b.publish(low({ severity: 'warning', runbook: 'https://runbook' }))).toEqual([]);
    expect(b.hour(1, 900)).toEqual([]);
    expect(b.alert().severity).toBe('warning');
  });

  test('a rule added to a metric that is already red fires once', () => {
    const other = aRule({ id: 'other', when: 'value < 1' });
    const b = bench(salesCatalog({ rules: [other] }));
    b.hour(0, 900);
    b.hour(1, 900);
    b.publish(salesCatalog({ rules: [other, aRule()] }));
    expect(b.tick(2.1)).toEqual(['firing: already_breached']);
    expect(b.hour(2, 900)).toEqual([]);
    expect(b.told()).toEqual(['firing']);
  });
});

test('a reminder comes after the interval, at most as often as the rule says', () => {
  const b = bench(low({ notify: { repeatMs: [2 * HOUR], max: 1 } }));
  b.hour(0, 900);
  b.hour(1, 900);
  expect(b.clock(2.9)).toEqual([]);
  b.hour(2, 900);
  expect(b.clock(3)).toEqual(['repeated: repeat_interval']);
  b.hour(3, 900);
  b.hour(4, 900);
  expect(b.clock(6)).toEqual([]);
  b.hour(5, 2000);
  expect(b.told()).toEqual(['firing', 'repeated', 'resolved']);
});
