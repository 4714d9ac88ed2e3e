import type { Refusal } from '../../../kernel/errors.ts';
import { readQuery } from '../../../kernel/members.ts';
import { err, ok } from '../../../kernel/result.ts';
import type { Result } from '../../../kernel/result.ts';
import { parseRfc3339 } from '../../../kernel/time.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import { parseLimit } from '../values-query.ts';
import type { Parameters } from '../values-query.ts';

export type EntriesQuery = {
  /** Windows whose start lies in [fromMs, toMs). */
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
  readonly limit: number;
  /** Offset of the last entry of the page before. */
  readonly before: number | undefined;
};

const LIMIT = { fallback: 100, max: 1_000 };

const refuse = (detail: string): Result<never, Refusal> =>
  err({ code: 'invalid_parameter', detail });

/** Reads the parameters of `GET /v1/metrics/{id}/entries`. */
export function parseEntriesQuery(parameters: Parameters): Result<EntriesQuery, Refusal> {
  const query = readQuery(parameters, ['from', 'to', 'limit', 'cursor']);
  if (!query.ok) return query;
  const limit = parseLimit(query.value.limit, LIMIT);
  if (!limit.ok) return limit;
  const { from, to, cursor } = query.value;
  const fromMs = from === undefined ? -Infinity : parseRfc3339(from);
  const toMs = to === undefined ? Infinity : parseRfc3339(to);
  if (fromMs === undefined || toMs === undefined) return refuse('from and to are RFC 3339 times');
  if (cursor !== undefined && !/^\d{1,15}$/.test(cursor))
    return refuse('cursor is none that an answer gave');
  const before = cursor === undefined ? undefined : Number(cursor);
  return ok({ fromMs, toMs, limit: limit.value, before });
}
