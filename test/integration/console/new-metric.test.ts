import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { start as startAggregator } from '../../../services/aggregator/main.ts';
import type { DifferenceAnswer } from '../../../services/console/core/catalog/difference.ts';
import type { DocumentAnswer } from '../../../services/console/core/catalog/answers.ts';
import type { ValuesAnswer } from '../../../services/console/core/answers.ts';
import { start as startIngest } from '../../../services/ingest/main.ts';
import { projectionKeys } from '../../../services/kernel/projection.ts';
import { MINUTE_MS } from '../../../services/kernel/time.ts';
import { aDocuments } from '../../support/catalog-documents.ts';
import { openDesk } from '../../support/desk.ts';
import type { Desk } from '../../support/desk.ts';
import { readUpdates } from '../../support/update-feed.ts';

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
    const { series } = await values(`${metric}/values?grain=hour&from=${from}`);
    const points = series[0]?.points ?? [];
    return (
      points.reduce((cents, { value }) => cents + Math.round(Number(value ?? 0) * 100), 0) / 100
    );
  };

  beforeAll(async () => {
    desk = await openDesk({ services: [startIngest, startAggregator] });
    await desk.apply(aDocuments());
    for (let from = 0; from < EVENTS; from += BATCH)
      // Ingest takes the event type up when it hears of it.
      await vi.waitFor(async () => {
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
      }, 30_000);
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

  test('a changed definition is filled beside, compared, shown to nobody, and swapped in at once', async () => {
    const draft = 'drafts/Metric/refunds';
    const text = refunds.replace('data.cancelled', 'data.cancelled && data.store != "S2"');
    const published = desk.platform.catalog.current().metrics.get('refunds')?.version;
    const changed = orders
      .filter(({ data }) => data.cancelled && data.store !== 'S2')
      .reduce((cents, { data }) => cents + Math.round(data.amount * 100), 0);
    const difference = async (query = '') =>
      (await desk.ask<DifferenceAnswer>('guest', `GET ${draft}/difference${query}`)).body;
    const submit = async (): Promise<string> => {
      await desk.ask('anna', `PUT ${draft}`, { text });
      await desk.ask('anna', `POST ${draft}/submit`, {});
      await vi.waitFor(async () => expect((await difference()).state).toBe('ready'), 60_000);
      return desk.platform.catalog.current().candidates?.get('refunds')?.version ?? '';
    };
    const prefix = (): string => desk.platform.config.TIDEMARK_TOPIC_PREFIX;
    const keys = (version: string) => desk.platform.redis.keys(`{${prefix()}refunds@${version}}*`);
    const updates = async (version: string) =>
      (await readUpdates(desk.platform))
        .filter((update) => update.kind === 'value')
        .filter((update) => update.version === version);

    await desk.ask('anna', `PUT ${draft}`, { text });
    expect(await difference()).toMatchObject({ state: 'none', windows: { total: 0 } });
    const version = await submit();
    expect(version).not.toBe(published);
    const from = new Date(Date.now() - 2 * 86_400_000).toISOString();
    const told = await difference(`?grain=minute&from=${from}&limit=3`);
    expect(told).toMatchObject({
      state: 'ready',
      versions: { before: published, after: version },
      windows: { added: 0, removed: 0 },
    });
    expect(told.items).toHaveLength(3);
    expect(told.windows.changed).toBeGreaterThan(10);
    const cents = (one: { before: string | null; after: string | null }): number =>
      Math.round((Number(one.after) - Number(one.before)) * 100);
    expect(cents(told.total)).toBe(changed - refunded);
    for (const item of told.items) expect(Math.round(Number(item.change) * 100)).toBe(cents(item));
    expect(await total('refunds')).toBe(refunded / 100);
    expect(await updates(version)).toEqual([]);

    expect(await keys(version)).not.toEqual([]);
    await desk.ask('anna', `POST ${draft}/withdraw`);
    await vi.waitFor(async () => expect(await keys(version)).toEqual([]), 60_000);
    expect(await difference()).toMatchObject({ state: 'none' });

    expect(await submit()).toBe(version);
    const approvedMs = Date.now();
    await desk.ask('li', `POST ${draft}/approve`, {});
    expect(await total('refunds')).toBe(changed / 100);
    await vi.waitFor(
      async () => expect((await updates(version)).length).toBeGreaterThan(50),
      30_000,
    );
    const past = (await updates(version)).filter((one) => one.end <= approvedMs);
    expect(past.filter((one) => !one.backfilled)).toEqual([]);
    const { meta } = projectionKeys(prefix(), 'refunds', version);
    await vi.waitFor(
      async () => expect(await desk.platform.redis.hget(meta, 'candidate')).toBeNull(),
      30_000,
    );
  }, 240_000);
});
