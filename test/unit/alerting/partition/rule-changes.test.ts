import { describe, expect, test } from 'vitest';
import { bench, aRule, lowSales, salesCatalog } from '../../../support/alerting.ts';

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
