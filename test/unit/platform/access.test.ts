import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Asking } from '../../../services/platform/callers.ts';
import { ROLES, createAccess } from '../../../services/platform/access.ts';
import type { Role } from '../../../services/platform/access.ts';

const folder = mkdtempSync(join(tmpdir(), 'tidemark-tokens-'));
afterAll(() => rmSync(folder, { recursive: true }));
const sha256 = (token: string): string => createHash('sha256').update(token).digest('hex');

let files = 0;
const fileOf = (content: unknown): string => {
  const file = join(folder, `${files++}.json`);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
};
const accessOf = (content: unknown) =>
  createAccess({ tokensFile: fileOf(content), host: '0.0.0.0' });

describe('without a tokens file', () => {
  test.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])(
    'everyone at %s is the local person with all roles',
    (host) => {
      const principal = createAccess({ tokensFile: '', host }).authenticate({});
      expect(principal).toMatchObject({
        ok: true,
        value: { person: 'person:local', roles: new Set(ROLES) },
      });
    },
  );

  describe('a page of another site', () => {
    const access = createAccess({ tokensFile: '', host: '127.0.0.1', names: ['figures.example'] });
    const codeOf = (asking: Asking) => {
      const principal = access.authenticate(asking);
      return principal.ok ? 'may' : principal.error.code;
    };
    test.each([
      ['http://localhost:3000', 'may'],
      ['http://127.0.0.1:7400', 'may'],
      ['http://[::1]:7400', 'may'],
      ['https://figures.example', 'may'],
      ['https://evil.example', 'forbidden'],
      ['https://figures.example.evil.example', 'forbidden'],
      ['https://evil.example/localhost', 'forbidden'],
      ['http://localhost.evil.example', 'forbidden'],
      ['null', 'forbidden'],
      ['', 'forbidden'],
    ])('of origin %j %s ask', (origin, expected) => {
      expect(codeOf({ host: 'localhost:7400', origin })).toBe(expected);
    });

    test.each([
      ['localhost:7400', 'may'],
      ['127.0.0.1', 'may'],
      ['[::1]:7400', 'may'],
      ['figures.example', 'may'],
      ['evil.example:7400', 'forbidden'],
      ['localhost@evil.example', 'forbidden'],
      ['evil@localhost', 'forbidden'],
      ['localhost/evil', 'forbidden'],
      ['127.0.0.1.evil.example', 'forbidden'],
      ['', 'forbidden'],
    ])('under the name %j for this machine %s ask', (host, expected) => {
      expect(codeOf({ host })).toBe(expected);
    });
  });

  test.each([
    '0.0.0.0',
    '::',
    '10.0.0.1',
    '192.168.1.2',
    'tidemark.example',
    'localhost.example',
    '127.0.0.1.example',
  ])('nothing is served at %s', (host) => {
    expect(() => createAccess({ tokensFile: '', host })).toThrow(/TIDEMARK_TOKENS_FILE is not set/);
  });
});

describe('with a tokens file', () => {
  test('a token is known from wherever it comes: no browser sends one by itself', () => {
    const asking = {
      authorization: 'Bearer secret',
      host: 'a.example',
      origin: 'https://b.example',
    };
    expect(
      accessOf({ [sha256('secret')]: { person: 'person:anna', roles: [] } }).authenticate(asking),
    ).toMatchObject({ ok: true });
  });

  const access = accessOf({
    [sha256('secret')]: { person: 'person:anna', roles: ['ingest', 'reader'], sources: ['/shop'] },
    [sha256('all')]: { person: 'person:erp', roles: ['ingest'] },
  });

  test('a token is its person, roles and sources', () => {
    expect(access.authenticate({ authorization: 'Bearer secret' })).toEqual({
      ok: true,
      value: {
        person: 'person:anna',
        roles: new Set(['ingest', 'reader']),
        sources: new Set(['/shop']),
      },
    });
  });

  test.each<[Role, readonly Role[]]>([
    ['ingest', ['ingest']],
    ['historical', ['historical']],
    ['reader', ['reader']],
    ['owner', ['owner', 'reader']],
    ['steward', ['steward', 'reader']],
    ['approver', ['approver', 'reader']],
    ['admin', ROLES],
  ])('who is %s holds %j', (role, held) => {
    const one = accessOf({ [sha256('one')]: { person: 'person:anna', roles: [role] } });
    expect(one.authenticate({ authorization: 'Bearer one' })).toMatchObject({
      ok: true,
      value: { roles: new Set(held) },
    });
  });

  test('a token without sources may write all', () => {
    expect(access.authenticate({ authorization: 'Bearer all' })).toMatchObject({
      ok: true,
      value: { person: 'person:erp' },
    });
    const all = access.authenticate({ authorization: 'Bearer all' });
    expect(all.ok && all.value.sources).toBeUndefined();
  });

  test.each([
    undefined,
    '',
    'secret',
    'Basic secret',
    'Bearer ',
    'Bearer guess',
    'Bearer secret secret',
    `Bearer ${sha256('secret')}`,
  ])('%j is nobody', (authorization) => {
    expect(access.authenticate({ authorization })).toMatchObject({
      ok: false,
      error: { code: 'unauthenticated' },
    });
  });

  test('a refusal never repeats the token', () => {
    const refused = access.authenticate({ authorization: 'Bearer guess' });
    expect(refused.ok ? '' : refused.error.detail).not.toContain('guess');
  });
});

describe('a faulty tokens file stops the start', () => {
  const entry = { person: 'person:a', roles: ['reader'] };
  test.each([
    ['that is no JSON', '{', /TIDEMARK_TOKENS_FILE .*JSON/],
    ['with a key that is no digest', { secret: entry }, /no SHA-256/],
    [
      'with a person that is none',
      { [sha256('a')]: { ...entry, person: 'anna' } },
      /must be person:ID/,
    ],
    [
      'with an unknown role',
      { [sha256('a')]: { ...entry, roles: ['king'] } },
      /unknown roles of .*: king/,
    ],
    ['without roles', { [sha256('a')]: { person: 'person:a' } }, /none given/],
    ['whose sources are no list', { [sha256('a')]: { ...entry, sources: '/shop' } }, /sources/],
    ['that is a list', [entry], /TIDEMARK_TOKENS_FILE/],
    ['whose entry is null', { [sha256('a')]: null }, /TIDEMARK_TOKENS_FILE/],
    ['that is null', null, /TIDEMARK_TOKENS_FILE/],
  ])('%s', (_, content, message) => {
    expect(() => accessOf(content)).toThrow(message);
  });

  test('that is not there', () => {
    expect(() => createAccess({ tokensFile: join(folder, 'none.json'), host: '::1' })).toThrow(
      /ENOENT/,
    );
  });
});
