import { expect, test } from 'vitest';
import { documentItem } from '../../../../services/console/core/catalog/answers.ts';
import { metricSummary } from '../../../../services/console/core/metric-answer.ts';
import { buildCatalog } from '../../../../services/kernel/catalog/build.ts';
import { UNBORN } from '../../../../services/kernel/catalog/life.ts';
import type { MetricDefinition } from '../../../../services/kernel/definitions.ts';
import type { Json } from '../../../../services/kernel/json.ts';
import { catalogTools } from '../../../../services/platform/catalog/tools.ts';
import { aDocuments, changed } from '../../../support/catalog-documents.ts';

const settings = (domains: Json): Json => ({
  apiVersion: 'tidemark/v1',
  kind: 'Settings',
  metadata: { id: 'default' },
  spec: { domains },
});
const inDomain = (domain: string) =>
  changed(aDocuments(), 'Metric/orders', { metadata: { domain } });
const build = (domain: string, domains: Json) =>
  buildCatalog([...inDomain(domain), settings(domains)], catalogTools);
const NAMES = { shop: { en: 'The shop', zh: '商店' }, ads: 'Advertising' };

test.each([
  ['shop', { en: 'The shop', zh: '商店' }],
  ['ads', { en: 'Advertising' }],
  ['toString', undefined],
])('a metric of the domain %s has its name, where the settings say one', (domain, name) => {
  const { catalog, faults } = build(domain, NAMES);
  expect(faults).toEqual([]);
  const orders = catalog.metrics.get('orders') as MetricDefinition;
  const { domain: said, domainName } = metricSummary(catalog, orders, new Map());
  expect([said, domainName]).toEqual([domain, name]);
  const document = JSON.stringify({ metadata: { domain } });
  const draft = { state: 'draft', author: 'a', authors: [], atMs: 1, document } as const;
  const item = documentItem({ kind: 'Metric', id: 'orders', life: { ...UNBORN, draft } }, catalog);
  expect([item.domain, item.domainName]).toEqual([domain, name ?? null]);
});

test('a name of a domain is a text, or one for each language', () => {
  expect(build('shop', { shop: 7 }).faults.map(({ path }) => path)).toEqual([
    ['spec', 'domains', 'shop'],
  ]);
});
