import type { FastifyInstance } from 'fastify';
import type { Catalog } from '../../kernel/definitions.ts';
import { readQuery } from '../../kernel/members.ts';
import type { Access } from '../../platform/access.ts';
import { authorize, sendProblem } from '../../platform/http.ts';
import { evidenceOf } from '../core/proof/evidence.ts';
import { explanation, questionOf } from '../core/proof/explanation.ts';
import type { Recount, ValueNowOf } from '../core/proof/explanation.ts';
import type { FindAlert } from '../find-alert.ts';

export type Explainer = {
  readonly catalog: () => Catalog;
  readonly alert: FindAlert;
  readonly recount: Recount;
  readonly valueNow: ValueNowOf;
};

/**
 * `GET /v1/alerts/{id}/explain`: the value that the alert stands on, counted again from the log at the alert's cursors;
 * the events that contributed most; who was told, and why he.
 */
export function explainRoutes(http: FastifyInstance, access: Access, explainer: Explainer): void {
  http.get<{ Params: { id: string } }>('/v1/alerts/:id/explain', async (request, reply) => {
    if (!authorize(access, { request, reply, role: 'reader' })) return reply;
    const query = readQuery(request.query, []);
    if (!query.ok) return sendProblem(reply, query.error);
    const { id } = request.params;
    const alert = await explainer.alert(id);
    const evidence = alert && evidenceOf(alert);
    if (!evidence)
      return sendProblem(reply, { code: 'not_found', detail: `no alert has the id ${id}` });
    const { authorization } = request.headers;
    const [recounted, now] = await Promise.all([
      explainer.recount(questionOf(evidence), authorization),
      explainer.valueNow(evidence.state, evidence.check),
    ]);
    return explanation(evidence, explainer.catalog(), { recounted, now });
  });
}
