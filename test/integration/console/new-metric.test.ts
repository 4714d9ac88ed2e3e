import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { start as startAggregator } from '../../../services/aggregator/main.ts';
import type { DocumentAnswer } from '../../../services/console/core/catalog/answers.ts';
import type { ValuesAnswer } from '../../../services/console/core/answers.ts';
import { start as startIngest } from '../../../services/ingest/main.ts';
import { MINUTE_MS } from '../../../services/kernel/time.ts';
import { aDocuments } from '../../support/catalog-documents.ts';
import { openDesk } from '../../support/desk.ts';
import type { Desk } from '../../support/desk.ts';

const EVENTS = 2_000;
const BATCH = 500;
const refunds = `apiVersion: tidemark/v1
kind: Metric
metadata:
  id: refunds
  name: { en: Refunds, zh: 退款 }
  owner: person:anna
spec:
  type: simple
  event: shop.order
  where: data.cancelled
  value: data.amount
  aggregation: sum
  unit: { code: EUR, scale: 2 }
  dimensions: { store: data.store }
  breakdowns: [[], [store]]
`;

/** Every fourth order is cancelled; amounts are 0.00 to 9.99 in turn. */
const orders = Array.from({ length: EVENTS }, (_, i) => ({
  specversion: '1.0',
  id: `o${i}`,
  source: '/shop',
  type: 'shop.order',
  time: new Date(Date.now() - (i % 180) * MINUTE_MS).toISOString(),
  data: { store: `S${i % 3}`, amount: (i % 1_000) / 100, cancelled: i % 4 === 0 },
}));
const refunded = orders
  .filter(({ data }) => data.cancelled)
  .reduce((cents, { data }) => cents + Math.round(data.amount * 100), 0);

describe('a metric that somebody defines in the console', () => {
  let desk: Desk;
  const values = async (path: string): Promise<ValuesAnswer> => {
    const response = await desk.platform.http.inject({
      url: `/v1/metrics/${path}`,
      headers: { authorization: 'Bearer guest' },
    });
    return response.json<ValuesAnswer>();
  };
  const total = async (metric: string): Promise<number> => {
    const from = new Date(Date.now() - 2 * 86_400_000).toISOString();
    const { series = [] } = await values(`${metric}/values?grain=hour&from=${from}`);
    return (series[0]?.points ?? []).reduce((sum, { value }) => sum + Number(value ?? 0), 0);
  };

  beforeAll(async () => {
    desk = await openDesk({ services: [startIngest, startAggregator] });
    await desk.apply(aDocuments());
    for (let from = 0; from < EVENTS; from += BATCH) {
      const response = await desk.platform.http.inject({
        method: 'POST',
        url: '/v1/events',
        headers: {
          authorization: 'Bearer shop',
          'content-type': 'application/cloudevents-batch+json',
        },
        payload: JSON.stringify(orders.slice(from, from + BATCH)),
      });
      expect(response.statusCode).toBe(202);
    }
    await vi.waitFor(async () => expect(await total('orders')).toBe((EVENTS * 3) / 4), 60_000);
  }, 120_000);
  afterAll(() => desk.close());

  test('is checked, approved by a second person, filled over history and read within a minute', async () => {
    const began = performance.now();
    const draft = 'drafts/Metric/refunds';
    const saved = await desk.ask<DocumentAnswer>('anna', `PUT ${draft}`, { text: refunds });
    expect(saved.body.draft?.faults).toEqual([]);
    await desk.ask('anna', `POST ${draft}/submit`, { note: 'for the weekly review' });
    const approved = await desk.ask<DocumentAnswer>('li', `POST ${draft}/approve`, {});
    expect(approved.body.published?.author).toBe('person:anna');
    await vi.waitFor(async () => expect(await total('refunds')).toBe(refunded / 100), 60_000);
    expect(performance.now() - began).toBeLessThan(MINUTE_MS);
    expect(await total('orders')).toBe((EVENTS * 3) / 4);
  });
});
