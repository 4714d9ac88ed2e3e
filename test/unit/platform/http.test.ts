import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FastifyInstance } from 'fastify';
import { ERRORS, TidemarkError } from '../../../services/kernel/errors.ts';
import type { ErrorCode } from '../../../services/kernel/errors.ts';
import { err, ok } from '../../../services/kernel/result.ts';
import type { Access, Role } from '../../../services/platform/access.ts';
import { authorize, createHttpServer, sendProblem } from '../../../services/platform/http.ts';
import { createLogger } from '../../../services/platform/logger.ts';

let http: FastifyInstance;
beforeEach(() => {
  http = createHttpServer(createLogger({ level: 'silent', name: 'test', isTty: false }));
});
afterEach(() => http.close());

describe('a problem', () => {
  test.each([
    ['not_parseable', 400],
    ['invalid_parameter', 400],
    ['unauthenticated', 401],
    ['forbidden', 403],
    ['not_found', 404],
    ['too_large', 413],
    ['unsupported_media_type', 415],
    ['schema_invalid', 422],
    ['grain_unavailable', 422],
    ['overloaded', 429],
    ['invariant_broken', 500],
    ['broker_unavailable', 503],
    ['registry_unavailable', 503],
    ['redis_unavailable', 503],
    ['rebuilding', 503],
  ] as const)('%s has status %i', async (code, status) => {
    http.get('/', (_request, reply) => sendProblem(reply, { code, detail: 'why', pointer: '/a' }));
    const response = await http.inject('/');
    expect(response.statusCode).toBe(status);
    expect(response.headers['content-type']).toContain('application/problem+json');
    expect(response.headers['retry-after']).toBe(
      status === 429 || status === 503 ? '1' : undefined,
    );
    expect(response.json()).toEqual({
      type: `https://tidemark.dev/errors/${code}`,
      title: ERRORS[code].meaning,
      status,
      detail: 'why',
      code,
      pointer: '/a',
    });
  });

  test('every transient code that a request can meet tells when to come again', async () => {
    const codes = (Object.keys(ERRORS) as ErrorCode[]).filter(
      (code) => ERRORS[code].isTransient && code !== 'unreachable',
    );
    for (const code of codes)
      http.get(`/${code}`, (_request, reply) => sendProblem(reply, { code, detail: '' }));
    for (const code of codes) {
      const response = await http.inject(`/${code}`);
      expect({ code, retryAfter: response.headers['retry-after'] }).toEqual({
        code,
        retryAfter: '1',
      });
    }
  });
});

describe('a server', () => {
  test('turns thrown codes into problems, and hides what is thrown otherwise', async () => {
    http.get('/code', () => {
      throw new TidemarkError('rebuilding', 'net-sales is being recomputed');
    });
    http.get('/bug', () => {
      throw new Error('secret detail');
    });
    expect((await http.inject('/code')).json()).toMatchObject({ code: 'rebuilding', status: 503 });
    const bug = await http.inject('/bug');
    expect(bug.json()).toMatchObject({ code: 'invariant_broken', status: 500 });
    expect(bug.body).not.toContain('secret');
  });

  test('answers unknown routes, broken JSON, other media types and large bodies with problems', async () => {
    http.post('/', () => 'ok');
    const post = (body: string, type: string) =>
      http.inject({ method: 'POST', url: '/', payload: body, headers: { 'content-type': type } });
    expect((await http.inject('/nowhere?token=x')).json()).toMatchObject({
      code: 'not_found',
      detail: 'no route GET /nowhere',
    });
    expect((await post('{', 'application/json')).json()).toMatchObject({
      code: 'not_parseable',
      status: 400,
    });
    expect((await post('<a/>', 'text/xml')).json()).toMatchObject({
      code: 'unsupported_media_type',
      status: 415,
    });
    expect((await post(' '.repeat(6 * 1024 * 1024 + 1), 'application/json')).json()).toMatchObject({
      code: 'too_large',
      status: 413,
    });
  });

  test('says of a known path by which methods it is served', async () => {
    http.get('/v1/silences', () => 'list');
    http.post('/v1/silences', () => 'made');
    await http.register((scope, _options, done) => {
      scope.delete('/v1/silences/:id', () => 'ended');
      scope.get('/files/*', () => 'file');
      done();
    });
    http.get('/files/none', (_request, reply) => reply.callNotFound());
    const answered = async (method: 'GET' | 'PUT' | 'PATCH' | 'POST', url: string) => {
      const { statusCode, headers, body } = await http.inject({ method, url });
      return [statusCode, headers['allow'], JSON.parse(body).code, JSON.parse(body).detail];
    };
    expect(await answered('PUT', '/v1/silences?a=1')).toEqual([
      405,
      'GET, HEAD, POST',
      'method_not_allowed',
      '/v1/silences takes GET, HEAD, POST, not PUT',
    ]);
    expect(await answered('GET', '/v1/silences/sil-1')).toEqual([
      405,
      'DELETE',
      'method_not_allowed',
      '/v1/silences/sil-1 takes DELETE, not GET',
    ]);
    const nowhere = [404, undefined, 'not_found'];
    expect((await answered('GET', '/files/none')).slice(0, 3)).toEqual(nowhere);
    for (const url of ['/v1/silences/sil-1/more', '/v1/silence', '/files/a'])
      expect((await answered('POST', url)).slice(0, 3)).toEqual(nowhere);
  });

  test('takes the longest event source, percent-encoded, as one part of a path', async () => {
    http.get<{ Params: { source: string } }>(
      '/v1/events/:source/:id',
      (request) => request.params.source,
    );
    const source = '/'.repeat(1_024);
    expect((await http.inject(`/v1/events/${encodeURIComponent(source)}/e-1`)).body).toBe(source);
  });
});

describe('authorize', () => {
  const withRoles = (...roles: readonly Role[]): Access => ({
    authenticate: ({ authorization }) =>
      authorization === 'Bearer good'
        ? ok({ person: 'person:anna', roles: new Set(roles) })
        : err({ code: 'unauthenticated', detail: 'no bearer token' }),
  });
  const ask = (access: Access, authorization?: string, role: Role | 'any' = 'owner') => {
    http.get('/', (request, reply) => {
      const principal = authorize(access, {
        request,
        reply,
        ...(role === 'any' ? {} : { role }),
      });
      return principal ? { person: principal.person } : reply;
    });
    return http.inject({ url: '/', headers: authorization === undefined ? {} : { authorization } });
  };

  test('gives who has the role', async () => {
    expect((await ask(withRoles('owner'), 'Bearer good')).json()).toEqual({
      person: 'person:anna',
    });
  });
  test('gives whoever is known, where no role is asked for', async () => {
    expect((await ask(withRoles(), 'Bearer good', 'any')).json()).toEqual({
      person: 'person:anna',
    });
  });
  test('refuses who is not known, where no role is asked for either', async () => {
    expect((await ask(withRoles(), 'Bearer bad', 'any')).statusCode).toBe(401);
  });
  test('refuses another role with the one that is needed', async () => {
    expect((await ask(withRoles('reader'), 'Bearer good')).json()).toMatchObject({
      status: 403,
      code: 'forbidden',
      detail: 'this needs the role owner',
    });
  });
  test('refuses who is not known, and says how to be', async () => {
    const response = await ask(withRoles('owner'));
    expect(response.json()).toMatchObject({ status: 401, code: 'unauthenticated' });
    expect(response.headers['www-authenticate']).toBe('Bearer');
  });
});
