import type { Refusal } from '../../../kernel/errors.ts';
import { err, ok } from '../../../kernel/result.ts';
import type { Result } from '../../../kernel/result.ts';
import { parseDuration, parseRfc3339 } from '../../../kernel/time.ts';
import type { EpochMs } from '../../../kernel/time.ts';

export const invalid = (detail: string, pointer: string): Result<never, Refusal> =>
  err({ code: 'invalid_parameter', detail, pointer });

/** A time by `name`, or a duration by `for` after `fromMs`; undefined where neither is given, refused where both are. */
export function endOf(
  body: Readonly<Record<string, unknown>>,
  at: { readonly nowMs: EpochMs; readonly name: string; readonly fromMs?: EpochMs },
): Result<EpochMs | undefined, Refusal> {
  const { [at.name]: time, for: lasting } = body;
  if (time !== undefined && lasting !== undefined)
    return invalid(`give ${at.name} or for, not both`, '/for');
  if (time !== undefined) {
    const ms = typeof time === 'string' ? parseRfc3339(time) : undefined;
    return ms === undefined
      ? invalid(`${at.name} must be an RFC 3339 time`, `/${at.name}`)
      : ok(ms);
  }
  if (lasting === undefined) return ok(undefined);
  const ms = typeof lasting === 'string' ? parseDuration(lasting) : undefined;
  if (ms === undefined) return invalid('for must be an ISO 8601 duration such as PT4H', '/for');
  return ok((at.fromMs ?? at.nowMs) + ms);
}
