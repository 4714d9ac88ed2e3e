import { expect, test } from 'vitest';
import { aRule, bench, HOUR, salesCatalog } from '../../support/alerting.ts';
import type { AlertRuleDefinition } from '../../../services/kernel/definitions.ts';
import { buildCatalog } from '../../../services/kernel/catalog/build.ts';
import { catalogTools } from '../../../services/platform/catalog/tools.ts';
import { aDocuments, changed } from '../../support/catalog-documents.ts';

const withRule = (over: Partial<AlertRuleDefinition>) => salesCatalog({ rules: [aRule(over)] });

test('case 3: a longer `for` asks nothing more of what is pending already', () => {
  const one = bench(withRule({ for: { breaches: 2, of: 3 } }));
  one.hour(0, 10);
  expect(one.condition()).toBe('pending');
  expect(one.publish(withRule({ for: { breaches: 3, of: 3 } }))).toEqual([]);
  one.hour(1, 10);
  expect(one.condition()).toBe('firing');
  // The next one is judged by the rule as it is now.
  one.hour(2, 5000);
  for (const hour of [3, 4]) one.hour(hour, 10);
  expect(one.condition()).toBe('pending');
  one.hour(5, 10);
  expect(one.condition()).toBe('firing');
});

test('case 3: a shorter `for`, or none, does not fire what is pending before its time', () => {
  const one = bench(withRule({ for: { durationMs: 2 * HOUR } }));
  one.hour(0, 10);
  expect(one.publish(withRule({}))).toEqual([]);
  one.hour(1, 10);
  expect(one.condition()).toBe('pending');
  one.hour(2, 10);
  expect(one.condition()).toBe('firing');
});

test('case 3: what fired by its `for` is taken back by that one, whatever the rule says now', () => {
  const one = bench(withRule({ for: { breaches: 2, of: 2 } }));
  one.hour(0, 10);
  one.hour(1, 10);
  expect(one.condition()).toBe('firing');
  one.publish(withRule({}));
  const late = {
    state: 'revised',
    revision: 1,
    accumulators: { contributions: 99, sum: 500_000 },
  } as const;
  expect(one.value(0, 5000, { ...late, value: '5000.00' })).toEqual(['corrected: retracted']);
});

test('case 3: another threshold ends the episode, and the alert begins anew', () => {
  const one = bench(withRule({}));
  one.hour(0, 10);
  expect(one.publish(withRule({ version: 'r2', when: 'value < 5' }))).toEqual([
    'resolved: rule_changed',
  ]);
  expect(one.condition()).toBe('ok');
});

test('case 3: another owner, name or runbook has no effect on the state', () => {
  const one = bench(withRule({}));
  one.hour(0, 10);
  const before = one.alert();
  expect(
    one.publish(withRule({ name: { en: 'Other' }, runbook: 'https://example.com/other' })),
  ).toEqual([]);
  expect(one.alert()).toEqual(before);
});

test('case 16: what is red when its rule begins fires, says so, and escalates with the next window', () => {
  const one = bench(withRule({ when: 'value < 0' }));
  one.hour(0, 10);
  one.publish(withRule({ when: 'value < 0' }));
  one.publish(salesCatalog({ rules: [aRule({ when: 'value < 0' }), aRule({ id: 'new' })] }));
  one.tick(1.1);
  const alert = [...one.state().tracks.values()].find(
    ({ alert: { rule } }) => rule === 'new',
  )?.alert;
  expect(alert?.machine.condition).toBe('firing');
  expect(JSON.parse(one.messages()[0]?.body ?? '')).toMatchObject({
    data: { alert: { rule: 'new', reason: 'already_breached', alreadyBreached: true } },
  });
  expect(alert?.episode?.escalation?.sinceMs ?? null).toBeNull();
});

test('whether it is paused is no part of a rule’s version: what goes on is the same rule', () => {
  const built = (spec: object) =>
    buildCatalog(
      changed(aDocuments(), 'AlertRule/orders-low', { spec: { ...spec } }),
      catalogTools,
    ).catalog.rules.get('orders-low');
  expect(built({ paused: true })).toEqual({ ...built({}), paused: true });
  expect(built({ paused: false })).toEqual(built({}));
});

test('what `for` says is no part of a rule’s version; rules that differ in it alone are two rules', () => {
  const versionOf = (spec: object) =>
    buildCatalog(
      changed(aDocuments(), 'AlertRule/orders-low', { spec: { ...spec } }),
      catalogTools,
    ).catalog.rules.get('orders-low')?.version;
  expect(versionOf({ for: { breaches: 2, of: 3 } })).toBe(versionOf({}));
  expect(versionOf({ when: 'value < 11' })).not.toBe(versionOf({}));
  const rule = aDocuments().find((one) => (one as { kind: string }).kind === 'AlertRule');
  const twin = { ...(rule as object), metadata: { id: 'twin', name: { en: 'Twin' } } };
  const spec = { ...(rule as { spec: object }).spec, for: { breaches: 2, of: 3 } };
  const faultsOf = (one: object) =>
    buildCatalog([...aDocuments(), one as never], catalogTools).faults.map(({ code }) => code);
  expect(faultsOf(twin)).toContain('definition_duplicate');
  expect(faultsOf({ ...twin, spec })).not.toContain('definition_duplicate');
});
