import type { Refusal } from '../../kernel/errors.ts';
import { err, ok } from '../../kernel/result.ts';
import type { Result } from '../../kernel/result.ts';
import { parseLimit } from './values-query.ts';
import type { Parameters } from './values-query.ts';

const LIMITS = { fallback: 500, max: 5_000 };

/** Reads `limit` and `cursor` of `GET /v1/metrics`; metrics come by id, and a cursor is the last id of a page. */
export function parseListQuery(
  parameters: Parameters,
): Result<{ after: string | undefined; limit: number }, Refusal> {
  for (const [name, value] of Object.entries(parameters)) {
    if (name !== 'limit' && name !== 'cursor')
      return err({ code: 'invalid_parameter', detail: `no parameter is called ${name}` });
    if (Array.isArray(value))
      return err({ code: 'invalid_parameter', detail: `${name} is given more than once` });
  }
  const limit = parseLimit(parameters['limit'] as string | undefined, LIMITS);
  if (!limit.ok) return limit;
  return ok({ after: parameters['cursor'] as string | undefined, limit: limit.value });
}
