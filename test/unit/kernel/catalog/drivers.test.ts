import { expect, test } from 'vitest';
import { buildCatalog } from '../../../../services/kernel/catalog/build.ts';
import { reportDriverCycles } from '../../../../services/kernel/catalog/drivers.ts';
import type { Driver } from '../../../../services/kernel/definitions.ts';
import type { Json } from '../../../../services/kernel/json.ts';
import { catalogTools } from '../../../../services/platform/catalog/tools.ts';
import { aDocuments, changed } from '../../../support/catalog-documents.ts';

const build = (documents: readonly Json[]) => buildCatalog(documents, catalogTools);

/** The metric tree with these edges, `a>b` for b drives a. */
function cyclesOf(...edges: readonly string[]): readonly string[] {
  const metrics = new Map<string, { id: string; drivers: Driver[] }>();
  for (const edge of edges) {
    const [id = '', metric = ''] = edge.split('>');
    const known = metrics.get(id) ?? { id, drivers: [] };
    known.drivers.push({ metric, operator: '+' });
    metrics.set(id, known);
  }
  const found: string[] = [];
  reportDriverCycles(metrics, (id) => (path, { message }) => {
    found.push(`${id} ${path.join('.')}: ${message}`);
  });
  return found;
}

test('a metric keeps the drivers that its document names, and its version does not change by them', () => {
  const drivers = [{ metric: 'cancels', operator: '-' }];
  const documents = changed(aDocuments(), 'Metric/orders', { spec: { drivers } });
  const { catalog, faults } = build(documents);
  expect(faults).toEqual([]);
  expect(catalog.metrics.get('orders')).toMatchObject({ drivers });
  expect(catalog.metrics.get('orders')?.version).toBe(
    build(aDocuments()).catalog.metrics.get('orders')?.version,
  );
});

test.each([
  [['a>b', 'b>c', 'a>c'], []],
  [['a>a'], ['a spec.drivers.0.metric: it drives itself: a → a']],
  [['a>b', 'b>a'], ['a spec.drivers.0.metric: it drives itself: a → b → a']],
  [['c>a', 'a>x', 'a>b', 'b>c'], ['a spec.drivers.1.metric: it drives itself: a → b → c → a']],
])('of the tree %j these metrics drive themselves: %j', (edges, cycles) =>
  expect(cyclesOf(...edges)).toEqual(cycles),
);

test('a metric that drives itself through another is refused where its driver stands', () => {
  const edge = (metric: string) => ({ spec: { drivers: [{ metric, operator: '/' }] } });
  const documents = changed(
    changed(aDocuments(), 'Metric/orders', edge('rate')),
    'Metric/rate',
    edge('orders'),
  );
  expect(build(documents).faults).toMatchObject([
    { code: 'definition_cycle', message: 'it drives itself: orders → rate → orders' },
  ]);
});

test('a source has an owner and an idle time-out; settings name the watchdog', () => {
  const source = changed(aDocuments(), 'EventType/shop.order', {
    metadata: { owner: 'person:anna' },
    spec: { idleTimeout: 'PT15M' },
  });
  const documents: Json[] = [
    ...source,
    {
      apiVersion: 'tidemark/v1',
      kind: 'Settings',
      metadata: { id: 'default' },
      spec: { watchdog: { receiver: 'nobody' }, driverShare: 60 },
    },
  ];
  const { catalog, faults } = build(documents);
  expect(faults.map(({ message }) => message)).toEqual(['there is no Receiver nobody']);
  expect(catalog.eventTypes.get('shop.order')).toMatchObject({
    owner: 'person:anna',
    idleTimeoutMs: 900_000,
  });
});

test.each(['source-silent', 'rule-degraded', 'receiver-unreachable', 'watchdog'])(
  'the id %s is of a rule of the system itself',
  (id) => {
    const documents = changed(aDocuments(), 'AlertRule/orders-low', { metadata: { id } });
    expect(build(documents).faults).toMatchObject([{ code: 'id_taken', path: ['metadata', 'id'] }]);
  },
);
