import type { FastifyInstance } from 'fastify';
import { readBody } from '../../kernel/members.ts';
import { parseTime } from '../../kernel/query-time.ts';
import type { Access } from '../../platform/access.ts';
import { authorize, sendProblem } from '../../platform/http.ts';
import type { VerifyAnswer, VerifyQuestion } from '../verify-question.ts';

/**
 * `POST /v1/metrics/{id}/verify { from, to }`, times or dates in the metric's zone: what a recount from the log gives beside
 * what is stored. One at a time: it reads much, and others would only share its time.
 */
export function verifyRoutes(
  http: FastifyInstance,
  access: Access,
  of: {
    readonly verify: (question: VerifyQuestion) => Promise<VerifyAnswer | undefined>;
    /** undefined where no such metric is published. */
    readonly zoneOf: (metric: string) => string | undefined;
  },
): void {
  let isBusy = false;
  http.post<{ Params: { id: string }; Body: unknown }>(
    '/v1/metrics/:id/verify',
    async (request, reply) => {
      if (!authorize(access, { request, reply, role: 'reader' })) return reply;
      const { id } = request.params;
      const body = readBody(request.body, ['from', 'to']);
      if (!body.ok) return sendProblem(reply, body.error);
      const { from, to } = body.value;
      const zone = of.zoneOf(id) ?? 'UTC';
      const fromMs = typeof from === 'string' ? parseTime(from, zone) : undefined;
      const toMs = typeof to === 'string' ? parseTime(to, zone) : undefined;
      if (fromMs === undefined || toMs === undefined || fromMs >= toMs)
        return sendProblem(reply, {
          code: 'invalid_parameter',
          detail: 'from and to must be RFC 3339 times or dates, from before to',
        });
      if (isBusy)
        return sendProblem(reply, {
          code: 'overloaded',
          detail: 'another verification runs; one is done at a time',
        });
      isBusy = true;
      try {
        const answer = await of.verify({ metric: id, fromMs, toMs });
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
