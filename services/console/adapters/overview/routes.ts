import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Catalog } from '../../../kernel/definitions.ts';
import type { Refusal } from '../../../kernel/errors.ts';
import type { Result } from '../../../kernel/result.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import type { Access } from '../../../platform/access.ts';
import { authorize, sendProblem } from '../../../platform/http.ts';
import { meAnswer } from '../../core/overview/mine.ts';
import type { Parameters } from '../../core/values-query.ts';
import type { ManyReads } from '../../many.ts';

/**
 * `GET /v1/me`, `/v1/current` and `/v1/corrections`: what a page about many metrics begins with; role reader, but who one
 * is, is told to whoever has a token.
 */
export function manyRoutes(
  http: FastifyInstance,
  access: Access,
  from: { readonly many: ManyReads; readonly catalog: () => Catalog; readonly now: () => EpochMs },
): void {
  http.get('/v1/me', (request, reply) => {
    const principal = authorize(access, { request, reply });
    if (!principal) return reply;
    return reply
      .header('cache-control', 'no-store')
      .send(meAnswer(from.catalog(), principal, from.now()));
  });
  for (const question of ['current', 'corrections'] as const)
    http.get<{ Querystring: Parameters }>(`/v1/${question}`, async (request, reply) => {
      if (!authorize(access, { request, reply, role: 'reader' })) return reply;
      return send(reply, await from.many[question](request.query));
    });
}

const send = (reply: FastifyReply, answer: Result<unknown, Refusal>): FastifyReply =>
  answer.ok
    ? reply.header('cache-control', 'no-store').send(answer.value)
    : sendProblem(reply, answer.error);
