import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { toolCalls } from '../../../services/console/adapters/mcp/tool-calls.ts';
import type { ToolWorld } from '../../../services/console/adapters/mcp/tool-calls.ts';
import { mcpRoutes, toolsOf } from '../../../services/console/adapters/mcp/routes.ts';
import { TOOLS } from '../../../services/console/adapters/mcp/tool-table.ts';
import { answerSchema } from '../../../services/console/core/mcp/answer-schema.ts';
import type { ConsoleReads } from '../../../services/console/service.ts';
import { err, ok } from '../../../services/kernel/result.ts';
import { createAccess } from '../../../services/platform/access.ts';
import { parseConfig } from '../../../services/platform/config.ts';
import { createHttpServer } from '../../../services/platform/http.ts';
import { createLogger } from '../../../services/platform/logger.ts';
import type { Platform } from '../../../services/platform/platform.ts';
import { createTelemetry } from '../../../services/platform/telemetry.ts';
import { roleOf } from '../../../docs/generator/roles.ts';
import { openApi } from '../../support/openapi.ts';

const VALUES = {
  metric: 'net-sales',
  unit: { code: 'CNY' },
  timezone: 'UTC',
  watermark: null,
  series: [],
  warnings: [],
};
/** Tools over a world that notes what it is asked, and answers what is given. */
function asking(answers: { readonly alerting?: object; readonly refuses?: boolean } = {}) {
  const asked: unknown[] = [];
  const noted: string[] = [];
  const refusal = err({ code: 'not_found' as const, detail: 'none' });
  const told =
    (name: string, value: object) =>
    (...given: readonly unknown[]) => {
      asked.push([name, ...given]);
      return Promise.resolve(answers.refuses ? refusal : ok(value));
    };
  const world = {
    reads: {
      list: told('list', { metrics: [], cursor: 'next' }),
      show: told('show', { projection: 'rebuilding' }),
      values: told('values', VALUES),
      current: told('current', VALUES),
      pipeline: () => Promise.resolve({ eventTypes: [], projections: [], warnings: [] }),
    },
    tree: () => ({ objectives: [], metrics: [], edges: [] }),
    aggregator: told('aggregator', { differing: 0 }),
    alerting: told('alerting', answers.alerting ?? {}),
    noted: (metric: string) => noted.push(metric),
  };
  const calls = toolCalls(world as unknown as ToolWorld);
  const tools = toolsOf(calls, openApi as never)(undefined);
  const ask = async (name: string, given: object) => {
    const tool = tools.find((one) => one.name === name);
    if (!tool) throw new Error(`no tool ${name}`);
    return (await tool.call(tool.input.parse(given), 'Bearer x')) as unknown;
  };
  return { ask, asked, noted };
}

test.each(Object.entries(TOOLS))(
  '%s gives what a route for readers answers',
  (_name, { answers }) => {
    const [method = '', url = ''] = answers.split(' ');
    const operation = openApi.paths[url]?.[method.toLowerCase()];
    expect(operation && roleOf(operation)).toBe('reader');
    const schema = answerSchema(openApi as never, answers);
    expect(JSON.stringify(schema)).not.toContain('#/components');
    const validate = new Ajv2020({ strict: false }).compile(schema);
    expect(validate({ notes: ['x'] })).toBe(false);
  },
);

test('an answer’s schema is that of the route, with what it refers to', () => {
  const validate = new Ajv2020({ strict: false }).compile(
    answerSchema(openApi as never, TOOLS.list_metrics.answers),
  );
  expect(validate({ notes: [], answer: { metrics: [] } })).toBe(true);
  expect(validate({ notes: [], answer: { metrics: [{ id: 'x' }] } })).toBe(false);
  expect(() => answerSchema(openApi as never, 'GET /v1/none')).toThrow('GET /v1/none');
});

describe('arguments become what the routes take', () => {
  test.each<[string, object, readonly unknown[]]>([
    [
      'list_metrics',
      { search: 'a b', owner: 'team:x' },
      ['list', { q: 'a b', owner: 'team:x', limit: '50' }],
    ],
    [
      'read_values',
      {
        metric: 'm',
        from: '2026-01-01',
        grain: 'day',
        by: ['store', 'channel'],
        where: { store: ['S:1', 'S2'] },
        compare: ['previous', 'year'],
        asOf: '2026-02-01',
        limit: 7,
      },
      [
        'values',
        'm',
        {
          from: '2026-01-01',
          grain: 'day',
          asOf: '2026-02-01',
          by: 'store,channel',
          where: ['store:S:1', 'store:S2'],
          compare: 'previous,year',
          limit: '7',
        },
        'Bearer x',
      ],
    ],
    [
      'read_current',
      { metric: 'm', window: 'week', cursor: 'c' },
      ['current', 'm', { window: 'week', limit: '200', cursor: 'c' }],
    ],
    [
      'explain_value',
      { metric: 'm', start: 'a', end: 'b', labels: { store: 'S1' } },
      [
        'aggregator',
        {
          method: 'POST',
          route: '/v1/metrics/:id/recount',
          path: { id: 'm' },
          body: { start: 'a', end: 'b', labels: { store: 'S1' }, top: 10 },
          authorization: 'Bearer x',
        },
      ],
    ],
    [
      'find_responsible',
      { metric: 'm', at: '2026-01-01' },
      [
        'alerting',
        {
          method: 'POST',
          route: '/v1/routes/preview',
          body: { metric: 'm', at: '2026-01-01' },
          authorization: 'Bearer x',
        },
      ],
    ],
  ])('%s %j', async (name, given, expected) => {
    const { ask, asked } = asking();
    await ask(name, given);
    expect(asked).toEqual([expected]);
  });

  test('of lists of alerts, with the token of whoever asks: `me` is he', async () => {
    const { ask, asked } = asking({ alerting: { cursor: null, health: [] } });
    await ask('list_alerts', { owner: 'me' });
    expect(asked).toEqual([
      [
        'alerting',
        {
          method: 'GET',
          route: '/v1/alerts',
          query: { owner: 'me', limit: '25' },
          authorization: 'Bearer x',
        },
      ],
    ]);
  });
});

test('what must not be overlooked stands before the answer', async () => {
  const { ask } = asking({
    alerting: { cursor: 'c', health: [{ rule: 'r', state: 'paused' }], answering: null },
  });
  const notesOf = async (name: string, given: object) =>
    ((await ask(name, given)) as { value: { notes: string[] } }).value.notes;
  expect(await notesOf('list_metrics', {})).toEqual([expect.stringMatching(/^cut/)]);
  expect(await notesOf('describe_metric', { metric: 'm' })).toEqual([
    'its values are not shown now: the projection is rebuilding',
  ]);
  expect(await notesOf('list_alerts', {})).toEqual([
    'rules that judge nothing, or not all: r (paused)',
    expect.stringMatching(/^cut/),
  ]);
  expect(await notesOf('find_responsible', { metric: 'm' })).toEqual([
    expect.stringContaining('nobody is told'),
  ]);
});

test('a metric that is asked for by name is noted as read, one that is not there is not', async () => {
  const there = asking();
  await there.ask('read_current', { metric: 'm' });
  await there.ask('list_metrics', {});
  expect(there.noted).toEqual(['m']);
  const none = asking({ refuses: true });
  expect(await none.ask('read_values', { metric: 'x' })).toMatchObject({
    ok: false,
    error: { code: 'not_found' },
  });
  expect(none.noted).toEqual([]);
});

test.each([
  ['read_metric_tree', { metric: 'x' }],
  ['read_pipeline', { eventType: 'x' }],
])('%s of what is not published is refused', async (name, given) => {
  expect(await asking().ask(name, given)).toMatchObject({
    ok: false,
    error: { code: 'not_found' },
  });
});

test('names are those that the protocol allows, titles are there in both languages', () => {
  for (const [name, { title, description }] of Object.entries(TOOLS)) {
    expect(name).toMatch(/^[a-z_]{1,64}$/);
    expect(title.zh).toMatch(/\p{Script=Han}/u);
    expect(description.length).toBeGreaterThan(80);
  }
});

test('alerting in another process is asked at the address that is set', async () => {
  const config = parseConfig({ TIDEMARK_ALERTING_URL: 'http://127.0.0.1:9' });
  if (!config.ok) throw new Error('no configuration');
  const http = createHttpServer(createLogger({ level: 'silent', name: 'test', isTty: false }));
  const platform = {
    http,
    config: config.value,
    access: createAccess({ tokensFile: '', host: '127.0.0.1' }),
    telemetry: createTelemetry(),
  };
  mcpRoutes(http, platform as unknown as Platform, { reads: {} as ConsoleReads, noted: () => {} });
  const { body } = await http.inject({
    method: 'POST',
    url: '/mcp',
    headers: { accept: 'application/json, text/event-stream' },
    payload: { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'list_alerts' } },
  });
  expect(body).toContain('unreachable: no alerting answers at http://127.0.0.1:9');
  await http.close();
});
