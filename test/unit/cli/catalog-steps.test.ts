import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { runCatalog as run } from '../../support/catalog-command.ts';

/** Notes what it is asked, and answers with what is to be answered. */
let server: Server;
let asked: { route: string; body: unknown; authorization: string | undefined }[] = [];
let answers: { status: number; body: unknown }[] = [];
const folder = mkdtempSync(join(tmpdir(), 'tidemark-cli-steps-'));
const file = join(folder, 'two.yaml');

beforeAll(async () => {
  writeFileSync(
    file,
    'kind: Metric\nmetadata: { id: a }\n---\nkind: Metric\nmetadata: { id: b }\n',
  );
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const text = Buffer.concat(parts).toString('utf8');
      const { authorization } = request.headers;
      asked.push({
        route: `${request.method} ${request.url}`,
        body: text === '' ? undefined : (JSON.parse(text) as unknown),
        authorization,
      });
      const { status, body } = answers.shift() ?? { status: 200, body: EMPTY };
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('TIDEMARK_PORT', String((server.address() as AddressInfo).port));
  vi.stubEnv('TIDEMARK_DATA_DIR', '/nonexistent');
  vi.stubEnv('TIDEMARK_TOKEN', 'anna');
});
afterAll(() => {
  vi.unstubAllEnvs();
  server.close();
  rmSync(folder, { recursive: true });
});
afterEach(() => {
  asked = [];
  answers = [];
});

const EMPTY = { kind: 'Metric', id: 'a', reviews: [], items: [] };

describe('each verb is one request with the token of whoever asks', () => {
  test.each<[readonly string[], string, unknown]>([
    [['submit', 'Metric/a', '--note', 'n'], 'POST drafts/Metric/a/submit', { note: 'n' }],
    [['withdraw', 'Metric/a'], 'POST drafts/Metric/a/withdraw', {}],
    [['discard', 'Metric/a', '--base', 't'], 'DELETE drafts/Metric/a', { base: 't' }],
    [
      ['approve', 'Metric/a', '--accepts-breaks'],
      'POST drafts/Metric/a/approve',
      { acceptsBreaks: true },
    ],
    [['reject', 'Metric/a', '--reason', 'r'], 'POST drafts/Metric/a/reject', { reason: 'r' }],
    [['retire', 'Metric/a', '--reason', 'r'], 'POST documents/Metric/a/retire', { reason: 'r' }],
    [['rollback', 'Metric/a', '3'], 'POST documents/Metric/a/rollback', { revision: 3 }],
    [['show', 'Metric/a'], 'GET documents/Metric/a', undefined],
    [['history', 'Metric/a'], 'GET documents/Metric/a/history', undefined],
    [
      ['draft', file, 'Metric/b', '--note', 'n'],
      'PUT drafts/Metric/b',
      { text: 'kind: Metric\nmetadata: { id: b }\n', note: 'n' },
    ],
  ])('%j', async (args, route, body) => {
    await run(...args);
    const [method, path] = route.split(' ');
    expect(asked).toEqual([
      { route: `${method} /v1/catalog/${path}`, body, authorization: 'Bearer anna' },
    ]);
  });

  test('drafts reads all pages of both states, and says of a published one that it is drafted', async () => {
    const item = {
      kind: 'Metric',
      name: { zh: '销售' },
      state: 'published',
      author: 'person:anna',
    };
    answers = [
      { status: 200, body: { items: [{ ...item, id: 'a' }], cursor: 'Metric/a' } },
      { status: 200, body: { items: [{ ...item, id: 'b' }] } },
      { status: 200, body: { items: [{ ...item, id: 'c' }] } },
    ];
    const { out } = await run('drafts', '--kind', 'Metric');
    expect(asked.map(({ route }) => route.split('?')[1])).toEqual([
      'kind=Metric&state=draft',
      'kind=Metric&state=draft&cursor=Metric%2Fa',
      'kind=Metric&state=in_review',
    ]);
    expect(
      out
        .split('\n')
        .slice(1, 4)
        .map((line) => line.split(/ +/).slice(0, 3)),
    ).toEqual([
      ['Metric/a', 'draft', '销售'],
      ['Metric/b', 'draft', '销售'],
      ['Metric/c', 'in_review', '销售'],
    ]);
  });

  test('difference says what it found', async () => {
    const windows = { total: 9, changed: 2, added: 1, removed: 0, open: 4 };
    const told = { windows, items: [], total: { before: '1.00', after: null } };
    answers = [
      { status: 200, body: { state: 'ready', ...told } },
      { status: 200, body: { state: 'filling', progress: 0.579, ...told } },
    ];
    expect((await run('difference', 'Metric/a', '--grain', 'day')).notes).toBe(
      'of 9 windows 2 change, 1 come, 0 go; in all 1.00 before, nothing after; 4 open windows are not compared\n',
    );
    expect(asked[0]?.route).toBe('GET /v1/catalog/drafts/Metric/a/difference?grain=day');
    expect((await run('difference', 'Metric/a')).notes).toContain('57 %; ask again');
  });
});

describe('what is refused', () => {
  test.each<[readonly string[], string]>([
    [['submit', 'a'], 'A document is KIND/ID'],
    [['rollback', 'Metric/a', 'first'], 'A revision is a whole number'],
    [['reject', 'Metric/a'], "required option '--reason <text>' not specified"],
    [['draft', file], 'name those that are meant: the file holds Metric/a, Metric/b'],
    [['draft', file, 'Metric/c'], 'the file holds no Metric/c, but Metric/a, Metric/b'],
    [['draft', join(folder, 'none.yaml')], 'no such file'],
  ])('%j asks nobody', async (args, message) => {
    await expect(run(...args)).rejects.toThrow(message);
    expect(asked).toEqual([]);
  });

  test('by the console is told with its code', async () => {
    answers = [{ status: 403, body: { code: 'own_draft', detail: 'somebody else approves it' } }];
    await expect(run('approve', 'Metric/a')).rejects.toMatchObject({
      code: 'own_draft',
      message: expect.stringContaining('somebody else approves it') as string,
    });
  });
});
