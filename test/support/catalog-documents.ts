import type { Json } from '../../services/kernel/json.ts';

const metadata = { owner: 'person:anna' };
const countBy = (id: string, where: string) => ({
  apiVersion: 'tidemark/v1',
  kind: 'Metric',
  metadata: { id, name: { en: id }, ...metadata },
  spec: {
    type: 'simple',
    event: 'shop.order',
    where,
    aggregation: 'count',
    dimensions: { store: 'data.store' },
    breakdowns: [[], ['store']],
    timezone: 'Europe/London',
  },
});

/** A small sound catalogue: one event type, two simple metrics, their ratio, a rule, who answers for it. */
export const aDocuments = (): readonly Json[] => [
  {
    apiVersion: 'tidemark/v1',
    kind: 'Person',
    metadata: { id: 'anna', name: { en: 'Anna', zh: '安娜' } },
    spec: { locale: 'en' },
  },
  {
    apiVersion: 'tidemark/v1',
    kind: 'EventType',
    metadata: { id: 'shop.order' },
    spec: {
      avro: {
        type: 'record',
        name: 'Order',
        fields: [
          { name: 'store', type: 'string' },
          {
            name: 'amount',
            type: { type: 'bytes', logicalType: 'decimal', precision: 18, scale: 2 },
          },
          { name: 'cancelled', type: 'boolean', default: false },
        ],
      },
    },
  },
  countBy('cancels', 'data.cancelled'),
  countBy('orders', '!data.cancelled'),
  {
    apiVersion: 'tidemark/v1',
    kind: 'Metric',
    metadata: { id: 'rate', name: { en: 'Cancel rate' }, ...metadata },
    spec: { type: 'derived', formula: 'cancels / orders', unit: { code: 'ratio' } },
  },
  {
    apiVersion: 'tidemark/v1',
    kind: 'AlertRule',
    metadata: { id: 'orders-low', name: { en: 'Few orders' } },
    spec: { metric: 'orders', by: ['store'], window: 'PT1H', when: 'value < 10' },
  },
  {
    apiVersion: 'tidemark/v1',
    kind: 'Responsibility',
    metadata: { id: 'owners' },
    spec: [{ metric: 'orders', where: { store: 'S1' }, accountable: 'person:anna' }],
  },
];

type Fields = { readonly [key: string]: Json };
type Document = { readonly kind: string; readonly metadata: Fields; readonly spec: Fields };

/** The documents with that of `key` (`kind/id`) changed; a change of `null` removes the field. */
export function changed(
  documents: readonly Json[],
  key: string,
  change: { readonly metadata?: Fields; readonly spec?: Fields },
): readonly Json[] {
  return documents.map((one) => {
    const document = one as unknown as Document;
    if (`${document.kind}/${String(document.metadata['id'])}` !== key) return one;
    return {
      ...document,
      metadata: merged(document.metadata, change.metadata),
      spec: merged(document.spec, change.spec),
    };
  });
}

const merged = (fields: Fields, change: Fields = {}): Json =>
  Object.fromEntries(
    Object.entries({ ...fields, ...change }).filter(([, value]) => value !== null),
  );
