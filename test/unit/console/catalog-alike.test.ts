import { describe, expect, test } from 'vitest';
import { createJudgeAlike } from '../../../services/console/catalog-alike.ts';
import { checkText } from '../../../services/console/catalog-check.ts';
import type { PublishedCatalog } from '../../../services/console/catalog-check.ts';
import type { ProjectionReader } from '../../../services/console/ports.ts';
import { buildCatalog, documentKey, identityOf } from '../../../services/kernel/catalog/build.ts';
import type { SimpleMetric } from '../../../services/kernel/definitions.ts';
import { TidemarkError } from '../../../services/kernel/errors.ts';
import { MINUTE_MS } from '../../../services/kernel/time.ts';
import { catalogTools } from '../../../services/platform/catalog/tools.ts';
import { aDocuments } from '../../support/catalog-documents.ts';
import { memoryProjectionReader } from '../../support/memory-projection-reader.ts';
import { memoryProjectionStore } from '../../support/memory-projection-store.ts';
import { projectionFiller } from '../../support/projection-filler.ts';

const START_MS = Date.parse('2026-11-01T00:00:00Z');
const MINUTES = 60;
const documents = aDocuments();
const built = buildCatalog(documents, catalogTools);
const published: PublishedCatalog = {
  catalog: built.catalog,
  documents: new Map(
    documents.map((one) => [documentKey(identityOf(one) ?? { kind: '', id: '' }), one]),
  ),
};
const countText = (id: string, where: string): string => `apiVersion: tidemark/v1
kind: Metric
metadata: { id: ${id}, name: { en: Orders }, owner: person:anna }
spec:
  type: simple
  event: shop.order
  where: '${where}'
  aggregation: count
  dimensions: { store: data.store }
  breakdowns: [[], [store]]
  timezone: Europe/London
`;
const rateText = (formula: string): string => `apiVersion: tidemark/v1
kind: Metric
metadata: { id: kept, name: { en: Kept }, owner: person:anna }
spec: { type: derived, formula: ${formula}, unit: { code: ratio } }
`;

/** A metric's version with so many events in each minute. */
async function fill(
  store: ReturnType<typeof memoryProjectionStore>,
  metric: SimpleMetric,
  countOf: (minute: number) => number,
): Promise<void> {
  const filler = await projectionFiller(store, metric);
  await filler.count(
    Array.from({ length: MINUTES }, (_, minute) =>
      Array.from({ length: countOf(minute) }, () => ({
        timeMs: START_MS + minute * MINUTE_MS,
        labels: { store: 'S1' },
      })),
    ).flat(),
  );
  await filler.passTo(START_MS + MINUTES * MINUTE_MS);
}
const up = (minute: number): number => 2 + ((minute * 7) % 11);
/** One more in a while: hardly another figure. */
const nearlyUp = (minute: number): number => up(minute) + (minute % 20 === 0 ? 1 : 0);
const other = (minute: number): number => 1 + ((minute * 5) % 7);

async function aStore() {
  const store = memoryProjectionStore();
  const { metrics } = published.catalog;
  await fill(store, metrics.get('orders') as SimpleMetric, up);
  await fill(store, metrics.get('cancels') as SimpleMetric, other);
  let questions = 0;
  const reader = memoryProjectionReader(store);
  const counted: ProjectionReader = {
    ...reader,
    heads(refs) {
      questions++;
      return reader.heads(refs);
    },
  };
  return { store, reader: counted, asked: () => questions };
}
const judge = async (reader: ProjectionReader, text: string) => {
  const { near, identity, view } = checkText(text, published);
  const judgeAlike = createJudgeAlike(reader, () => START_MS);
  const judged = await judgeAlike(near, { id: identity?.id ?? '', view });
  return judged.map(({ metric, alike }) => [metric, alike] as const);
};

describe('metrics with the inputs of one that is being written', () => {
  const big = countText('big-orders', '!data.cancelled && data.amount > 1.0');

  test('are not compared while it has no values, which one question tells', async () => {
    const { reader, asked } = await aStore();
    expect(await judge(reader, big)).toEqual([
      ['cancels', undefined],
      ['orders', undefined],
    ]);
    expect(asked()).toBe(1);
  });

  test('are compared once it was filled for its review, and those that go with it stand first', async () => {
    const { store, reader } = await aStore();
    const { view } = checkText(big, published);
    await fill(store, view.metrics.get('big-orders') as SimpleMetric, nearlyUp);
    expect(await judge(reader, big)).toEqual([
      [
        'orders',
        { correlation: expect.stringMatching(/^0\.9[5-9]/), windows: MINUTES, grain: 'minute' },
      ],
      ['cancels', undefined],
    ]);
    // Another condition is another version, which has none.
    expect(await judge(reader, big.replace('1.0', '2.0'))).toEqual([
      ['cancels', undefined],
      ['orders', undefined],
    ]);
  });

  test('a derived metric has the values of any formula, as what it reads has them', async () => {
    const { reader } = await aStore();
    expect(await judge(reader, rateText('2 * cancels / orders'))).toEqual([
      // Both are rounded at their scale, each by itself.
      [
        'rate',
        { correlation: expect.stringMatching(/^0\.999/), windows: MINUTES, grain: 'minute' },
      ],
    ]);
    expect(await judge(reader, rateText('1 - cancels / orders'))).toEqual([['rate', undefined]]);
  });

  test('what was read lately serves again while somebody types', async () => {
    const { reader, asked } = await aStore();
    let nowMs = START_MS;
    const judgeAlike = createJudgeAlike(reader, () => nowMs);
    const { near, view } = checkText(rateText('2 * cancels / orders'), published);
    const questions = async (): Promise<number> => {
      const before = asked();
      const [first] = await judgeAlike(near, { id: 'kept', view });
      expect(first?.alike).toMatchObject({ grain: 'minute' });
      return asked() - before;
    };
    const first = await questions();
    expect(await questions()).toBe(1);
    nowMs += 30_000;
    expect(await questions()).toBe(first);
  });

  test('a store that does not answer is no fault of the text', async () => {
    const { reader } = await aStore();
    const away = new TidemarkError('redis_unavailable', 'away');
    const silent = { ...reader, heads: () => Promise.reject(away) };
    expect(await judge(silent, rateText('2 * cancels / orders'))).toEqual([['rate', undefined]]);
    const broken = { ...reader, heads: () => Promise.reject(new RangeError('a bug')) };
    await expect(judge(broken, rateText('2 * cancels / orders'))).rejects.toThrow('a bug');
  });
});
