import { describe, expect, test } from 'vitest';
import { aRule, bench, HOUR, lowSales, salesCatalog } from '../../../support/alerting.ts';

describe('rules that change', () => {
  test('another threshold ends the episode with that reason, and what is red under the new one fires anew', () => {
    const b = bench();
    b.hour(0, 900);
    const first = b.alert().episode?.id;
    expect(b.publish(lowSales({ version: 'r2', when: 'value < 950' }))).toEqual([
      'resolved: rule_changed',
    ]);
    expect(b.tick(1.1)).toEqual(['firing: already_breached']);
    expect(b.alert().episode?.id).not.toBe(first);
    expect(b.told()).toEqual(['firing', 'resolved', 'firing']);
    expect(JSON.parse(b.messages()[1]?.body ?? '').data.alert).toMatchObject({
      outcome: 'rule_changed',
    });
  });

  test('after an edit to longer windows nothing is told of the shorter ones', () => {
    const open = { evaluate: 'onUpdate', when: 'value > 100' } as const;
    const b = bench(lowSales(open));
    b.tick(5);
    b.value(5, 10);
    expect(b.alert().last).toMatchObject({ value: '10.00' });
    const window = { kind: 'tumbling', sizeMs: 24 * HOUR } as const;
    b.publish(lowSales({ ...open, window, version: 'r2' }));
    expect(b.alert().last).toBeNull();
    b.value(6, 200);
    expect(b.emitted.at(-1)?.alert.last).toMatchObject({ value: '210.00', verdict: 'breach' });
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
    expect(b.publish(lowSales({ severity: 'warning', runbook: 'https://runbook' }))).toEqual([]);
    expect(b.hour(1, 900)).toEqual([]);
    expect(b.alert().severity).toBe('warning');
  });

  test('a rule that comes back while its end is owed is as grave as it is now', () => {
    const b = bench();
    b.hour(0, 900);
    b.publish(salesCatalog({ rules: [] }));
    b.publish(lowSales({ severity: 'info' }));
    expect(b.alert().severity).toBe('info');
    expect(
      b.publish(lowSales({ severity: 'warning', when: 'value < 950', version: 'r2' })),
    ).toEqual([]);
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
