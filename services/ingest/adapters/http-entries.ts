import type { FastifyInstance } from 'fastify';
import type { Access } from '../../platform/access.ts';
import { authorize, sendProblem } from '../../platform/http.ts';
import type { Entries } from '../entries.ts';

/** Far above a note and a few labels. */
const BODY_LIMIT_BYTES = 64 * 1024;

/** `POST /v1/metrics/{id}/entries`: roles owner or steward, of the metric's own people. */
export function entryRoutes(http: FastifyInstance, access: Access, entries: Entries): void {
  http.post<{ Params: { id: string } }>(
    '/v1/metrics/:id/entries',
    { bodyLimit: BODY_LIMIT_BYTES },
    async (request, reply) => {
      const principal = authorize(access, { request, reply, role: ['owner', 'steward'] });
      if (!principal) return reply;
      const entered = await entries.enter(request.params.id, request.body, principal);
      return entered.ok
        ? reply.status(201).header('cache-control', 'no-store').send(entered.value)
        : sendProblem(reply, entered.error);
    },
  );
}
