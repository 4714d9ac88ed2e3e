import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { start as startAggregator } from '../../../services/aggregator/main.ts';
import { start as startAlerting } from '../../../services/alerting/main.ts';
import { start as startConsole } from '../../../services/console/main.ts';
import { start as startIngest } from '../../../services/ingest/main.ts';
import { TOOLS } from '../../../services/console/adapters/mcp/tool-table.ts';
import { HOUR_MS } from '../../../services/kernel/time.ts';
import type { RunningService } from '../../../services/platform/platform.ts';
import { aRule } from '../../support/alerting.ts';
import { EVERY_AGGREGATION, ORDERS } from '../../support/order-events.ts';
import { openTestPlatform } from '../../support/platform.ts';
import type { TestPlatform } from '../../support/platform.ts';

const folder = mkdtempSync(join(tmpdir(), 'tidemark-mcp-'));
const tokensFile = join(folder, 'tokens.json');
const people = { shop: ['ingest'], anna: ['reader'] };
writeFileSync(
  tokensFile,
  JSON.stringify(
    Object.fromEntries(
      Object.entries(people).map(([name, roles]) => [
        createHash('sha256').update(name).digest('hex'),
        { person: `person:${name}`, roles },
      ]),
    ),
  ),
);
const NOW = Date.now();
const HOUR = NOW - (NOW % HOUR_MS);
const iso = (timeMs: number): string => new Date(timeMs).toISOString();
const RANGE = { from: iso(HOUR - HOUR_MS), to: iso(HOUR + HOUR_MS) };
const TOO_MANY = aRule({
  id: 'too-many-orders',
  name: { en: 'Too many orders' },
  metric: 'orders-count',
  evaluate: 'onUpdate',
  when: 'value > 5',
});

let platform: TestPlatform;
let url: string;
const clients: Client[] = [];

beforeAll(async () => {
  platform = await openTestPlatform(
    {
      eventTypes: [ORDERS],
      metrics: EVERY_AGGREGATION.map(({ metric }) => metric),
      rules: [TOO_MANY],
    },
    { TIDEMARK_TOKENS_FILE: tokensFile },
  );
  const services: RunningService[] = [];
  for (const start of [startIngest, startAggregator, startAlerting, startConsole])
    services.push(await platform.run(start));
  url = await platform.listen();
  await vi.waitFor(() => expect(services.flatMap((one) => one.missing())).toEqual([]), {
    timeout: 60_000,
  });
  const events = Array.from({ length: 20 }, (_, i) => ({
    specversion: '1.0',
    id: `mcp-${i}`,
    source: '/mcp',
    type: ORDERS.id,
    time: iso(NOW),
    data: { store_id: `S${i % 2}`, amount: 100 + i, status: 'booked' },
  }));
  const { status } = await fetch(`${url}/v1/events`, {
    method: 'POST',
    headers: {
      'content-type': 'application/cloudevents-batch+json',
      authorization: 'Bearer shop',
    },
    body: JSON.stringify(events),
  });
  expect(status).toBe(202);
  await vi.waitFor(
    async () => {
      expect(await get('/v1/metrics/orders-count/current?window=hour')).toMatchObject({
        series: [{ points: [{ count: 20 }] }],
      });
      expect(await get('/v1/alerts?state=firing')).toMatchObject({
        alerts: [{ rule: TOO_MANY.id }],
      });
    },
    { timeout: 60_000, interval: 100 },
  );
});
afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await platform.close();
  rmSync(folder, { recursive: true });
});

const get = async (path: string, init: RequestInit = {}): Promise<object> =>
  (await (
    await fetch(`${url}${path}`, {
      ...init,
      headers: { authorization: 'Bearer anna', 'content-type': 'application/json' },
    })
  ).json()) as object;

/** The protocol's official client, as a program uses it. */
async function connect(
  mode: 'legacy' | { pin: string } = 'legacy',
  headers: Record<string, string> = {},
): Promise<Client> {
  const client = new Client({ name: 'test', version: '1.0.0' }, { versionNegotiation: { mode } });
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${url}/mcp`), {
      requestInit: { headers: { authorization: 'Bearer anna', ...headers } },
    }),
  );
  clients.push(client);
  return client;
}
type Told = { readonly notes: readonly string[]; readonly answer: Record<string, unknown> };
async function call(client: Client, name: string, given: Record<string, unknown>): Promise<Told> {
  const result = await client.callTool({ name, arguments: given });
  expect(result.isError ? result.content : undefined).toBeUndefined();
  const [text] = result.content as { type: 'text'; text: string }[];
  expect(JSON.parse(text?.text ?? '')).toEqual(result.structuredContent);
  return result.structuredContent as Told;
}

describe.each<['legacy' | { pin: string }]>([['legacy'], [{ pin: '2026-07-28' }]])(
  'a program that speaks the protocol as of %j',
  (mode) => {
    let client: Client;
    beforeAll(async () => {
      client = await connect(mode);
    });

    test('is told of the tools, all of which only read', async () => {
      const { tools } = await client.listTools();
      expect(tools.map(({ name }) => name)).toEqual(Object.keys(TOOLS));
      for (const { annotations, description, inputSchema, outputSchema } of tools) {
        expect(annotations).toMatchObject({ readOnlyHint: true, destructiveHint: false });
        expect(description?.length).toBeGreaterThan(80);
        expect(inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
        expect(outputSchema?.['required']).toEqual(['notes', 'answer']);
      }
      expect(client.getInstructions()).toContain('list_metrics');
      expect(client.getServerVersion()).toMatchObject({ name: 'tidemark' });
    });

    test.each<[string, Record<string, unknown>, string, object?]>([
      ['list_metrics', { search: 'orders' }, '/v1/metrics?q=orders&limit=50'],
      ['describe_metric', { metric: 'amount-sum' }, '/v1/metrics/amount-sum'],
      [
        'read_values',
        { metric: 'amount-sum', ...RANGE, grain: 'hour', by: ['store'], compare: ['previous'] },
        `/v1/metrics/amount-sum/values?from=${RANGE.from}&to=${RANGE.to}&grain=hour&by=store&compare=previous`,
      ],
      [
        'read_values',
        { metric: 'orders-count', ...RANGE, grain: 'hour', where: { store: ['S0', 'S1'] } },
        `/v1/metrics/orders-count/values?from=${RANGE.from}&to=${RANGE.to}&grain=hour&where=store:S0&where=store:S1`,
      ],
      [
        'read_current',
        { metric: 'orders-count', window: 'hour', by: ['store'] },
        '/v1/metrics/orders-count/current?window=hour&by=store',
      ],
      ['list_alerts', { state: 'firing' }, '/v1/alerts?state=firing'],
      ['list_alerts', { owner: 'me' }, '/v1/alerts?owner=me'],
      ['read_metric_tree', {}, '/v1/tree'],
      ['read_pipeline', {}, '/v1/pipeline'],
      [
        'find_responsible',
        { metric: 'orders-count', labels: { store: 'S1' }, at: RANGE.from },
        '/v1/routes/preview',
        { metric: 'orders-count', labels: { store: 'S1' }, at: RANGE.from },
      ],
    ])('%s %j is told what %s answers', async (name, given, path, body) => {
      // Watermarks move on between the two questions, once a second.
      await vi.waitFor(
        async () => {
          const init = body ? { method: 'POST', body: JSON.stringify(body) } : {};
          const [{ answer }, expected] = await Promise.all([
            call(client, name, given),
            get(path, init),
          ]);
          const { at: _asked, ...rest } = answer;
          const { at: _then, ...same } = expected as typeof answer;
          expect(rest).toEqual(same);
        },
        { timeout: 30_000, interval: 200 },
      );
    });

    test('is told of an alert, and why it fired, by a recount that agrees', async () => {
      const listed = await call(client, 'list_alerts', { state: 'firing' });
      const [{ id = '' } = {}] = listed.answer['alerts'] as { id?: string }[];
      const { answer } = await call(client, 'read_alert', { alert: id });
      expect(answer).toMatchObject({
        id,
        rule: TOO_MANY.id,
        evidence: { value: '20', threshold: '5', metricVersion: 'v1' },
      });
      expect(answer['timeline']).toMatchObject([{ transition: 'firing' }]);
      const why = await call(client, 'explain_alert', { alert: id });
      expect(why.answer).toMatchObject({ alert: id, recounted: { isEqual: true } });
    });

    test('is told what a value is made of, and that it is right', async () => {
      const window = { start: iso(HOUR), end: iso(HOUR + HOUR_MS) };
      const made = await call(client, 'explain_value', {
        metric: 'amount-sum',
        ...window,
        labels: { store: 'S1' },
        top: 2,
      });
      expect(made.answer).toMatchObject({
        count: 10,
        events: [{ id: 'mcp-19' }, { id: 'mcp-17' }],
      });
      const verified = await call(client, 'verify_values', { metric: 'amount-sum', ...RANGE });
      expect(verified.answer).toMatchObject({ differing: 0 });
      expect(verified.answer['checked']).toBeGreaterThan(0);
    });

    test('is refused with the code and the sentence of the route', async () => {
      const asked: readonly [string, Record<string, unknown>, string][] = [
        ['describe_metric', { metric: 'none' }, '/v1/metrics/none'],
        [
          'read_values',
          { metric: 'amount-sum', grain: 'PT7S' },
          '/v1/metrics/amount-sum/values?grain=PT7S',
        ],
        ['read_values', { metric: 'amount-sum', by: ['x'] }, '/v1/metrics/amount-sum/values?by=x'],
        ['read_alert', { alert: 'none' }, '/v1/alerts/none'],
        ['list_alerts', { owner: 'anna' }, '/v1/alerts?owner=anna'],
      ];
      for (const [name, given, path] of asked) {
        const result = await client.callTool({ name, arguments: given });
        const problem = (await get(path)) as { code: string; detail: string };
        expect(result).toMatchObject({
          isError: true,
          content: [{ text: expect.stringContaining(`${problem.code}: ${problem.detail}`) }],
          _meta: { 'tidemark.dev/problem': problem },
        });
      }
    });
  },
);

test('nobody waits for changes of tools, which stay what they are', async () => {
  const client = await connect({ pin: '2026-07-28' });
  expect(client.getServerCapabilities()?.tools?.listChanged).toBe(false);
  await expect(client.listen({ toolsListChanged: true })).rejects.toThrow(/limit reached/);
});

test('what is provisional is said to be so', async () => {
  const client = await connect();
  const { notes } = await call(client, 'read_current', { metric: 'amount-sum', window: 'day' });
  expect(notes.join('\n')).toContain('1 of 1 windows are open: provisional');
});

test('pages of any size give every metric once, in order', async () => {
  const client = await connect();
  const ids: string[] = [];
  let cursor: unknown;
  do {
    const given = { limit: 2, ...(cursor === undefined ? {} : { cursor }) };
    const { answer, notes } = await call(client, 'list_metrics', given);
    ids.push(...(answer['metrics'] as { id: string }[]).map(({ id }) => id));
    cursor = answer['cursor'];
    expect(notes.some((note) => note.startsWith('cut'))).toBe(cursor !== undefined);
  } while (cursor !== undefined);
  expect(ids).toEqual(EVERY_AGGREGATION.map(({ metric }) => metric.id).toSorted());
});

test('titles are in the language that is asked for', async () => {
  const client = await connect('legacy', { 'accept-language': 'zh-CN' });
  const { tools } = await client.listTools();
  expect(tools[0]?.title).toBe(TOOLS.list_metrics.title.zh);
});

describe('who may ask', () => {
  const ping = { jsonrpc: '2.0', id: 1, method: 'ping' };
  const ask = (headers: Record<string, string>, method = 'POST') =>
    fetch(`${url}/mcp`, {
      method,
      headers: {
        ...(method === 'POST' ? { 'content-type': 'application/json' } : {}),
        accept: 'application/json, text/event-stream',
        ...headers,
      },
      ...(method === 'POST' ? { body: JSON.stringify(ping) } : {}),
    });

  test.each([
    [{}, 401, 'unauthenticated'],
    [{ authorization: 'Bearer guess' }, 401, 'unauthenticated'],
    [{ authorization: 'Bearer shop' }, 403, 'forbidden'],
    [{ authorization: 'Bearer anna', origin: 'https://evil.example' }, 403, 'forbidden'],
    [{ authorization: 'Bearer anna', origin: 'null' }, 403, 'forbidden'],
  ])('%j is answered %i %s', async (headers, status, code) => {
    const response = await ask(headers as Record<string, string>);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(response.headers.get('www-authenticate')).toBe(status === 401 ? 'Bearer' : null);
    expect(await response.json()).toMatchObject({ code, status });
  });

  test('a reader, also from a page of this machine', async () => {
    for (const origin of ['http://localhost:7400', url])
      expect((await ask({ authorization: 'Bearer anna', origin })).status).toBe(200);
  });

  test.each(['GET', 'DELETE'])('there are no sessions: %s is answered 405', async (method) => {
    const response = await ask({ authorization: 'Bearer anna' }, method);
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    expect(await response.json()).toMatchObject({ code: 'method_not_allowed' });
  });
});

test('calls are counted by tool and outcome, requests by their route', async () => {
  const text = await platform.telemetry.registry.metrics();
  expect(text).toMatch(
    /tidemark_console_tool_calls_total\{tool="describe_metric",outcome="not_found"\} 2/,
  );
  expect(text).toMatch(/tidemark_console_tool_calls_total\{tool="read_alert",outcome="ok"\} 2/);
  expect(text).toMatch(/tidemark_console_request_seconds_count\{route="\/mcp",status="2xx"\}/);
});
