import type { FastifyInstance } from 'fastify';
import type { Access } from '../../../platform/access.ts';
import { authorize, sendProblem } from '../../../platform/http.ts';
import type { Parameters } from '../../core/values-query.ts';
import type { ManualEntries } from '../../manual-entries.ts';

/** `GET /v1/entries`, and `GET /v1/metrics/{id}/entries`: role reader. Ingest takes what is entered. */
export function entryListRoutes(
  http: FastifyInstance,
  access: Access,
  entries: ManualEntries,
): void {
  http.get('/v1/entries', (request, reply) => {
    const principal = authorize(access, { request, reply, role: 'reader' });
    if (!principal) return reply;
    return reply.header('cache-control', 'no-store').send(entries.sheets(principal));
  });
  http.get<{ Params: { id: string }; Querystring: Parameters }>(
    '/v1/metrics/:id/entries',
    async (request, reply) => {
      if (!authorize(access, { request, reply, role: 'reader' })) return reply;
      const answer = await entries.list(request.params.id, request.query);
      return answer.ok
        ? reply.header('cache-control', 'no-store').send(answer.value)
        : sendProblem(reply, answer.error);
    },
  );
}
