import type { FastifyInstance } from 'fastify';
import type { Refusal } from '../../kernel/errors.ts';
import type { Result } from '../../kernel/result.ts';
import type { Access } from '../../platform/access.ts';
import { authorize, sendProblem } from '../../platform/http.ts';
import type { PruneAnswer } from '../catalog-prune.ts';
import type { Parameters } from '../core/values-query.ts';

export type CatalogQuestions = {
  readonly prune: (parameters: Parameters) => Promise<Result<PruneAnswer, Refusal>>;
};

/** Questions about the definitions themselves, `GET /v1/catalog/…`: role reader. */
export function catalogRoutes(
  http: FastifyInstance,
  access: Access,
  questions: CatalogQuestions,
): void {
  http.get<{ Querystring: Parameters }>('/v1/catalog/prune', async (request, reply) => {
    if (!authorize(access, { request, reply, role: 'reader' })) return reply;
    const answer = await questions.prune(request.query);
    if (!answer.ok) return sendProblem(reply, answer.error);
    return reply.header('cache-control', 'no-store').send(answer.value);
  });
}
