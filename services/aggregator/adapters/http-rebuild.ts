import type { FastifyInstance } from 'fastify';
import type { Access } from '../../platform/access.ts';
import { authorize, sendProblem } from '../../platform/http.ts';
import type { Aggregator } from '../service.ts';

/** `POST /v1/metrics/{id}/rebuild`: ends the metric's generation; a new one is filled from the log. Role steward. */
export function rebuildRoutes(
  http: FastifyInstance,
  access: Access,
  rebuild: Aggregator['rebuild'],
): void {
  http.post<{ Params: { id: string } }>('/v1/metrics/:id/rebuild', async (request, reply) => {
    if (!authorize(access, { request, reply, role: 'steward' })) return reply;
    const { id } = request.params;
    const begun = await rebuild(id);
    if (begun) return reply.status(202).send(begun);
    return sendProblem(reply, {
      code: 'not_found',
      detail: `no metric ${id} is counted from events: of a derived one rebuild the inputs`,
    });
  });
}
