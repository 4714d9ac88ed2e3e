import { PassThrough } from 'node:stream';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { TidemarkError } from '../../kernel/errors.ts';
import type { Refusal } from '../../kernel/errors.ts';
import type { Json } from '../../kernel/json.ts';
import { err, ok } from '../../kernel/result.ts';
import type { Result } from '../../kernel/result.ts';
import { parseRfc3339 } from '../../kernel/time.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { Access } from '../../platform/access.ts';
import { authorize, sendProblem } from '../../platform/http.ts';
import type { BackTestAnswer } from '../core/proof/back-test-answer.ts';
import type { RulePlan } from '../core/plan/plan.ts';
import type { RuleTester } from '../rule-tests.ts';

/** A line says how far it is at most this often. */
const PROGRESS_EVERY_MS = 250;
const NDJSON = 'application/x-ndjson';

/**
 * `POST /v1/rules/test { rule | document, from, to? }`: when the rule would have fired over stored history. With
 * `Accept: application/x-ndjson` lines `{ progress }` come before the last one, `{ result }` or `{ error }`. One at a
 * time: it takes all the time that it gets.
 */
export function ruleTestRoutes(http: FastifyInstance, access: Access, tester: RuleTester): void {
  let isBusy = false;
  http.post<{ Body: unknown }>('/v1/rules/test', async (request, reply) => {
    if (!authorize(access, { request, reply, role: 'reader' })) return reply;
    const asked = questionOf(request.body, tester);
    if (!asked.ok) return sendProblem(reply, asked.error);
    if (isBusy)
      return sendProblem(reply, {
        code: 'overloaded',
        detail: 'another test runs; one is done at a time',
      });
    isBusy = true;
    const isDone = (): void => {
      isBusy = false;
    };
    if (request.headers.accept === NDJSON)
      return streamed(reply, (onProgress) => tester.test(asked.value, onProgress).finally(isDone));
    return tester.test(asked.value, () => undefined).finally(isDone);
  });
}

function questionOf(
  body: unknown,
  tester: RuleTester,
): Result<{ plan: RulePlan; fromMs: EpochMs; toMs: EpochMs }, Refusal> {
  const { rule, document, from, to } = (body ?? {}) as Readonly<Record<string, Json | undefined>>;
  const invalid = (detail: string) => err({ code: 'invalid_parameter' as const, detail });
  const fromMs = typeof from === 'string' ? parseRfc3339(from) : undefined;
  const toMs =
    to === undefined ? tester.now() : typeof to === 'string' ? parseRfc3339(to) : undefined;
  if (fromMs === undefined || toMs === undefined || fromMs >= toMs)
    return invalid('from and to must be RFC 3339 date-times, from before to');
  if ((rule === undefined) === (document === undefined))
    return invalid('give either rule, the id of a published one, or document, a draft');
  if (document === undefined && typeof rule !== 'string') return invalid('rule must be an id');
  const plan = tester.plan(document === undefined ? { rule: rule as string } : { document });
  return plan.ok ? ok({ plan: plan.value, fromMs, toMs }) : plan;
}

function streamed(
  reply: FastifyReply,
  run: (onProgress: (share: number) => void) => Promise<BackTestAnswer>,
): FastifyReply {
  const lines = new PassThrough();
  const write = (line: object): void => void lines.write(`${JSON.stringify(line)}\n`);
  let toldMs = -Infinity;
  run((share) => {
    const nowMs = performance.now();
    if (nowMs - toldMs < PROGRESS_EVERY_MS) return;
    toldMs = nowMs;
    write({ progress: Math.floor(share * 10_000) / 10_000 });
  })
    .then((result) => write({ result }))
    .catch((error: unknown) => {
      const { code, message } =
        error instanceof TidemarkError ? error : { code: 'internal', message: String(error) };
      write({ error: { code, detail: message } });
    })
    .finally(() => lines.end());
  return reply.type(NDJSON).send(lines);
}
