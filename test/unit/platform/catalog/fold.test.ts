import { expect, test } from 'vitest';
import { buildCatalog } from '../../../../services/kernel/catalog/build.ts';
import type { Json } from '../../../../services/kernel/json.ts';
import { createCatalogFold } from '../../../../services/platform/catalog/fold.ts';
import { keyOf } from '../../../../services/platform/catalog/plan.ts';
import { catalogTools } from '../../../../services/platform/catalog/tools.ts';
import { aDocuments, changed } from '../../../support/catalog-documents.ts';

const build = buildCatalog(aDocuments(), catalogTools).catalog;
const byKey = (documents: readonly Json[]): ReadonlyMap<string, Json> =>
  new Map(documents.map((document) => [keyOf(document), document]));

test('sound documents are taken whole', () => {
  const fold = createCatalogFold();
  expect(fold.update(byKey(aDocuments()))).toEqual([]);
  expect(fold.current().metrics.size).toBe(3);
});

test('a document that breaks falls back to its last good version, however many faults it has', () => {
  const fold = createCatalogFold();
  fold.update(byKey(aDocuments()));
  const before = fold.current();
  const spec = { aggregation: 'median', timezone: 'Nowhere' };
  const broken = fold.update(byKey(changed(aDocuments(), 'Metric/orders', { spec })));
  expect(broken.map(({ key }) => key)).toEqual(['Metric/orders', 'Metric/orders']);
  expect(fold.current()).toEqual(before);
});

test('a document that never was good is left out, and the others stay', () => {
  const fold = createCatalogFold();
  const spec = { where: 'data.nothing' };
  const broken = fold.update(byKey(changed(aDocuments(), 'Metric/cancels', { spec })));
  expect(broken.map(({ key }) => key)).toEqual(['Metric/cancels', 'Metric/rate']);
  expect([...fold.current().metrics.keys()]).toEqual(['orders']);
});

test('a reference that was withdrawn takes what names it along, until it is back', () => {
  const fold = createCatalogFold();
  fold.update(byKey(aDocuments()));
  const without = aDocuments().filter((one) => keyOf(one) !== 'EventType/shop.order');
  fold.update(byKey(without));
  expect(fold.current().metrics.size).toBe(0);
  expect(fold.update(byKey(aDocuments()))).toEqual([]);
  expect(fold.current().metrics.size).toBe(3);
});

test('of a metric whose version has changed, the newest document with another version is remembered', () => {
  const fold = createCatalogFold();
  const key = 'Metric/orders';
  const orders = (over: Readonly<Record<string, Json>>): readonly Json[] =>
    changed(aDocuments(), key, over);
  const documentOf = (documents: readonly Json[]): Json =>
    documents.find((one) => keyOf(one) === key) as Json;
  const [first, second] = [orders({}), orders({ spec: { lateness: 'P9D' } })];
  const renamed = orders({
    spec: { lateness: 'P9D' },
    metadata: { name: { en: 'Another name', zh: '另名' } },
  });
  fold.update(byKey(first));
  const before = fold.current().metrics.get('orders');
  const earlier = new Map([[key, [documentOf(first), documentOf(second)]]]);
  expect(fold.update(byKey(renamed), { earlier })).toEqual([]);
  expect(fold.current().superseded?.get('orders')).toEqual(before);
  expect(fold.current().metrics.get('orders')?.version).not.toBe(before?.version);
});

test('where only words changed there is no version before', () => {
  const fold = createCatalogFold();
  const key = 'Metric/orders';
  const document = aDocuments().find((one) => keyOf(one) === key) as Json;
  const renamed = changed(aDocuments(), key, { metadata: { name: { en: 'New', zh: '新' } } });
  fold.update(byKey(renamed), { earlier: new Map([[key, [document]]]) });
  expect(fold.current().superseded).toBeUndefined();
});

test('what is in review and would have other values is a candidate, and is published by nobody', () => {
  const fold = createCatalogFold();
  const documentOf = (change: Parameters<typeof changed>[2]): Json =>
    changed(aDocuments(), 'Metric/orders', change).find(
      (one) => keyOf(one) === 'Metric/orders',
    ) as Json;
  const review = (document: Json): string | undefined => {
    fold.update(byKey(aDocuments()), { inReview: new Map([['Metric/orders', document]]) });
    return fold.current().candidates?.get('orders')?.version;
  };
  const published = build.metrics.get('orders')?.version;
  const candidate = review(documentOf({ spec: { where: 'data.amount > 5' } }));
  expect(candidate).toMatch(/^[0-9a-f]{12}$/);
  expect(candidate).not.toBe(published);
  expect(fold.current().metrics.get('orders')?.version).toBe(published);
  expect(review(documentOf({ metadata: { name: 'Bookings' } }))).toBeUndefined();
  expect(review(documentOf({ spec: { where: 'data.nothing' } }))).toBeUndefined();
});

test('a metric that was never published is a candidate while it is in review', () => {
  const fold = createCatalogFold();
  const without = aDocuments().filter(
    (one) => keyOf(one) === 'Person/anna' || keyOf(one) === 'EventType/shop.order',
  );
  const orders = aDocuments().find((one) => keyOf(one) === 'Metric/orders') as Json;
  fold.update(byKey(without), { inReview: new Map([['Metric/orders', orders]]) });
  expect(fold.current().metrics.size).toBe(0);
  expect([...(fold.current().candidates?.keys() ?? [])]).toEqual(['orders']);
});
