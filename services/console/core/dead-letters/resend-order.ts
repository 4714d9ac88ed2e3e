import type { Refusal } from '../../../kernel/errors.ts';
import { readBody } from '../../../kernel/members.ts';
import { err, ok } from '../../../kernel/result.ts';
import type { Result } from '../../../kernel/result.ts';

/** Marked as an event of the past unless that is declined: else it could be late for every metric by now, and count for none. */
export type ResendOrder = {
  readonly historical: boolean;
  /** Though it was sent again before. */ readonly again: boolean;
};
export type ResendAllOrder = {
  readonly type: string | undefined;
  readonly code: string | undefined;
  readonly historical: boolean;
};

export function parseResend(body: unknown): Result<ResendOrder, Refusal> {
  const read = members(body, { historical: 'boolean', again: 'boolean' });
  if (!read.ok) return read;
  const { historical = true, again = false } = read.value as Partial<ResendOrder>;
  return ok({ historical, again });
}

export function parseResendAll(body: unknown): Result<ResendAllOrder, Refusal> {
  const read = members(body, { historical: 'boolean', type: 'string', code: 'string' });
  if (!read.ok) return read;
  const { historical = true, type, code } = read.value as Partial<ResendAllOrder>;
  return ok({ type, code, historical });
}

/** An object, or nothing, with no members but these. */
function members(
  body: unknown,
  types: Readonly<Record<string, 'boolean' | 'string'>>,
): Result<Readonly<Record<string, unknown>>, Refusal> {
  const read = readBody(body, Object.keys(types));
  if (!read.ok) return read;
  for (const [name, value] of Object.entries(read.value))
    if (typeof value !== types[name]) return refuse(`${name} must be a ${types[name]}`);
  return read;
}

const refuse = (detail: string): Result<never, Refusal> =>
  err({ code: 'invalid_parameter', detail });
