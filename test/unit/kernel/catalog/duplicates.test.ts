import { expect, test } from 'vitest';
import { buildCatalog } from '../../../../services/kernel/catalog/build.ts';
import type { Json } from '../../../../services/kernel/json.ts';
import { catalogTools } from '../../../../services/platform/catalog/tools.ts';
import { aDocuments, changed } from '../../../support/catalog-documents.ts';

type Spec = { readonly [key: string]: Json };

const simple = (id: string, spec: Spec): Json => ({
  apiVersion: 'tidemark/v1',
  kind: 'Metric',
  metadata: { id, name: id, owner: 'person:anna' },
  spec: { type: 'simple', event: 'shop.order', timezone: 'Europe/London', ...spec },
});
const derived = (id: string, formula: string, unit: Spec = { code: 'ratio' }): Json => ({
  apiVersion: 'tidemark/v1',
  kind: 'Metric',
  metadata: { id, name: id, owner: 'person:anna' },
  spec: { type: 'derived', formula, unit },
});
const faultsOf = (...more: readonly Json[]) =>
  buildCatalog([...aDocuments(), ...more], catalogTools).faults;

const ORDERS = { where: '!data.cancelled', aggregation: 'count' };
const store = { dimensions: { store: 'data.store' }, breakdowns: [[], ['store']] };

test.each<[string, Json]>([
  [
    'the same in other words',
    simple('twin', { ...ORDERS, ...store, where: 'data.cancelled == false' }),
  ],
  [
    'fewer grains and a shorter memory',
    simple('twin', {
      ...ORDERS,
      ...store,
      grains: ['minute'],
      retention: { minute: 'P1D' },
      maxSeries: 5,
    }),
  ],
  [
    'a dimension that no breakdown keeps',
    simple('twin', {
      ...ORDERS,
      dimensions: { store: 'data.store', other: 'data.store' },
      breakdowns: [['store']],
    }),
  ],
  [
    'another unit of the same places',
    simple('twin', { ...ORDERS, ...store, unit: { code: 'orders' } }),
  ],
  ['a formula that is a metric', derived('twin', 'orders', { code: 'count', scale: 0 })],
])('%s is a duplicate of orders, and both places are named', (_what, twin) => {
  const [fault, ...others] = faultsOf(twin);
  expect(others).toEqual([]);
  expect(fault).toMatchObject({
    document: aDocuments().length,
    path: ['metadata', 'id'],
    code: 'definition_duplicate',
    related: { document: 3, path: ['metadata', 'id'] },
  });
  expect(fault?.message).toContain('twin computes exactly what orders does');
});

test('formulas that are one when they are multiplied out are duplicates', () => {
  const [fault, ...others] = faultsOf(derived('twin', '(cancels * 2) / (orders * 2)'));
  expect([fault?.message, others]).toEqual([
    expect.stringContaining('twin computes exactly what rate does'),
    [],
  ]);
});

test.each<[string, Json]>([
  ['another filter', simple('other', { ...ORDERS, ...store, where: 'true' })],
  [
    'another dimension',
    simple('other', {
      ...ORDERS,
      dimensions: { store: 'data.store + "x"' },
      breakdowns: [[], ['store']],
    }),
  ],
  ['no dimension', simple('other', ORDERS)],
  ['another zone', simple('other', { ...ORDERS, ...store, timezone: 'UTC' })],
  ['another lateness', simple('other', { ...ORDERS, ...store, lateness: 'PT1H' })],
  ['another finest grain', simple('other', { ...ORDERS, ...store, grains: ['hour', 'day'] })],
  ['another first event', simple('other', { ...ORDERS, ...store, eventsFrom: '2026-01-01' })],
  ['other places', simple('other', { ...ORDERS, ...store, unit: { code: 'count', scale: 1 } })],
  ['another scale of a ratio', derived('other', 'cancels / orders', { code: 'ratio', scale: 2 })],
  ['the ratio upside down', derived('other', 'orders / cancels')],
])('%s makes it another metric', (_what, other) => expect(faultsOf(other)).toEqual([]));

test('the later document is at fault, in whatever order they are built', () => {
  const twin = simple('a-twin', { ...ORDERS, ...store });
  const { faults } = buildCatalog([twin, ...aDocuments()], catalogTools);
  expect(faults).toMatchObject([{ document: 4, related: { document: 0 } }]);
});

test('rules of one version and severity are duplicates, whatever their names', () => {
  const twin = changed(aDocuments(), 'AlertRule/orders-low', {
    metadata: { id: 'orders-down' },
  }).find((one) => (one as { kind?: Json }).kind === 'AlertRule') as Json;
  expect(faultsOf(twin)).toMatchObject([
    { code: 'definition_duplicate', related: { document: 5 } },
  ]);
});

test('an alias leads to one metric only', () => {
  const alias = (key: string, ...aliases: readonly string[]) => ({ key, aliases });
  const faultsWith = (...all: readonly { key: string; aliases: readonly string[] }[]) =>
    buildCatalog(
      all.reduce(
        (documents, { key, aliases }) => changed(documents, key, { metadata: { aliases } }),
        aDocuments(),
      ),
      catalogTools,
    ).faults.map(({ code, path, message }) => `${code} ${path.join('.')} ${message}`);
  expect(faultsWith(alias('Metric/orders', 'bookings', '订单'))).toEqual([]);
  expect(faultsWith(alias('Metric/orders', 'x', 'Rate'))).toEqual([
    'id_taken metadata.aliases.1 Rate is a name of rate already',
  ]);
  expect(faultsWith(alias('Metric/cancels', 'gone'), alias('Metric/orders', 'Gone'))).toEqual([
    'id_taken metadata.aliases.0 Gone is a name of cancels already',
  ]);
  expect(faultsWith(alias('Metric/orders', 'a', 'A'))).toEqual([
    'id_taken metadata.aliases.1 A is said twice',
  ]);
});

test('a code names one metric only, and has no spaces around it', () => {
  const faultsWith = (orders: Record<string, Json>, cancels: Record<string, Json> = {}) =>
    buildCatalog(
      changed(changed(aDocuments(), 'Metric/orders', { metadata: orders }), 'Metric/cancels', {
        metadata: cancels,
      }),
      catalogTools,
    ).faults.map(({ code, path, message }) => `${code} ${path.join('.')} ${message}`);
  expect(faultsWith({ code: 'OPS-007' }, { code: 'OPS-008' })).toEqual([]);
  expect(faultsWith({ code: 'ops-007' }, { code: 'OPS-007' })).toEqual([
    'id_taken metadata.code ops-007 is a name of cancels already',
  ]);
  expect(faultsWith({ code: 'Rate' })).toEqual([
    'id_taken metadata.code Rate is a name of rate already',
  ]);
  expect(faultsWith({ code: 'OPS-007' }, { aliases: ['ops-007'] })).toEqual([
    'id_taken metadata.code OPS-007 is a name of cancels already',
  ]);
  expect(faultsWith({ code: ' OPS' })).toMatchObject([
    expect.stringMatching(/^field_invalid metadata\.code /),
  ]);
});
