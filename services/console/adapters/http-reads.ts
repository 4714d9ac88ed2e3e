import type { FastifyInstance } from 'fastify';

/** Questions for one metric by its name. */
const COUNTED = new Set(['/v1/metrics/:id', '/v1/metrics/:id/values', '/v1/metrics/:id/current']);
/** Says that a page shows all metrics at once: that is no interest in any one of them. */
const OVERVIEW_HEADER = 'tidemark-view';
const OVERVIEW = 'overview';

/** Notes the metrics whose questions were answered; those of an overview and those refused are none. */
export function noteReads(scope: FastifyInstance, noted: (metric: string) => void): void {
  scope.addHook('onResponse', (request, reply, done) => {
    const { id } = (request.params ?? {}) as { readonly id?: string };
    const isCounted = COUNTED.has(request.routeOptions.url ?? '') && reply.statusCode === 200;
    if (isCounted && id !== undefined && request.headers[OVERVIEW_HEADER] !== OVERVIEW) noted(id);
    done();
  });
}
