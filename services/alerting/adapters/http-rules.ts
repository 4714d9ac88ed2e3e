import { PassThrough } from 'node:stream';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { TidemarkError } from '../../kernel/errors.ts';
import type { Refusal } from '../../kernel/errors.ts';
import type { Json } from '../../kernel/json.ts';
import { readBody } from '../../kernel/members.ts';
import { parseTime } from '../../kernel/query-time.ts';
import { err, ok } from '../../kernel/result.ts';
import type { Result } from '../../kernel/result.ts';
import type { Labels } from '../../kernel/series.ts';
import type { Access } from '../../platform/access.ts';
import { authorize, sendProblem } from '../../platform/http.ts';
import type { BackTestQuestion } from '../back-tester.ts';
import type { BackTestAnswer } from '../core/proof/back-test-answer.ts';
import type { RuleTester, TestedRule } from '../rule-tests.ts';

/** A line says how far it is at most this often. */
const PROGRESS_EVERY_MS = 250;
const NDJSON = 'application/x-ndjson';

/**
 * `POST /v1/rules/test { rule | document | text, from, to?, chart? }`: when the rule would have fired over stored history. With
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

function questionOf(body: unknown, tester: RuleTester): Result<BackTestQuestion, Refusal> {
  const read = readBody(body, ['rule', 'document', 'text', 'from', 'to', 'chart']);
  if (!read.ok) return read;
  const asked = read.value as Readonly<Record<string, Json | undefined>>;
  const { from, to, chart } = asked;
  const invalid = (detail: string) => err({ code: 'invalid_parameter' as const, detail });
  const tested = testedRule(asked);
  if (!tested)
    return invalid(
      'give one of rule, the id of a published one, document, a draft, or text, a draft in YAML',
    );
  const draw = drawnSeries(chart);
  if (!draw.ok) return draw;
  const plan = tester.plan(tested);
  if (!plan.ok) return plan;
  const { timezone } = plan.value.metric;
  const fromMs = typeof from === 'string' ? parseTime(from, timezone) : undefined;
  const toMs =
    to === undefined ? tester.now() : typeof to === 'string' ? parseTime(to, timezone) : undefined;
  if (fromMs === undefined || toMs === undefined || fromMs >= toMs)
    return invalid('from and to must be RFC 3339 times or dates, from before to');
  return ok({ plan: plan.value, fromMs, toMs, ...draw.value });
}

function testedRule({
  rule,
  document,
  text,
}: Readonly<Record<string, Json | undefined>>): TestedRule | undefined {
  if ([rule, document, text].filter((one) => one !== undefined).length !== 1) return undefined;
  if (document !== undefined) return { document };
  if (typeof rule === 'string') return { rule };
  return typeof text === 'string' ? { text } : undefined;
}

/** `{ labels? }`: without labels the series that fired most. */
function drawnSeries(chart: Json | undefined): Result<Pick<BackTestQuestion, 'draw'>, Refusal> {
  if (chart === undefined) return ok({});
  const read = readBody(chart, ['labels']);
  if (!read.ok)
    return err({ code: 'invalid_parameter', detail: 'chart is { labels? }', pointer: '/chart' });
  const { labels } = read.value as { readonly labels?: Json };
  if (labels === undefined) return ok({ draw: 'the worst' });
  const isOk =
    typeof labels === 'object' &&
    labels !== null &&
    Object.values(labels).every((member) => typeof member === 'string');
  return isOk
    ? ok({ draw: labels as Labels })
    : err({ code: 'invalid_parameter', detail: 'chart.labels are members by dimension' });
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
