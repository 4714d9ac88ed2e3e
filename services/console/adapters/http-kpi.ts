import type { FastifyInstance } from 'fastify';
import type { Access } from '../../platform/access.ts';
import { authorize } from '../../platform/http.ts';
import { CONTENT_TYPE } from '../core/exposition.ts';
import type { ExpositionFormat } from '../core/exposition.ts';

/** `GET /metrics/kpi`: business values for a Prometheus scrape, as OpenMetrics where it asks for that; role reader. */
export function kpiRoute(
  http: FastifyInstance,
  access: Access,
  render: (format: ExpositionFormat) => Promise<string>,
): void {
  http.get('/metrics/kpi', async (request, reply) => {
    if (!authorize(access, { request, reply, role: 'reader' })) return reply;
    const format = request.headers.accept?.includes('application/openmetrics-text')
      ? 'openmetrics'
      : 'prometheus';
    return reply.type(CONTENT_TYPE[format]).send(await render(format));
  });
}
