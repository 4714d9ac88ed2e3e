import type { FastifyInstance } from 'fastify';
import { readQuery } from '../../kernel/members.ts';
import { parseTime } from '../../kernel/query-time.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { Access } from '../../platform/access.ts';
import { authorize, sendProblem } from '../../platform/http.ts';
import type { RuleHealth } from '../core/proof/rule-health.ts';
import type { Reviewer } from '../reviewer.ts';

/** `GET /v1/rules/{id}/review?from&to`: how a rule has done, from what is known of its alerts. */
export function reviewRoutes(
  http: FastifyInstance,
  access: Access,
  of: {
    /** Of the rule's metric; undefined where no such rule is published. */
    readonly zoneOf: (rule: string) => string | undefined;
    readonly review: Reviewer;
    readonly health: () => readonly RuleHealth[];
    readonly now: () => EpochMs;
  },
): void {
  http.get<{ Params: { id: string } }>('/v1/rules/:id/review', async (request, reply) => {
    if (!authorize(access, { request, reply, role: 'reader' })) return reply;
    const { id } = request.params;
    const query = readQuery(request.query, ['from', 'to']);
    if (!query.ok) return sendProblem(reply, query.error);
    const { from, to } = query.value;
    const zone = of.zoneOf(id);
    const fromMs = from === undefined ? null : parseTime(from, zone ?? 'UTC');
    const toMs = to === undefined ? of.now() : parseTime(to, zone ?? 'UTC');
    if (fromMs === undefined || toMs === undefined || (fromMs ?? -Infinity) >= toMs)
      return sendProblem(reply, {
        code: 'invalid_parameter',
        detail: 'from and to must be RFC 3339 times or dates, from before to',
      });
    const review = await of.review(id, { fromMs, toMs });
    if (review.fired === 0 && zone === undefined)
      return sendProblem(reply, { code: 'not_found', detail: `no rule ${id} is published` });
    return { ...review, health: of.health().find(({ rule }) => rule === id) ?? null };
  });
}
