import { expect, test } from 'vitest';
import { inChinese } from '../../../../services/console/core/catalog/chinese/say.ts';
import type { Json } from '../../../../services/kernel/json.ts';
import { impactOfChanges } from '../../../../services/platform/catalog/impact.ts';
import { keyOf } from '../../../../services/platform/catalog/plan.ts';
import { aDocuments, changed } from '../../../support/catalog-documents.ts';

const published = new Map(aDocuments().map((document) => [keyOf(document), document]));
type Change = Parameters<typeof changed>[2];
const impactsOf = (key: string, change: Change, others: readonly [string, Change][] = []) => {
  const documents = [[key, change] as const, ...others].reduce(
    (all, [of, by]) => changed(all, of, by),
    aDocuments(),
  );
  const impacts = impactOfChanges(
    published,
    documents.map((document) => ({ key: keyOf(document), document })),
  );
  for (const { message } of impacts) expect(inChinese(message), message).toMatch(/\p{Script=Han}/u);
  return impacts;
};
const amount = {
  name: 'amount',
  type: { type: 'bytes', logicalType: 'decimal', precision: 18, scale: 2 },
};
const store = { name: 'store', type: 'string' };
const cancelled = { name: 'cancelled', type: 'boolean', default: false };
const schema = (...fields: readonly Json[]): Change => ({
  spec: { avro: { type: 'record', name: 'Order', fields } },
});

test('words, owners and people are no impact', () => {
  expect(impactsOf('Metric/orders', { metadata: { name: 'Bookings' } })).toEqual([]);
  expect(impactsOf('Person/anna', { spec: { locale: 'zh-CN' } })).toEqual([]);
});

test('a field that goes breaks what reads it, all that depends on that, and producers', () => {
  const impacts = impactsOf('EventType/shop.order', schema(store, amount));
  expect(impacts.filter(({ code }) => code === 'definition_broken')).toMatchObject([
    { subject: 'Metric/cancels', path: ['spec', 'where'], isBreaking: true },
    { subject: 'Metric/orders', path: ['spec', 'where'], isBreaking: true },
  ]);
  expect(impacts.find(({ code }) => code === 'field_removed')).toEqual({
    code: 'field_removed',
    subject: 'EventType/shop.order',
    path: ['spec', 'avro', 'cancelled'],
    message: 'data.cancelled goes: events that still have it are refused',
    isBreaking: true,
    affects: [
      'AlertRule/orders-low',
      'Metric/cancels',
      'Metric/orders',
      'Metric/rate',
      'Responsibility/owners',
      'producers',
    ],
  });
});

test('a field that nobody reads may go where unknown fields are ignored', () => {
  const change = schema(store, cancelled);
  const ignoring = { spec: { ...change.spec, unknownFields: 'ignore' } };
  expect(impactsOf('EventType/shop.order', ignoring)).toMatchObject([
    { code: 'field_removed', isBreaking: false, affects: [] },
  ]);
  expect(impactsOf('EventType/shop.order', change)).toMatchObject([
    { code: 'field_removed', isBreaking: true, affects: ['producers'] },
  ]);
});

test('a renamed field and one of another type are told as such', () => {
  const renamed = { ...cancelled, name: 'void' };
  const impact = impactsOf('EventType/shop.order', schema(store, amount, renamed)).find(
    ({ code }) => code === 'field_renamed',
  );
  expect(impact?.message).toBe(
    'data.cancelled becomes data.void: events with the old name are refused',
  );
  const typed = impactsOf(
    'EventType/shop.order',
    schema(store, amount, { ...cancelled, type: 'string', default: '' }),
  );
  expect(typed.map(({ code }) => code)).toContain('field_type_changed');
});

test('a new field with default is no impact, one without refuses events', () => {
  const more = { name: 'note', type: 'string' };
  expect(
    impactsOf('EventType/shop.order', schema(store, amount, cancelled, { ...more, default: '' })),
  ).toEqual([]);
  expect(impactsOf('EventType/shop.order', schema(store, amount, cancelled, more))).toMatchObject([
    { code: 'field_required', isBreaking: true, affects: ['producers'] },
  ]);
});

test.each<[string, Change, string, boolean]>([
  ['grains', { spec: { grains: ['hour', 'day'] } }, 'grain_removed', true],
  ['breakdowns', { spec: { breakdowns: [[]] } }, 'breakdown_removed', true],
  ['unit', { spec: { unit: { code: 'orders' } } }, 'unit_changed', true],
  ['filter', { spec: { where: 'data.amount > 1.00' } }, 'values_changed', false],
])('another %s of a metric: %s', (_what, change, code, isBreaking) => {
  const impact = impactsOf('Metric/orders', change).find(
    (one) => one.code === code && one.subject === 'Metric/orders',
  );
  expect(impact).toMatchObject({
    isBreaking,
    affects: ['AlertRule/orders-low', 'Metric/rate', 'Responsibility/owners', 'readers'],
  });
});

test('a target that goes breaks the rule that compares with it, and a metric’s change names both', () => {
  const plan: Json = {
    apiVersion: 'tidemark/v1',
    kind: 'Target',
    metadata: { id: 'plan' },
    spec: { metric: 'orders', by: ['store'], window: 'hour', values: [{ value: 10 }] },
  };
  const when = { spec: { when: 'value < target' } };
  const documents = [...changed(aDocuments(), 'AlertRule/orders-low', when), plan];
  const before = new Map(documents.map((document) => [keyOf(document), document]));
  expect(impactOfChanges(before, [{ key: 'Target/plan' }])).toMatchObject([
    { code: 'definition_broken', subject: 'AlertRule/orders-low', path: ['spec', 'when'] },
  ]);
  const fewer = changed(documents, 'Metric/orders', { spec: { grains: ['day'] } });
  const impacts = impactOfChanges(
    before,
    fewer.map((document) => ({ key: keyOf(document), document })),
  );
  expect(impacts.map(({ code, subject }) => `${code} ${subject}`)).toContain(
    'definition_broken Target/plan',
  );
  expect(impacts.find(({ code }) => code === 'grain_removed')?.affects).toEqual(
    expect.arrayContaining(['AlertRule/orders-low', 'Target/plan']),
  );
});

test('another zone is breaking: days are others', () => {
  const zone: Change = { spec: { timezone: 'UTC' } };
  const impacts = impactsOf('Metric/orders', zone, [['Metric/cancels', zone]]);
  expect(impacts.filter(({ isBreaking }) => isBreaking).map(({ code }) => code)).toEqual([
    'timezone_changed',
    'timezone_changed',
    'timezone_changed',
  ]);
});

test('a metric that goes breaks what still names it', () => {
  const impacts = impactOfChanges(published, [{ key: 'Metric/orders' }]);
  expect(impacts.map(({ code, subject }) => `${code} ${subject}`)).toEqual([
    'definition_broken Metric/rate',
    'definition_broken AlertRule/orders-low',
    'definition_broken Responsibility/owners',
    'metric_removed Metric/orders',
    'metric_removed Metric/rate',
  ]);
});
