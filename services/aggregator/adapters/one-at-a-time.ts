import type { FastifyInstance } from 'fastify';
import type { Refusal } from '../../kernel/errors.ts';
import type { Result } from '../../kernel/result.ts';
import type { Access } from '../../platform/access.ts';
import { authorize, sendProblem } from '../../platform/http.ts';

/** A question about a metric that reads much of the log. */
type HeavyQuestion = { readonly metric: string; readonly version?: string | undefined };

/** `POST path`, role reader: who asks while another question is answered is told to come again. */
export function answerOneAtATime<Question extends HeavyQuestion>(
  http: FastifyInstance,
  access: Access,
  route: {
    /** With `:id`, the metric's. */
    readonly path: string;
    readonly parse: (metric: string, body: unknown) => Result<Question, Refusal>;
    /** @returns undefined: no such metric is counted here */
    readonly answer: (question: Question) => Promise<object | undefined>;
    /** What those hear who come while it is busy. */
    readonly busy: string;
  },
): void {
  let isBusy = false;
  http.post<{ Params: { id: string }; Body: unknown }>(route.path, async (request, reply) => {
    if (!authorize(access, { request, reply, role: 'reader' })) return reply;
    const question = route.parse(request.params.id, request.body);
    if (!question.ok) return sendProblem(reply, question.error);
    if (isBusy) return sendProblem(reply, { code: 'overloaded', detail: route.busy });
    isBusy = true;
    try {
      const answer = await route.answer(question.value);
      const { metric, version } = question.value;
      const named = version === undefined ? metric : `${metric} of version ${version}`;
      const detail = `no metric ${named} is counted here`;
      return answer ?? sendProblem(reply, { code: 'not_found', detail });
    } finally {
      isBusy = false;
    }
  });
}
