import type { FastifyInstance } from 'fastify';
import type { Catalog } from '../../../kernel/definitions.ts';
import type { Access } from '../../../platform/access.ts';
import { authorize, sendProblem } from '../../../platform/http.ts';
import { dashboardAnswer, dashboardsAnswer } from '../../core/dashboards/dashboards-answer.ts';

/** `GET /v1/dashboards` and `/v1/dashboards/{id}`: role reader. What panels show is asked for as anywhere else. */
export function dashboardRoutes(
  http: FastifyInstance,
  access: Access,
  catalog: () => Catalog,
): void {
  http.get('/v1/dashboards', (request, reply) => {
    if (!authorize(access, { request, reply, role: 'reader' })) return reply;
    return reply.header('cache-control', 'no-store').send(dashboardsAnswer(catalog()));
  });
  http.get<{ Params: { id: string } }>('/v1/dashboards/:id', (request, reply) => {
    if (!authorize(access, { request, reply, role: 'reader' })) return reply;
    const answer = dashboardAnswer(catalog(), request.params.id);
    return answer.ok
      ? reply.header('cache-control', 'no-store').send(answer.value)
      : sendProblem(reply, answer.error);
  });
}
