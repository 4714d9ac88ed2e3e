import type { FastifyInstance } from 'fastify';
import type { Refusal } from '../../kernel/errors.ts';
import type { PastAnswer } from '../../kernel/past.ts';
import { err, ok } from '../../kernel/result.ts';
import type { Result } from '../../kernel/result.ts';
import { parseRfc3339 } from '../../kernel/time.ts';
import { GRAINS } from '../../kernel/window.ts';
import type { Window } from '../../kernel/window.ts';
import type { Access } from '../../platform/access.ts';
import type { PastQuestion } from '../past-question.ts';
import { CURSORS_MAX, isCursors } from './cursors-body.ts';
import { answerOneAtATime } from './one-at-a-time.ts';

/** Of one page with all that it is compared with. */
const WINDOWS_MAX = 50_000;
const SERIES_MAX = 10_000;

/**
 * `POST /v1/metrics/{id}/past { version, grain, windows, series, asOf | cursors }`: windows as they were known earlier,
 * counted again from the log. What `asOf` of values is made of. One at a time, as it reads much.
 */
export function pastRoutes(
  http: FastifyInstance,
  access: Access,
  past: (question: PastQuestion) => Promise<PastAnswer | undefined>,
): void {
  answerOneAtATime(http, access, {
    path: '/v1/metrics/:id/past',
    parse: questionOf,
    answer: past,
    busy: 'another question about the past is answered; one is at a time',
  });
}

function questionOf(metric: string, body: unknown): Result<PastQuestion, Refusal> {
  const asked = (body ?? {}) as Readonly<Record<string, unknown>>;
  const invalid = (detail: string) => err({ code: 'invalid_parameter' as const, detail });
  const { version, series } = asked;
  if (typeof version !== 'string') return invalid('version must be a text');
  const grain = GRAINS.find((one) => one === asked['grain']);
  if (!grain) return invalid(`grain must be one of ${GRAINS.join(', ')}`);
  const windows = windowsOf(asked['windows']);
  if (!windows)
    return invalid(`windows must be 1 to ${WINDOWS_MAX} of { start, end }, RFC 3339 date-times`);
  if (!isTexts(series)) return invalid(`series must be at most ${SERIES_MAX} keys`);
  const mark = markOf(asked);
  if (!mark)
    return invalid(
      `one of asOf, an RFC 3339 date-time, and cursors, at most ${CURSORS_MAX} of { topic, partition, offset }, is needed`,
    );
  return ok({ metric, version, grain, windows, series, mark });
}

function markOf(asked: Readonly<Record<string, unknown>>): PastQuestion['mark'] | undefined {
  const { asOf, cursors } = asked;
  if (typeof asOf === 'string') {
    const timeMs = parseRfc3339(asOf);
    return timeMs === undefined ? undefined : { kind: 'time', timeMs };
  }
  return isCursors(cursors) ? { kind: 'cursors', cursors } : undefined;
}

function windowsOf(value: unknown): readonly Window[] | undefined {
  if (!Array.isArray(value) || value.length === 0 || value.length > WINDOWS_MAX) return undefined;
  const windows = (value as readonly ({ start?: unknown; end?: unknown } | null)[]).flatMap(
    (one) => {
      const startMs = typeof one?.start === 'string' ? parseRfc3339(one.start) : undefined;
      const endMs = typeof one?.end === 'string' ? parseRfc3339(one.end) : undefined;
      return startMs === undefined || endMs === undefined || startMs >= endMs
        ? []
        : [{ startMs, endMs }];
    },
  );
  return windows.length === value.length ? windows : undefined;
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) &&
  value.length <= SERIES_MAX &&
  value.every((one) => typeof one === 'string');
