import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Refusal } from '../../../kernel/errors.ts';
import type { Result } from '../../../kernel/result.ts';
import type { Access } from '../../../platform/access.ts';
import { authorize, sendProblem } from '../../../platform/http.ts';
import type { Parameters } from '../../core/values-query.ts';
import type { MetricNotes } from '../../metric-notes.ts';

type Metric = { readonly id: string };

/** `/v1/metrics/{id}/notes`: read by readers, written by owners, taken back by who wrote and by approvers. */
export function noteRoutes(
  http: FastifyInstance,
  access: Access,
  notes: Pick<MetricNotes, 'list' | 'add' | 'remove'>,
): void {
  http.get<{ Params: Metric; Querystring: Parameters }>(
    '/v1/metrics/:id/notes',
    async (request, reply) => {
      const principal = authorize(access, { request, reply, role: 'reader' });
      if (!principal) return reply;
      return send(reply, await notes.list(request.params.id, request.query, principal));
    },
  );
  http.post<{ Params: Metric }>('/v1/metrics/:id/notes', async (request, reply) => {
    const principal = authorize(access, { request, reply, role: 'owner' });
    if (!principal) return reply;
    const asked = { by: principal.person, body: request.body };
    return send(reply.code(201), await notes.add(request.params.id, asked));
  });
  http.delete<{ Params: Metric & { readonly note: string } }>(
    '/v1/metrics/:id/notes/:note',
    async (request, reply) => {
      const principal = authorize(access, { request, reply, role: ['owner', 'approver'] });
      if (!principal) return reply;
      const { id, note } = request.params;
      return send(reply, await notes.remove(id, note, principal));
    },
  );
}

const send = (reply: FastifyReply, answer: Result<unknown, Refusal>): FastifyReply =>
  answer.ok
    ? reply.header('cache-control', 'no-store').send(answer.value)
    : sendProblem(reply, answer.error);
