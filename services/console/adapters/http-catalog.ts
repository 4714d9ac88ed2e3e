import type { FastifyInstance, FastifyReply } from 'fastify';
import type { MetricTree } from '../../kernel/catalog/tree.ts';
import type { Refusal } from '../../kernel/errors.ts';
import type { Result } from '../../kernel/result.ts';
import type { Access } from '../../platform/access.ts';
import { authorize, sendProblem } from '../../platform/http.ts';
import type { PruneAnswer } from '../catalog-prune.ts';
import type { ImpactAnswer, LineageAnswer } from '../core/catalog-answers.ts';
import { impactIn, lineageIn, pruneIn, spoken } from '../core/catalog/in-language.ts';
import type { Parameters } from '../core/values-query.ts';
import { acceptedBy } from './http-catalog-documents.ts';

export type CatalogQuestions = {
  readonly prune: (parameters: Parameters) => Promise<Result<PruneAnswer, Refusal>>;
  readonly lineage: (metric: string) => Result<LineageAnswer, Refusal>;
  readonly tree: () => MetricTree;
  /** @param body JSON as it came */
  readonly impact: (body: unknown) => Result<ImpactAnswer, Refusal>;
};

/** Questions about the definitions themselves, `/v1/catalog/…` and `/v1/tree`: role reader, prose in the language of `Accept-Language`. None of them changes anything. */
export function catalogRoutes(
  http: FastifyInstance,
  access: Access,
  questions: CatalogQuestions,
): void {
  http.get<{ Querystring: Parameters }>('/v1/catalog/prune', async (request, reply) => {
    if (!authorize(access, { request, reply, role: 'reader' })) return reply;
    return send(reply, spoken(acceptedBy(request), pruneIn, await questions.prune(request.query)));
  });
  http.get<{ Params: { metric: string } }>(
    '/v1/catalog/lineage/:metric',
    async (request, reply) => {
      if (!authorize(access, { request, reply, role: 'reader' })) return reply;
      return send(
        reply,
        spoken(acceptedBy(request), lineageIn, questions.lineage(request.params.metric)),
      );
    },
  );
  http.get('/v1/tree', async (request, reply) => {
    if (!authorize(access, { request, reply, role: 'reader' })) return reply;
    return reply.header('cache-control', 'no-store').send(questions.tree());
  });
  http.post('/v1/catalog/impact', async (request, reply) => {
    if (!authorize(access, { request, reply, role: 'reader' })) return reply;
    return send(reply, spoken(acceptedBy(request), impactIn, questions.impact(request.body)));
  });
}

const send = (reply: FastifyReply, answer: Result<unknown, Refusal>): FastifyReply =>
  answer.ok
    ? reply.header('cache-control', 'no-store').send(answer.value)
    : sendProblem(reply, answer.error);
