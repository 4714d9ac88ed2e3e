import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ApiError, createClient, pages } from '../../../clients/typescript/client.ts';
import type { Call } from '../../../clients/typescript/client.ts';
import { start as startAggregator } from '../../../services/aggregator/main.ts';
import { start as startAlerting } from '../../../services/alerting/main.ts';
import { documentRoutes } from '../../../services/console/adapters/http-catalog-documents.ts';
import { draftRoutes } from '../../../services/console/adapters/http-catalog-drafts.ts';
import { start as startConsole } from '../../../services/console/main.ts';
import { start as startIngest } from '../../../services/ingest/main.ts';
import { addHealthRoutes } from '../../../services/cli/health.ts';
import { addTelemetryRoute } from '../../../services/cli/telemetry-route.ts';
import type { DerivedMetric } from '../../../services/kernel/definitions.ts';
import { HOUR_MS } from '../../../services/kernel/time.ts';
import { createHttpServer } from '../../../services/platform/http.ts';
import { aMetric } from '../../support/metrics.ts';
import { answerChecker, documented, openApi } from '../../support/openapi.ts';
import { EVERY_AGGREGATION, ORDERS } from '../../support/order-events.ts';
import { openTestPlatform } from '../../support/platform.ts';
import type { TestPlatform } from '../../support/platform.ts';

/** Pages, their parts and what answers only that there is nothing: no API. */
const NO_API = /^(?:\/|\/assets\/\*|\/favicon\.ico|\/alerts\/:id|\/prometheus\/api\/v1\/\*|\*)$/;
const PER_ORDER: DerivedMetric = {
  ...aMetric({ id: 'amount-per-order', timezone: 'Asia/Shanghai' }),
  kind: 'derived',
  formula: 'amount_sum / orders_count',
  inputs: ['amount-sum', 'orders-count'],
};
const now = Date.now();
const iso = (timeMs: number): string => new Date(timeMs).toISOString();

let platform: TestPlatform;
let call: Call;
const routes: { readonly method: string; readonly url: string }[] = [];

beforeAll(async () => {
  platform = await openTestPlatform({
    eventTypes: [ORDERS],
    metrics: [...EVERY_AGGREGATION.map(({ metric }) => metric), PER_ORDER],
  });
  const note = ({ method, url }: { method: string | string[]; url: string }): void => {
    for (const one of [method].flat()) if (one !== 'HEAD') routes.push({ method: one, url });
  };
  platform.http.addHook('onRoute', note);
  // Documents have routes only where the catalogue comes from its topic, which is not so here.
  const documents = createHttpServer(platform.logger);
  documents.addHook('onRoute', note);
  documentRoutes(documents, platform.access, {} as never);
  draftRoutes(documents, platform.access, {} as never);
  addHealthRoutes(platform.http, () => []);
  addTelemetryRoute(platform);
  for (const start of [startIngest, startAggregator, startAlerting, startConsole])
    await platform.run(start);
  call = createClient({ url: await platform.listen() });
});
afterAll(() => platform.close());

test('every route of the services is in the document, and no other', () => {
  const there = routes
    .filter(({ url }) => !NO_API.test(url))
    // Prometheus' clients may post what they could ask by GET; the document tells one of both.
    .filter(({ method, url }) => !(method === 'POST' && url.startsWith('/prometheus')))
    .map(({ method, url }) => `${method} ${documented(url)}`);
  const told = Object.entries(openApi.paths).flatMap(([url, path]) =>
    Object.keys(path).map((method) => `${method.toUpperCase()} ${url}`),
  );
  expect(there.filter((route) => !told.includes(route)).toSorted()).toEqual([]);
  expect(told.filter((route) => !there.includes(route)).toSorted()).toEqual([]);
});

describe('the typed client', () => {
  test('sends events, and reads what became of them', async () => {
    const events = Array.from({ length: 20 }, (_, i) => ({
      specversion: '1.0' as const,
      id: `client-${i}`,
      source: '/client',
      type: ORDERS.id,
      time: iso(now - HOUR_MS + i * 1_000),
      data: { store_id: `S${i % 2}`, amount: 100 + i, status: 'booked' },
    }));
    const answer = await call('POST /v1/events', { body: events });
    expect(answer).toMatchObject({ accepted: 20, rejected: 0 });
    const position = answer.results[0]?.position ?? '';
    await vi.waitFor(
      async () => {
        const trace = await call('GET /v1/events/{source}/{id}', {
          path: { source: '/client', id: 'client-0' },
          query: { position },
        });
        expect(trace.outcome).toBe('counted');
      },
      { timeout: 30_000, interval: 100 },
    );
    const { series, unit } = await call('GET /v1/metrics/{id}/values', {
      path: { id: 'orders-count' },
      query: { grain: 'hour', from: iso(now - 2 * HOUR_MS), to: iso(now), where: ['store:S0'] },
    });
    const counts = series[0]?.points.map(({ count }) => count) ?? [];
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(10);
    expect(unit.code).toBe('orders');
  });

  test('goes through pages', async () => {
    const ids: string[] = [];
    for await (const { metrics } of pages(call, 'GET /v1/metrics', { query: { limit: 3 } }))
      ids.push(...metrics.map(({ id }) => id));
    expect(ids).toHaveLength(EVERY_AGGREGATION.length + 1);
    expect(ids).toEqual(ids.toSorted());
  });

  test('tells why it was refused', async () => {
    const asked = call('GET /v1/metrics/{id}/values', {
      path: { id: 'amount/sum?' },
    });
    await expect(asked).rejects.toThrow(ApiError);
    await expect(asked).rejects.toMatchObject({ status: 404, code: 'not_found' });
  });
});

describe('answers are what the document says', () => {
  const check = answerChecker();
  const day = { from: iso(now - 24 * HOUR_MS), to: iso(now) };

  test.each<[string, string, object?]>([
    ['GET', '/v1/metrics'],
    ['GET', '/v1/metrics/amount-sum'],
    ['GET', '/v1/metrics/amount-per-order'],
    ['GET', `/v1/metrics/amount-sum/values?grain=hour&by=store&compare=previous,week`],
    ['GET', `/v1/metrics/stores-distinct/values?grain=hour&asOf=${iso(now)}`],
    ['GET', '/v1/metrics/amount-sum/current?by=store'],
    ['GET', '/v1/pipeline'],
    ['GET', '/v1/alerts'],
    ['GET', '/v1/silences'],
    ['GET', '/v1/notifications'],
    ['GET', '/v1/me'],
    ['GET', '/v1/tree'],
    ['GET', '/v1/dashboards'],
    ['GET', '/v1/entries'],
    ['GET', '/v1/event-types'],
    ['GET', '/v1/imports'],
    ['GET', '/v1/dead-letters'],
    ['GET', '/v1/late-events'],
    ['GET', '/v1/responsibilities'],
    ['GET', '/v1/catalog/prune'],
    ['GET', '/v1/catalog/lineage/amount-per-order'],
    ['GET', '/v1/events/%2Fclient/client-0'],
    ['GET', '/healthz'],
    ['GET', '/readyz'],
    ['GET', '/openapi.json'],
    ['GET', '/asyncapi.json'],
    ['GET', '/prometheus/api/v1/labels'],
    ['GET', '/prometheus/api/v1/query?query=orders_count'],
    ['POST', '/v1/metrics/amount-sum/verify', day],
    [
      'POST',
      '/v1/metrics/amount-sum/recount',
      { start: iso(now - (now % HOUR_MS)), end: iso(now - (now % HOUR_MS) + HOUR_MS) },
    ],
    ['POST', '/v1/routes/preview', { metric: 'amount-sum', labels: { store: 'S1' } }],
    ['POST', '/v1/silences', { matchers: ['store=S1'], for: 'PT1H', preview: true }],
    ['POST', '/v1/catalog/impact', { withdraw: ['Metric/amount-sum'] }],
    ['POST', '/v1/events', { specversion: '1.0', id: 'x', source: '/client', type: 'unknown' }],
  ])('%s %s', async (method, url, body) => {
    const response = await platform.http.inject({
      method: method as 'GET',
      url,
      ...(body
        ? {
            payload: JSON.stringify(body),
            headers: {
              'content-type':
                url === '/v1/events' ? 'application/cloudevents+json' : 'application/json',
            },
          }
        : {}),
    });
    expect([
      response.statusCode,
      response.statusCode < 300 || url === '/v1/events' ? '' : response.body,
    ]).toEqual([url === '/v1/events' ? 422 : 200, '']);
    const [path = ''] = url.split('?');
    const template = Object.keys(openApi.paths).find(
      (one) =>
        openApi.paths[one]?.[method.toLowerCase()] &&
        new RegExp(`^${one.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path),
    );
    expect(check(method, template ?? path, response.json())).toEqual([]);
  });
});
