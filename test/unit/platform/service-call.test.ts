import { afterEach, describe, expect, test } from 'vitest';
import type { FastifyInstance } from 'fastify';
import { createHttpServer, sendProblem } from '../../../services/platform/http.ts';
import { createLogger } from '../../../services/platform/logger.ts';
import { serviceCall } from '../../../services/platform/service-call.ts';

const open: FastifyInstance[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((http) => http.close()));
});
const server = (): FastifyInstance => {
  const http = createHttpServer(createLogger({ level: 'silent', name: 'test', isTty: false }));
  open.push(http);
  return http;
};
/** Says what it was asked. */
const echoing = (): FastifyInstance => {
  const http = server();
  http.get('/v1/alerts/:id', ({ url, headers }) => ({ url, token: headers.authorization ?? null }));
  http.post('/v1/routes/preview', ({ body }) => ({ body }));
  http.get('/v1/refused', (_request, reply) =>
    sendProblem(reply, { code: 'invalid_parameter', detail: 'state is none', pointer: '/state' }),
  );
  http.get('/v1/broken', (_request, reply) => reply.status(502).send('<html>'));
  return http;
};

describe.each(['in the same process', 'in another process'])(
  'a question to a service %s',
  (where) => {
    const ask = async () => {
      const http = echoing();
      if (where === 'in the same process')
        return serviceCall(http, { service: 'alerting', url: 'http://127.0.0.1:9' });
      const url = await http.listen({ host: '127.0.0.1', port: 0 });
      return serviceCall(server(), { service: 'alerting', url });
    };

    test('carries its path, its parameters and the token of whoever asked', async () => {
      const call = await ask();
      const question = { method: 'GET', route: '/v1/alerts/:id', path: { id: 'a/b?' } } as const;
      const query = { owner: 'me&x', state: undefined };
      expect(await call({ ...question, query, authorization: 'Bearer x' })).toEqual({
        ok: true,
        value: { url: '/v1/alerts/a%2Fb%3F?owner=me%26x', token: 'Bearer x' },
      });
      expect(await call({ ...question, authorization: undefined })).toMatchObject({
        value: { url: '/v1/alerts/a%2Fb%3F', token: null },
      });
    });

    test('carries its body', async () => {
      const call = await ask();
      const body = { metric: 'sales', labels: { store: 'S 1' } };
      const question = { method: 'POST', route: '/v1/routes/preview', body } as const;
      expect(await call({ ...question, authorization: undefined })).toEqual({
        ok: true,
        value: { body },
      });
    });

    test('is refused as the service refuses it; what is no problem document is told by its status', async () => {
      const call = await ask();
      const of = (route: string) => call({ method: 'GET', route, authorization: undefined });
      expect(await of('/v1/refused')).toEqual({
        ok: false,
        error: { code: 'invalid_parameter', detail: 'state is none', pointer: '/state' },
      });
      expect(await of('/v1/broken')).toEqual({
        ok: false,
        error: { code: 'unreachable', detail: 'the alerting answers 502' },
      });
    });
  },
);

test('a service that nobody serves is unreachable, by name and address', async () => {
  const call = serviceCall(server(), { service: 'alerting', url: 'http://127.0.0.1:9' });
  expect(await call({ method: 'GET', route: '/v1/alerts', authorization: undefined })).toEqual({
    ok: false,
    error: { code: 'unreachable', detail: 'no alerting answers at http://127.0.0.1:9' },
  });
});
