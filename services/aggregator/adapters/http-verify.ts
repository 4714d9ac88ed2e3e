import type { FastifyInstance } from 'fastify';
import { parseRfc3339 } from '../../kernel/time.ts';
import type { Access } from '../../platform/access.ts';
import { authorize, sendProblem } from '../../platform/http.ts';
import type { VerifyAnswer, VerifyQuestion } from '../verify-question.ts';

/**
 * `POST /v1/metrics/{id}/verify { from, to }`: what a recount from the log gives beside what is stored. One at a time:
 * it reads much, and others would only share its time.
 */
export function verifyRoutes(
  http: FastifyInstance,
  access: Access,
  verify: (question: VerifyQuestion) => Promise<VerifyAnswer | undefined>,
): void {
  let isBusy = false;
  http.post<{ Params: { id: string }; Body: unknown }>(
    '/v1/metrics/:id/verify',
    async (request, reply) => {
      if (!authorize(access, { request, reply, role: 'reader' })) return reply;
      const { id } = request.params;
      const { from, to } = (request.body ?? {}) as Readonly<Record<string, unknown>>;
      const fromMs = typeof from === 'string' ? parseRfc3339(from) : undefined;
      const toMs = typeof to === 'string' ? parseRfc3339(to) : undefined;
      if (fromMs === undefined || toMs === undefined || fromMs >= toMs)
        return sendProblem(reply, {
          code: 'invalid_parameter',
          detail: 'from and to must be RFC 3339 date-times, from before to',
        });
      if (isBusy)
        return sendProblem(reply, {
          code: 'overloaded',
          detail: 'another verification runs; one is done at a time',
        });
      isBusy = true;
      try {
        const answer = await verify({ metric: id, fromMs, toMs });
        if (answer) return answer;
        return sendProblem(reply, {
          code: 'not_found',
          detail: `no metric ${id} is counted here`,
        });
      } finally {
        isBusy = false;
      }
    },
  );
}
