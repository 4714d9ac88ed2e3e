import type { FastifyInstance } from 'fastify';
import { readQuery } from '../../kernel/members.ts';
import { parseRfc3339 } from '../../kernel/time.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { Access } from '../../platform/access.ts';
import { authorize, sendProblem } from '../../platform/http.ts';
import type { Reviewer } from '../reviewer.ts';

/** `GET /v1/rules/{id}/review?from&to`: how a rule has done, from what is known of its alerts. */
export function reviewRoutes(
  http: FastifyInstance,
  access: Access,
  of: {
    readonly isKnown: (rule: string) => boolean;
    readonly review: Reviewer;
    readonly now: () => EpochMs;
  },
): void {
  http.get<{ Params: { id: string } }>('/v1/rules/:id/review', async (request, reply) => {
    if (!authorize(access, { request, reply, role: 'reader' })) return reply;
    const { id } = request.params;
    const query = readQuery(request.query, ['from', 'to']);
    if (!query.ok) return sendProblem(reply, query.error);
    const { from, to } = query.value;
    const fromMs = from === undefined ? null : parseRfc3339(from);
    const toMs = to === undefined ? of.now() : parseRfc3339(to);
    if (fromMs === undefined || toMs === undefined || (fromMs ?? -Infinity) >= toMs)
      return sendProblem(reply, {
        code: 'invalid_parameter',
        detail: 'from and to must be RFC 3339 date-times, from before to',
      });
    const review = await of.review(id, { fromMs, toMs });
    if (review.fired === 0 && !of.isKnown(id))
      return sendProblem(reply, { code: 'not_found', detail: `no rule ${id} is published` });
    return review;
  });
}
