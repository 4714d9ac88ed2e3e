import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Refusal } from '../../kernel/errors.ts';
import type { Result } from '../../kernel/result.ts';
import type { Access } from '../../platform/access.ts';
import { authorize, sendProblem } from '../../platform/http.ts';
import type { Parameters } from '../core/values-query.ts';
import type { ConsoleReads } from '../service.ts';

/** `GET /v1/metrics`, `/v1/metrics/{id}`, its `values` and `current`, and `GET /v1/pipeline`: role reader. */
export function readRoutes(http: FastifyInstance, access: Access, reads: ConsoleReads): void {
  http.get<{ Querystring: Parameters }>('/v1/metrics', async (request, reply) => {
    if (!authorize(access, { request, reply, role: 'reader' })) return reply;
    return send(reply, await reads.list(request.query));
  });
  http.get<{ Params: { id: string } }>('/v1/metrics/:id', async (request, reply) => {
    if (!authorize(access, { request, reply, role: 'reader' })) return reply;
    return send(reply, await reads.show(request.params.id));
  });
  for (const question of ['values', 'current'] as const) {
    http.get<{ Params: { id: string }; Querystring: Parameters }>(
      `/v1/metrics/:id/${question}`,
      async (request, reply) => {
        if (!authorize(access, { request, reply, role: 'reader' })) return reply;
        const { authorization } = request.headers;
        return send(reply, await reads[question](request.params.id, request.query, authorization));
      },
    );
  }
  http.get('/v1/pipeline', async (request, reply) => {
    if (!authorize(access, { request, reply, role: 'reader' })) return reply;
    return reply.header('cache-control', 'no-store').send(await reads.pipeline());
  });
}

/** Values are as of now: no cache between may keep them. */
const send = (reply: FastifyReply, answer: Result<unknown, Refusal>): FastifyReply =>
  answer.ok
    ? reply.header('cache-control', 'no-store').send(answer.value)
    : sendProblem(reply, answer.error);
