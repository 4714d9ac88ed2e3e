import type { Refusal } from '../../kernel/errors.ts';
import { readQuery } from '../../kernel/members.ts';
import { err, ok } from '../../kernel/result.ts';
import type { Result } from '../../kernel/result.ts';
import { parseLimit } from './values-query.ts';
import type { Parameters } from './values-query.ts';

const LIMITS = { fallback: 500, max: 5_000 };

/** Reads `limit` and `cursor` of `GET /v1/metrics`; metrics come by id. */
export function parseListQuery(
  parameters: Parameters,
): Result<{ after: string | undefined; limit: number }, Refusal> {
  const query = readQuery(parameters, ['limit', 'cursor']);
  if (!query.ok) return query;
  const { cursor } = query.value;
  const limit = parseLimit(query.value.limit, LIMITS);
  if (!limit.ok) return limit;
  const after = cursor === undefined ? undefined : /^Metric\/([a-z0-9-]+)$/.exec(cursor)?.[1];
  if (cursor !== undefined && after === undefined)
    return err({ code: 'invalid_parameter', detail: 'cursor is none that an answer gave' });
  return ok({ after, limit: limit.value });
}

/** A page goes on after a metric. */
export const listCursor = (id: string): string => `Metric/${id}`;
