import { afterEach, describe, expect, test } from 'vitest';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { TidemarkError } from '../../../services/kernel/errors.ts';
import { err, ok } from '../../../services/kernel/result.ts';
import { createAccess } from '../../../services/platform/access.ts';
import { createHttpServer } from '../../../services/platform/http.ts';
import { createLogger } from '../../../services/platform/logger.ts';
import { mcpRoute } from '../../../services/platform/mcp.ts';
import type { McpOptions, McpTool } from '../../../services/platform/mcp.ts';

const open: FastifyInstance[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((http) => http.close()));
});

const CONFIG: McpOptions['config'] = {
  TIDEMARK_TOKENS_FILE: '',
  TIDEMARK_PUBLIC_URL: 'https://figures.example/console',
  TIDEMARK_HOST: '127.0.0.1',
  TIDEMARK_PORT: 7400,
};
const input = z.strictObject({
  limit: z.int().max(5).default(3),
  where: z.record(z.string(), z.string()).optional(),
});

/** A server of one tool, and what it did. */
function serving(call: McpTool['call'], config: Partial<McpOptions['config']> = {}) {
  const http = createHttpServer(createLogger({ level: 'silent', name: 'test', isTty: false }));
  open.push(http);
  const calls: string[] = [];
  const faults: (string | undefined)[] = [];
  mcpRoute(http, createAccess({ tokensFile: '', host: '127.0.0.1', names: ['figures.example'] }), {
    path: '/mcp',
    server: { name: 'x', title: 'X', version: '1.0.0' },
    instructions: 'Ask.',
    tools: () => [
      { name: 'ask', title: 'Ask', description: 'Asks.', input, output: { type: 'object' }, call },
    ],
    config: { ...CONFIG, ...config },
    onCall: (tool, outcome) => calls.push(`${tool} ${outcome}`),
    onFault: (_error, code) => faults.push(code),
  });
  const send = async (message: unknown, headers: Record<string, string> = {}) =>
    http.inject({
      method: 'POST',
      url: '/mcp',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...headers,
      },
      payload: typeof message === 'string' ? message : JSON.stringify(message),
    });
  const ask = async (given: unknown, headers: Record<string, string> = {}) => {
    const response = await send(request('tools/call', { name: 'ask', arguments: given }), headers);
    return { status: response.statusCode, ...resultIn(response.body) };
  };
  return { ask, send, calls, faults };
}
const request = (method: string, params: object = {}) => ({
  jsonrpc: '2.0',
  id: 1,
  method,
  params,
});

type Answer = {
  readonly result?: {
    readonly isError?: boolean;
    readonly content: readonly { readonly text: string }[];
    readonly structuredContent?: object;
    readonly _meta?: object;
  };
  readonly error?: { readonly code: number };
};
/** Of the one event of the stream. */
const resultIn = (body: string): Answer =>
  JSON.parse(/^data: (.*)$/m.exec(body)?.[1] ?? body) as Answer;

test('a tool is called with what is given, by whoever asks, and answers in both forms', async () => {
  const seen: unknown[] = [];
  const { ask, calls } = serving((given, authorization) => {
    seen.push(given, authorization);
    return Promise.resolve(ok({ notes: [], answer: { n: '1.00' } }));
  });
  const { result } = await ask({}, { authorization: 'Bearer x' });
  expect(seen).toEqual([{ limit: 3 }, 'Bearer x']);
  expect(result?.structuredContent).toEqual({ notes: [], answer: { n: '1.00' } });
  expect(result?.content).toEqual([{ type: 'text', text: '{"notes":[],"answer":{"n":"1.00"}}' }]);
  expect(calls).toEqual(['ask ok']);
});

describe('a call is refused in the words of the table', () => {
  const never = (): never => {
    throw new Error('must not be called');
  };
  test.each([
    [{ limit: 9 }, '/limit'],
    [{ where: { 'a/b': 1 } }, '/where/a~1b'],
    [{ limt: 1 }, ''],
    ['text', ''],
  ])('%j, which is not what it takes', async (given, pointer) => {
    const { ask, calls } = serving(never);
    const { status, result, error } = await ask(given);
    // What is no object is not even a call of the protocol.
    if (typeof given === 'string') {
      expect(error?.code).toBe(-32_602);
      return;
    }
    expect([status, result?.isError]).toEqual([200, true]);
    expect(result?.content[0]?.text).toMatch(/^invalid_parameter: /);
    expect(result?._meta).toMatchObject({
      'tidemark.dev/problem': { code: 'invalid_parameter', status: 400, pointer },
    });
    expect(calls).toEqual(['ask invalid_parameter']);
  });

  test.each<[string, McpTool['call'], string, RegExp]>([
    [
      'a refusal',
      () => Promise.resolve(err({ code: 'not_found', detail: 'no x' })),
      'not_found',
      /^not_found: no x\nCheck the spelling/,
    ],
    [
      'a store that does not answer',
      () => Promise.reject(new TidemarkError('redis_unavailable', 'Redis is away')),
      'redis_unavailable',
      /^redis_unavailable: Redis is away/,
    ],
    [
      'a bug',
      () => Promise.reject(new Error('secret')),
      'invariant_broken',
      /^invariant_broken: the question failed inside/,
    ],
    [
      'more than a model can read',
      () => Promise.resolve(ok({ text: 'x'.repeat(262_144) })),
      'too_large',
      /^too_large: the answer has 262155 characters, at most 262144/,
    ],
  ])('%s', async (_what, call, code, text) => {
    const { ask, calls, faults } = serving(call);
    const { result } = await ask({});
    expect(result?.isError).toBe(true);
    expect(result?.content[0]?.text).toMatch(text);
    expect(result?.structuredContent).toBeUndefined();
    expect(calls).toEqual([`ask ${code}`]);
    expect(faults).toEqual(code === 'invariant_broken' ? [code] : []);
  });

  test('an answer of just that size is given', async () => {
    const { ask } = serving(() => Promise.resolve(ok({ text: 'x'.repeat(262_144 - 11) })));
    expect((await ask({})).result?.isError).toBeUndefined();
  });
});

describe('a page of another site', () => {
  const served = (config: Partial<McpOptions['config']> = {}) =>
    serving(() => Promise.resolve(ok({})), config);
  const statusOf = async (headers: Record<string, string>, config = {}): Promise<number> =>
    (await served(config).ask({}, headers)).status;

  test('may not ask; one of this machine or of the public address may', async () => {
    for (const origin of ['http://localhost:3000', 'http://[::1]', 'https://figures.example'])
      expect([origin, await statusOf({ origin })]).toEqual([origin, 200]);
    for (const origin of ['https://evil.example', 'null', 'https://figures.example.evil.example'])
      expect([origin, await statusOf({ origin })]).toEqual([origin, 403]);
  });

  test('may not come under a name of its own, where no token protects what is asked', async () => {
    expect(await statusOf({ host: 'evil.example:7400' })).toBe(403);
    expect(await statusOf({ host: 'figures.example' })).toBe(200);
  });
});

describe('what does not keep to the protocol', () => {
  test.each<[string, unknown, Record<string, string>, number, string]>([
    ['no JSON', '{', {}, 400, '"code":"not_parseable"'],
    ['another media type', 'x', { 'content-type': 'text/plain' }, 415, '-32000'],
    [
      'a form that nobody reads',
      'x',
      { 'content-type': 'text/xml' },
      415,
      '"code":"unsupported_media_type"',
    ],
    ['a body beyond the limit', 'x'.repeat(6 * 1024 * 1024 + 1), {}, 413, '"code":"too_large"'],
    ['no JSON-RPC', {}, {}, 400, '-32600'],
    [
      'a tool that is not there',
      request('tools/call', { name: 'none', arguments: {} }),
      {},
      200,
      '-32602',
    ],
    ['a method that is not there', request('resources/list'), {}, 200, '-32601'],
  ])('%s is refused', async (_what, message, headers, status, text) => {
    const { send } = serving(() => Promise.resolve(ok({})));
    const response = await send(message, headers);
    expect([response.statusCode, response.body]).toEqual([status, expect.stringContaining(text)]);
  });
});
