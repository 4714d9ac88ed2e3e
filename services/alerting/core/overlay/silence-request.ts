import { MATCH_OPERATORS } from '../../../kernel/command.ts';
import { BLANK_COMMAND } from '../../../kernel/command.ts';
import type { Command, Matcher, SilenceScope } from '../../../kernel/command.ts';
import type { Refusal } from '../../../kernel/errors.ts';
import { readBody } from '../../../kernel/members.ts';
import { ok } from '../../../kernel/result.ts';
import type { Result } from '../../../kernel/result.ts';
import { DAY_MS, parseRfc3339 } from '../../../kernel/time.ts';
import type { DurationMs } from '../../../kernel/time.ts';
import { TEXT_MAX } from './command-request.ts';
import type { Asked } from './command-request.ts';
import { endOf, invalid } from './end-request.ts';

/** `commands` is kept for 90 days, and silences are rebuilt from it. */
const SILENCE_END_MAX_MS: DurationMs = 89 * DAY_MS;
const MATCHERS_MAX = 20;
const VALUE_MAX = 500;

/** What a request describes: a silence or maintenance window, and whether it is only to be shown. */
export type SilenceOrder = {
  readonly command: Command & { readonly silence: SilenceScope };
  readonly isPreview: boolean;
};
const FIELDS = ['matchers', 'kind', 'startsAt', 'endsAt', 'for', 'comment', 'preview'] as const;

/** Pure. */
export function silenceOrder(
  request: { readonly id: string; readonly body: unknown },
  { id, by, nowMs }: Asked,
): Result<SilenceOrder, Refusal> {
  const read = readBody(request.body, FIELDS);
  if (!read.ok) return read;
  const body = read.value;
  const { kind = 'silence', comment = null, startsAt, preview: isPreview = false } = body;
  if (typeof isPreview !== 'boolean') return invalid('preview must be true or false', '/preview');
  if (kind !== 'silence' && kind !== 'maintenance')
    return invalid('kind must be silence or maintenance', '/kind');
  const matchers = matchersOf(body['matchers']);
  if (!matchers.ok) return matchers;
  if (comment !== null && (typeof comment !== 'string' || comment.length > TEXT_MAX))
    return invalid(`comment must be a text of at most ${TEXT_MAX} characters`, '/comment');
  const fromMs = startsAt === undefined ? nowMs : parseRfc3339(String(startsAt));
  if (fromMs === undefined) return invalid('startsAt must be an RFC 3339 time', '/startsAt');
  const end = endOf(body, { nowMs, name: 'endsAt', fromMs });
  if (!end.ok) return end;
  if (end.value === undefined)
    return invalid('endsAt (a time) or for (a duration) is missing: it must end', '/endsAt');
  if (end.value <= Math.max(fromMs, nowMs) || end.value > nowMs + SILENCE_END_MAX_MS)
    return invalid('it must end after its start and after now, within 89 days', '/endsAt');
  const scope = { kind, matchers: matchers.value, startsAt: fromMs, endsAt: end.value } as const;
  const command = {
    ...BLANK_COMMAND,
    id,
    kind: 'silence' as const,
    target: request.id,
    by,
    at: nowMs,
    text: comment,
    silence: scope,
  };
  return ok({ command, isPreview });
}

export const unsilenceCommand = (silence: string, { id, by, nowMs }: Asked): Command => ({
  ...BLANK_COMMAND,
  id,
  kind: 'unsilence',
  target: silence,
  by,
  at: nowMs,
});

/** Matchers as texts (`store=S001`, `rule=~net-*|gross-*`) or as objects. None would silence everything. */
function matchersOf(list: unknown): Result<readonly Matcher[], Refusal> {
  if (!Array.isArray(list) || list.length === 0 || list.length > MATCHERS_MAX)
    return invalid(
      `matchers must be a list of 1 to ${MATCHERS_MAX} matchers such as store=S001`,
      '/matchers',
    );
  const matchers: Matcher[] = [];
  for (const [i, one] of list.entries()) {
    const read =
      typeof one === 'string' ? ok(matcherOf(one)) : readBody(one, ['name', 'op', 'value']);
    const { name, op, value } = ((read.ok && read.value) || {}) as Partial<Matcher>;
    const isOne =
      typeof name === 'string' &&
      /^[A-Za-z][A-Za-z0-9_]{0,63}$/.test(name) &&
      MATCH_OPERATORS.some((known) => known === op) &&
      typeof value === 'string' &&
      value.length <= VALUE_MAX;
    if (!isOne)
      return invalid(
        `a matcher is { name, op, value } or a text such as store=S001; op is one of ${MATCH_OPERATORS.join(' ')}`,
        `/matchers/${i}`,
      );
    matchers.push({ name, op: op as Matcher['op'], value });
  }
  return ok(matchers);
}

function matcherOf(text: string): Matcher | undefined {
  const match = /^([A-Za-z]\w*)(=~|!~|!=|=)(.*)$/s.exec(text);
  if (!match) return undefined;
  const [, name = '', op = '=', value = ''] = match;
  return { name, op: op as Matcher['op'], value };
}
