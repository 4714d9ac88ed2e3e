import { expect, test } from 'vitest';
import { createDraftDifference } from '../../../services/console/catalog-difference.ts';
import type { Parameters } from '../../../services/console/core/values-query.ts';
import { buildCatalog, documentKey, identityOf } from '../../../services/kernel/catalog/build.ts';
import type { SimpleMetric } from '../../../services/kernel/definitions.ts';
import type { Json } from '../../../services/kernel/json.ts';
import { MINUTE_MS } from '../../../services/kernel/time.ts';
import type { ShownLedger } from '../../../services/platform/catalog/shown-ledger.ts';
import { catalogTools } from '../../../services/platform/catalog/tools.ts';
import { aDocuments } from '../../support/catalog-documents.ts';
import { memoryProjectionReader } from '../../support/memory-projection-reader.ts';
import { memoryProjectionStore } from '../../support/memory-projection-store.ts';
import { projectionFiller } from '../../support/projection-filler.ts';

const NOON_MS = Date.parse('2026-11-02T12:00:00Z');
const MINUTES = 30;
const documents = aDocuments();
const keyOf = (document: Json): string => documentKey(identityOf(document) ?? { kind: '', id: '' });
const published = new Map(documents.map((one) => [keyOf(one), one]));
const ORDERS = { kind: 'Metric', id: 'orders' };
const orders = published.get('Metric/orders') as { readonly spec: Readonly<Record<string, Json>> };
const drafted = { ...orders, spec: { ...orders.spec, where: 'data.amount > 1.0' } } as Json;
const metricOf = (all: readonly Json[]): SimpleMetric =>
  buildCatalog(all, catalogTools).catalog.metrics.get('orders') as SimpleMetric;

/** The definition counts two events of each of thirty minutes from noon on, the draft three; nothing before. */
async function aDifference(nowMs: number) {
  const store = memoryProjectionStore();
  const before = metricOf(documents);
  const after = metricOf([...new Map([...published, [keyOf(drafted), drafted]]).values()]);
  for (const [metric, count] of [
    [before, 2],
    [after, 3],
  ] as const) {
    const filler = await projectionFiller(store, metric);
    await filler.count(
      Array.from({ length: MINUTES * count }, (_, i) => ({
        timeMs: NOON_MS + (i % MINUTES) * MINUTE_MS,
        labels: { store: 'S1' },
      })),
    );
    await filler.passTo(nowMs);
  }
  const draft = { state: 'in_review', document: JSON.stringify(drafted), author: 'person:anna' };
  const ledger = { lives: new Map([['Metric/orders', { draft }]]) };
  const difference = createDraftDifference({
    reader: memoryProjectionReader(store),
    logBounds: () => Promise.resolve([]),
    ledger: { current: () => ledger, reached: () => Promise.resolve() } as unknown as ShownLedger,
    published: () => ({
      catalog: buildCatalog(documents, catalogTools).catalog,
      documents: published,
    }),
    now: () => nowMs,
    prefix: '',
  });
  return async (parameters: Parameters = {}) => {
    const answer = await difference(ORDERS, parameters);
    if (!answer.ok) throw new Error(answer.error.detail);
    return answer.value;
  };
}

test('of a metric that began today the day is open: its minutes, then its hours, tell what changes', async () => {
  const minutes = await aDifference(NOON_MS + MINUTES * MINUTE_MS);
  expect(await minutes()).toMatchObject({
    state: 'ready',
    grain: 'minute',
    windows: { total: MINUTES, changed: MINUTES, open: 0 },
    total: { before: '60', after: '90' },
  });
  const hours = await aDifference(NOON_MS + 70 * MINUTE_MS);
  expect(await hours()).toMatchObject({
    grain: 'hour',
    windows: { total: 1, changed: 1, open: 0 },
  });
});

test('by the grain that was asked for, open windows are told though nothing is past', async () => {
  const difference = await aDifference(NOON_MS + MINUTES * MINUTE_MS);
  expect(await difference({ grain: 'day' })).toMatchObject({
    state: 'ready',
    grain: 'day',
    windows: { total: 0, changed: 0, open: 1 },
  });
});
