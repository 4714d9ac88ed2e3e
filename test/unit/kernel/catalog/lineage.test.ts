import { expect, test } from 'vitest';
import { buildCatalog } from '../../../../services/kernel/catalog/build.ts';
import { lineageOf } from '../../../../services/kernel/catalog/lineage.ts';
import type { Json } from '../../../../services/kernel/json.ts';
import { catalogTools } from '../../../../services/platform/catalog/tools.ts';
import { aDocuments, changed } from '../../../support/catalog-documents.ts';

const follows: Json = {
  apiVersion: 'tidemark/v1',
  kind: 'Subscription',
  metadata: { id: 'anna-follows' },
  spec: { who: 'person:anna', rule: 'orders-low' },
};
const plan: Json = {
  apiVersion: 'tidemark/v1',
  kind: 'Target',
  metadata: { id: 'order-plan' },
  spec: { metric: 'orders', window: 'month', values: [{ value: 100 }] },
};
const { catalog } = buildCatalog([...aDocuments(), follows, plan], catalogTools);
const edgesOf = (metric: string): readonly string[] =>
  (lineageOf(metric, catalog, catalogTools)?.edges ?? [])
    .map(({ from, as, to }) => `${from} ${as} ${to}`)
    .toSorted();

test('a metric is followed from the field of its event to the people that it reaches', () => {
  expect(edgesOf('orders')).toEqual([
    'AlertRule/orders-low follows Subscription/anna-follows',
    'EventType/shop.order has Field/shop.order#data.cancelled',
    'EventType/shop.order has Field/shop.order#data.store',
    'Field/shop.order#data.cancelled where Metric/orders',
    'Field/shop.order#data.store dimension store Metric/orders',
    'Metric/orders answers for Responsibility/owners',
    'Metric/orders formula Metric/rate',
    'Metric/orders plans Target/order-plan',
    'Metric/orders watches AlertRule/orders-low',
  ]);
});

test('a metric comes from the calendar that it names, also by its inputs', () => {
  const fiscal: Json = {
    apiVersion: 'tidemark/v1',
    kind: 'Calendar',
    metadata: { id: 'fiscal' },
    spec: { firstMonth: 4 },
  };
  const named = ['orders', 'cancels'].reduce(
    (all, id) => changed(all, `Metric/${id}`, { spec: { calendar: 'fiscal' } }),
    aDocuments(),
  );
  const built = buildCatalog([...named, fiscal], catalogTools);
  expect(built.faults).toEqual([]);
  const lineage = lineageOf('rate', built.catalog, catalogTools);
  expect(lineage?.nodes).toContainEqual({ kind: 'Calendar', id: 'fiscal' });
  expect(
    lineage?.edges.filter(({ from }) => from === 'Calendar/fiscal').map(({ to, as }) => [to, as]),
  ).toEqual([
    ['Metric/cancels', 'calendar'],
    ['Metric/orders', 'calendar'],
    ['Metric/rate', 'calendar'],
  ]);
});

test('a rule that compares with a target comes from it', () => {
  const hours = { ...(plan as object), spec: { metric: 'orders', by: ['store'], window: 'PT1H' } };
  const values = { ...hours.spec, values: [{ value: 100 }] };
  const documents = changed(aDocuments(), 'AlertRule/orders-low', {
    spec: { when: 'value < target * 0.5' },
  });
  const built = buildCatalog([...documents, { ...hours, spec: values }], catalogTools);
  expect(built.faults).toEqual([]);
  const edges = lineageOf('orders', built.catalog, catalogTools)?.edges ?? [];
  expect(edges.map(({ from, as, to }) => `${from} ${as} ${to}`)).toContain(
    'Target/order-plan compared by AlertRule/orders-low',
  );
});

test('a derived metric comes from the fields of all its inputs; what else they feed is left out', () => {
  const nodes = lineageOf('rate', catalog, catalogTools)?.nodes ?? [];
  expect(nodes.map(({ kind, id }) => `${kind}/${id}`)).toEqual([
    'EventType/shop.order',
    'Field/shop.order#data.cancelled',
    'Field/shop.order#data.store',
    'Metric/cancels',
    'Metric/orders',
    'Metric/rate',
  ]);
});

test('a metric that reads no field counts events; a driver is an edge of its own', () => {
  const documents = changed(aDocuments(), 'Metric/orders', {
    spec: {
      where: null,
      dimensions: null,
      breakdowns: null,
      drivers: [{ metric: 'cancels', operator: '-' }],
    },
  });
  const built = buildCatalog(
    documents.filter(
      (one) =>
        (one as { kind?: Json }).kind === 'Metric' ||
        (one as { kind?: Json }).kind === 'EventType' ||
        (one as { kind?: Json }).kind === 'Person',
    ),
    catalogTools,
  ).catalog;
  const edges = lineageOf('orders', built, catalogTools)?.edges ?? [];
  expect(edges).toContainEqual({ from: 'EventType/shop.order', to: 'Metric/orders', as: 'counts' });
  expect(edges).toContainEqual({ from: 'Metric/cancels', to: 'Metric/orders', as: 'driver -' });
});

test('of a metric that does not exist there is none', () =>
  expect(lineageOf('nope', catalog, catalogTools)).toBeUndefined());
