import type { FastifyInstance } from 'fastify';
import { traceRoutes } from '../../../../services/aggregator/adapters/http.ts';
// Through it recounts and questions about the past ask: services/aggregator/adapters/one-at-a-time.ts
import { pastRoutes } from '../../../../services/aggregator/adapters/http-past.ts';
import { rebuildRoutes } from '../../../../services/aggregator/adapters/http-rebuild.ts';
import { recountRoutes } from '../../../../services/aggregator/adapters/http-recount.ts';
import { verifyRoutes } from '../../../../services/aggregator/adapters/http-verify.ts';
import type { Access } from '../../../../services/platform/access.ts';
import { told } from './canary.ts';

/** Routes of the aggregator. @returns how often something was begun */
export function aggregatorRoutes(http: FastifyInstance, access: Access): () => number {
  let begun = 0;
  traceRoutes(http, access, () => Promise.resolve({ kind: 'found', trace: told } as never));
  verifyRoutes(http, access, {
    verify: () => Promise.resolve(told as never),
    zoneOf: () => 'UTC',
  });
  recountRoutes(http, access, () => Promise.resolve(told as never));
  pastRoutes(http, access, () => Promise.resolve(told as never));
  rebuildRoutes(http, access, () => {
    begun++;
    return Promise.resolve(told as never);
  });
  return () => begun;
}
