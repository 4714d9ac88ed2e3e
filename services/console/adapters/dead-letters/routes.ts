import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Refusal } from '../../../kernel/errors.ts';
import type { Result } from '../../../kernel/result.ts';
import type { Access } from '../../../platform/access.ts';
import { authorize, sendProblem } from '../../../platform/http.ts';
import type { LateEventsAnswer } from '../../core/late-events.ts';
import type { Parameters } from '../../core/values-query.ts';
import type { DeadLetters } from '../../dead-letters.ts';

/** What was not counted: `/v1/dead-letters` and `/v1/late-events`, role reader; sending again, role steward. */
export function deadLetterRoutes(
  http: FastifyInstance,
  access: Access,
  {
    letters,
    lateEvents,
  }: {
    readonly letters: DeadLetters;
    readonly lateEvents: (parameters: Parameters) => Promise<Result<LateEventsAnswer, Refusal>>;
  },
): void {
  http.get<{ Querystring: Parameters }>('/v1/dead-letters', async (request, reply) => {
    if (!authorize(access, { request, reply, role: 'reader' })) return reply;
    return send(reply, await letters.list(request.query));
  });
  http.get<{ Params: { id: string } }>('/v1/dead-letters/:id', async (request, reply) => {
    if (!authorize(access, { request, reply, role: 'reader' })) return reply;
    return send(reply, await letters.show(request.params.id));
  });
  http.post<{ Params: { id: string } }>('/v1/dead-letters/:id/resend', async (request, reply) => {
    const principal = authorize(access, { request, reply, role: 'steward' });
    if (!principal) return reply;
    const order = { by: principal.person, body: request.body };
    return send(reply, await letters.resend(request.params.id, order));
  });
  http.post('/v1/dead-letters/resend', async (request, reply) => {
    const principal = authorize(access, { request, reply, role: 'steward' });
    if (!principal) return reply;
    return send(reply, await letters.resendAll({ by: principal.person, body: request.body }));
  });
  http.get<{ Querystring: Parameters }>('/v1/late-events', async (request, reply) => {
    if (!authorize(access, { request, reply, role: 'reader' })) return reply;
    return send(reply, await lateEvents(request.query));
  });
}

const send = (reply: FastifyReply, answer: Result<unknown, Refusal>): FastifyReply =>
  answer.ok
    ? reply.header('cache-control', 'no-store').send(answer.value)
    : sendProblem(reply, answer.error);
