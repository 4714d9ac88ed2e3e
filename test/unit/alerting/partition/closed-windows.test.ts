import { describe, expect, test } from 'vitest';
import { bench, aRule, lowSales, HOUR, salesCatalog, T0 } from '../../../support/alerting.ts';
import { aMetric } from '../../../support/metrics.ts';

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
    const b = bench(lowSales({ minCount: 20 }));
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
    const b = bench(lowSales({ clear: 'value >= 1100' }));
    expect(b.hour(0, 1050)).toEqual([]);
    expect(b.hour(1, 900)).toEqual(['firing: breach']);
    expect(b.hour(2, 1050)).toEqual([]);
    expect(b.hour(3, 950)).toEqual([]);
    expect(b.hour(4, 1050)).toEqual([]);
    expect(b.hour(5, 1100)).toEqual(['resolved: recovered']);
    expect(b.told()).toEqual(['firing', 'resolved']);
  });

  test('2 of 3: one breach is pending, a second within three windows fires', () => {
    const b = bench(lowSales({ for: { breaches: 2, of: 3 } }));
    expect(b.hour(0, 900)).toEqual(['pending: breach']);
    expect(b.hour(1, 2000)).toEqual(['cleared: near_miss']);
    expect(b.hour(2, 900)).toEqual(['firing: breach']);
    expect(b.told()).toEqual(['firing']);
  });

  test('breaches of an episode that ended do not count for the next one', () => {
    const b = bench(lowSales({ for: { breaches: 2, of: 3 } }));
    b.hour(0, 900);
    b.hour(1, 900);
    expect(b.hour(2, 2000)).toEqual(['resolved: recovered']);
    expect(b.hour(3, 900)).toEqual(['pending: breach']);
  });

  test('for a duration: fires when the breach has lasted that long in event time', () => {
    const b = bench(lowSales({ for: { durationMs: 2 * HOUR } }));
    expect(b.hour(0, 900)).toEqual(['pending: breach']);
    expect(b.hour(1, 900)).toEqual([]);
    expect(b.hour(2, 900)).toEqual(['firing: breach']);
    expect(b.alert().episode?.startedAtMs).toBe(T0 + HOUR);
  });

  test('keepFiring: must stay healthy that long; a breach meanwhile goes on with the episode', () => {
    const b = bench(lowSales({ keepFiringMs: 2 * HOUR }));
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
    const b = bench(lowSales({ when: 'value < previous' }));
    expect(b.hour(0, 500)).toEqual([]);
    expect(b.hour(1, 400)).toEqual(['firing: breach']);
    expect(b.hour(2, 600)).toEqual(['resolved: recovered']);
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
