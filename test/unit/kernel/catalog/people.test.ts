import { expect, test } from 'vitest';
import { buildCatalog } from '../../../../services/kernel/catalog/build.ts';
import type { Json } from '../../../../services/kernel/json.ts';
import { catalogTools } from '../../../../services/platform/catalog/tools.ts';
import { aDocuments } from '../../../support/catalog-documents.ts';

const build = (...more: readonly Json[]) => buildCatalog([...aDocuments(), ...more], catalogTools);
const document = (kind: string, id: string, spec: Json): Json => ({
  apiVersion: 'tidemark/v1',
  kind,
  metadata: { id },
  spec,
});
const faultsOf = (...more: readonly Json[]) =>
  build(...more).faults.map(({ path, message }) => `${path.join('.')}: ${message}`);

test('a person has quiet hours, absences and a digest', () => {
  const spec = {
    quietHours: [
      { from: '22:00', to: '07:00' },
      { from: '00:00', to: '24:00', days: ['sat', 'sun'] },
    ],
    absences: [{ from: '2026-07-01', to: '2026-07-15', deputy: 'person:anna' }],
    digest: { every: 'week', at: '08:00', weekday: 'mon' },
  };
  const { catalog, faults } = build(document('Person', 'li-wei', spec));
  expect(faults).toEqual([]);
  expect(catalog.people.get('li-wei')).toMatchObject(spec);
});

test('hours, absences and digests that mean nothing are refused where they stand', () => {
  expect(
    faultsOf(
      document('Person', 'li-wei', {
        quietHours: [{ from: '24:00', to: '07:00' }],
        absences: [
          { from: '2026-07-15', to: '2026-07-15' },
          { from: '2026-07-15', to: '2026-07-16', deputy: 'person:nobody' },
        ],
        digest: { every: 'day', at: '08:00', weekday: 'mon' },
      }),
    ),
  ).toEqual([
    expect.stringContaining('spec.quietHours.0.from: spec.quietHours[0].from must be a time'),
    expect.stringContaining('spec.absences.0.to: spec.absences[0].to must be later than from'),
    expect.stringContaining('spec.digest.weekday: spec.digest.weekday is only of every: week'),
  ]);
  expect(
    faultsOf(document('Person', 'li-wei', { quietHours: [{ from: '07:00', to: '07:00' }] })),
  ).toEqual([expect.stringContaining('a whole day is from "00:00" to "24:00"')]);
  expect(
    faultsOf(
      document('Person', 'li-wei', {
        absences: [{ from: '2026-07-15', to: '2026-07-16', deputy: 'person:nobody' }],
      }),
    ),
  ).toEqual([expect.stringContaining('spec.absences.0.deputy: there is no Person nobody')]);
});

test('a subscription follows a metric, a rule or a member', () => {
  const { catalog, faults } = build(
    document('Subscription', 'a', { who: 'person:anna', metric: 'orders', severity: 'warning' }),
    document('Subscription', 'b', {
      who: 'person:anna',
      rule: 'orders-low',
      where: { store: 'S1' },
    }),
    document('Subscription', 'c', { who: 'person:anna', where: { store: 'S1' } }),
  );
  expect(faults).toEqual([]);
  expect([...(catalog.subscriptions?.values() ?? [])]).toEqual([
    { id: 'a', who: 'person:anna', metric: 'orders', where: {}, severity: 'warning' },
    { id: 'b', who: 'person:anna', rule: 'orders-low', where: { store: 'S1' }, severity: 'info' },
    { id: 'c', who: 'person:anna', where: { store: 'S1' }, severity: 'info' },
  ]);
});

test.each([
  [{ who: 'person:anna' }, 'needs a metric, a rule or where'],
  [{ who: 'person:nobody', metric: 'orders' }, 'there is no Person nobody'],
  [{ who: 'person:anna', metric: 'order' }, 'there is no Metric order; did you mean orders?'],
  [{ who: 'person:anna', rule: 'orders-lo' }, 'there is no AlertRule orders-lo'],
  [{ who: 'person:anna', metric: 'orders', receiver: 'x' }, 'there is no Receiver x'],
  [{ who: 'person:anna', metric: 'orders', where: { shop: 'S1' } }, 'not broken down by shop'],
  [{ who: 'person:anna', rule: 'orders-low', metric: 'cancels' }, 'watches orders, not cancels'],
] as const)('the subscription %j is refused: %s', (spec, message) => {
  expect(faultsOf(document('Subscription', 'a', spec as Json))).toEqual([
    expect.stringContaining(message),
  ]);
});

test('alerts of one incident are told together, by settings or as their rule says', () => {
  const { catalog, faults } = build(
    document('Settings', 'default', { group: { by: 'parent', wait: 'PT10S' } }),
    document('AlertRule', 'cancels-high', {
      metric: 'cancels',
      window: 'PT1H',
      when: 'value > 10',
      notify: { group: { by: { dimension: 'store' } } },
    }),
  );
  expect(faults.filter(({ path }) => path[0] === 'spec')).toEqual([]);
  expect(catalog.settings.group).toEqual({ by: 'parent', waitMs: 10_000, intervalMs: 300_000 });
});

test('a digest that only an Alertmanager would get is refused where it is asked for', () => {
  const digest = { every: 'day', at: '08:00' };
  const alertmanager = document('Receiver', 'am', {
    type: 'alertmanager',
    url: 'http://127.0.0.1:9093',
  });
  const hook = document('Receiver', 'am-hook', {
    type: 'webhook',
    url: 'https://hooks.example/am',
    format: 'alertmanager',
    secret: { env: 'AM_SECRET' },
  });
  const mail = document('Receiver', 'screen', { type: 'browser' });
  const all = [alertmanager, hook, mail];
  const follows = (receiver: string) =>
    document('Subscription', 'a', { who: 'person:anna', metric: 'orders', receiver, digest });
  const own = (...receivers: string[]) => document('Person', 'li-wei', { receivers, digest });
  expect(faultsOf(...all, follows('screen'), own('am', 'screen'))).toEqual([]);
  expect(faultsOf(...all, follows('am-hook'), own('am', 'am-hook'))).toEqual([
    expect.stringContaining('spec.receiver: the receiver am-hook takes alerts alone, no digests'),
    expect.stringContaining('spec.digest: each of its receivers (am, am-hook) takes alerts alone'),
  ]);
});
