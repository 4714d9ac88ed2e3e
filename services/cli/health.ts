import type { FastifyInstance } from 'fastify';
import type { RunningService } from '../platform/platform.ts';

/**
 * `GET /healthz`: the process lives. `GET /readyz`: 200 when every service can do its job, else 503 with what is missing.
 * Both are open: a load balancer has no token, and they tell nothing about data.
 */
export function addHealthRoutes(http: FastifyInstance, missing: () => readonly string[]): void {
  http.get('/healthz', () => ({ status: 'ok' }));
  http.get('/readyz', (_request, reply) => {
    const lacking = missing();
    return reply
      .status(lacking.length === 0 ? 200 : 503)
      .send({ ready: lacking.length === 0, missing: lacking });
  });
}

export function missingOf(services: readonly RunningService[]): readonly string[] {
  return services.flatMap((service) => service.missing().map((what) => `${service.name}: ${what}`));
}
