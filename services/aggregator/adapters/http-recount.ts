import type { FastifyInstance } from 'fastify';
import type { Refusal } from '../../kernel/errors.ts';
import { err, ok } from '../../kernel/result.ts';
import type { Result } from '../../kernel/result.ts';
import { parseRfc3339 } from '../../kernel/time.ts';
import type { Access } from '../../platform/access.ts';
import type { RecountAnswer, RecountQuestion } from '../recount-question.ts';
import { CURSORS_MAX, isCursors } from './cursors-body.ts';
import { answerOneAtATime } from './one-at-a-time.ts';

const TOP_DEFAULT = 10;
const TOP_MAX = 100;

/**
 * `POST /v1/metrics/{id}/recount { start, end, labels?, cursors?, version?, top? }`: one window of one series, counted
 * again from the log up to these cursors, and the events that contributed most. One at a time, as it reads much.
 */
export function recountRoutes(
  http: FastifyInstance,
  access: Access,
  recount: (question: RecountQuestion) => Promise<RecountAnswer | undefined>,
): void {
  answerOneAtATime(http, access, {
    path: '/v1/metrics/:id/recount',
    parse: questionOf,
    answer: recount,
    busy: 'another recount runs; one is done at a time',
  });
}

function questionOf(metric: string, body: unknown): Result<RecountQuestion, Refusal> {
  const asked = (body ?? {}) as Readonly<Record<string, unknown>>;
  const invalid = (detail: string) => err({ code: 'invalid_parameter' as const, detail });
  const time = (name: string): number | undefined =>
    typeof asked[name] === 'string' ? parseRfc3339(asked[name]) : undefined;
  const fromMs = time('start');
  const toMs = time('end');
  if (fromMs === undefined || toMs === undefined || fromMs >= toMs)
    return invalid('start and end must be RFC 3339 date-times, start before end');
  const { labels = {}, cursors = [], version, top = TOP_DEFAULT } = asked;
  if (!isLabels(labels)) return invalid('labels must be an object of texts');
  if (!isCursors(cursors))
    return invalid(`cursors must be at most ${CURSORS_MAX} of { topic, partition, offset }`);
  if (version !== undefined && typeof version !== 'string')
    return invalid('version must be a text');
  if (!Number.isInteger(top) || (top as number) < 0 || (top as number) > TOP_MAX)
    return invalid(`top must be an integer from 0 to ${TOP_MAX}`);
  return ok({ metric, version, labels, fromMs, toMs, cursors, top: top as number });
}

const isLabels = (value: unknown): value is Readonly<Record<string, string>> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every((one) => typeof one === 'string');
