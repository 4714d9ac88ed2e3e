import { MATCH_OPERATORS } from '../../../kernel/command.ts';
import type { Command, CommandKind, Matcher, SilenceScope } from '../../../kernel/command.ts';
import type { Refusal } from '../../../kernel/errors.ts';
import { err, ok } from '../../../kernel/result.ts';
import type { Result } from '../../../kernel/result.ts';
import { DAY_MS, parseDuration, parseRfc3339 } from '../../../kernel/time.ts';
import type { DurationMs, EpochMs } from '../../../kernel/time.ts';
import type { AlertState } from '../alert/episode.ts';
import { feedbackCommand } from './feedback-request.ts';

/** What people may ask for, by the last part of the route. */
export const VERBS = {
  ack: 'acknowledge',
  unack: 'unacknowledge',
  snooze: 'snooze',
  assign: 'assign',
  comment: 'comment',
  close: 'close',
  feedback: 'feedback',
} as const satisfies Record<string, CommandKind>;
export type Verb = keyof typeof VERBS;

/** How long an acknowledgement holds where nothing else is said: a business metric may be red for weeks. */
export const ACK_FOR_MS: DurationMs = DAY_MS;
const UNTIL_MAX_MS: DurationMs = 30 * DAY_MS;
const TEXT_MAX = 4_000;
/** `commands` is kept for 90 days, and silences are rebuilt from it. */
const SILENCE_END_MAX_MS: DurationMs = 89 * DAY_MS;
const MATCHERS_MAX = 20;
const VALUE_MAX = 500;

type Body = Readonly<Record<string, unknown>>;
/** Who asks, when, and the id under which the same request counts once. */
export type Asked = { readonly id: string; readonly by: string; readonly nowMs: EpochMs };

const invalid = (detail: string, pointer: string): Result<never, Refusal> =>
  err({ code: 'invalid_parameter', detail, pointer });
const bodyOf = (body: unknown): Body =>
  typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Body) : {};

/** The command that a request to an alert stands for. Pure. @returns episode_ended where there is nothing to see to */
export function alertCommand(
  verb: Verb,
  request: { readonly alert: AlertState; readonly body: unknown; readonly link?: string },
  { id, by, nowMs }: Asked,
): Result<Command, Refusal> {
  const { alert, link = null } = request;
  const body = bodyOf(request.body);
  if (verb === 'feedback') return feedbackCommand({ alert, body }, { id, by, nowMs });
  const { episode } = alert;
  const needsEpisode = verb !== 'snooze' && verb !== 'comment';
  if (needsEpisode && !episode)
    return err({ code: 'episode_ended', detail: `the alert ${alert.id} has no open episode` });
  const text = verb === 'comment' ? body['text'] : body['comment'];
  if (text !== undefined && text !== null && (typeof text !== 'string' || text.length > TEXT_MAX))
    return invalid(`a comment is a text of at most ${TEXT_MAX} characters`, '/comment');
  if (verb === 'comment' && !text) return invalid('text is missing', '/text');
  const until = untilOf(verb, body, nowMs);
  if (!until.ok) return until;
  const assignee = body['to'] ?? null;
  if (verb === 'assign' && assignee !== null && !isOwner(assignee))
    return invalid('to must be person:ID, team:ID or null', '/to');
  return ok({
    id,
    kind: VERBS[verb],
    target: alert.id,
    episode: episode?.id ?? null,
    by,
    at: nowMs,
    until: until.value,
    text: (text as string | null | undefined) ?? null,
    assignee: verb === 'assign' ? (assignee as string | null) : null,
    link,
    silence: null,
    knownTo: null,
  });
}

const isOwner = (value: unknown): boolean =>
  typeof value === 'string' && /^(person|team):[a-z0-9][a-z0-9-]{0,99}$/.test(value);

/** When an acknowledgement or a snooze ends; null for a snooze that ends now, and where there is no end. */
function untilOf(verb: Verb, body: Body, nowMs: EpochMs): Result<EpochMs | null, Refusal> {
  if (verb !== 'ack' && verb !== 'snooze') return ok(null);
  if (verb === 'snooze' && body['until'] === null) return ok(null);
  const end = endOf(body, { nowMs, name: 'until' });
  if (!end.ok) return end;
  if (end.value === undefined)
    return verb === 'ack'
      ? ok(nowMs + ACK_FOR_MS)
      : invalid('until (a time, or null to end a snooze) or for (a duration) is missing', '/until');
  if (end.value <= nowMs || end.value > nowMs + UNTIL_MAX_MS)
    return invalid('until must lie ahead, by at most 30 days', '/until');
  return ok(end.value);
}

/** A time by `name`, or a duration by `for` after `fromMs`; undefined where neither is given. */
function endOf(
  body: Body,
  at: { readonly nowMs: EpochMs; readonly name: string; readonly fromMs?: EpochMs },
): Result<EpochMs | undefined, Refusal> {
  const { [at.name]: time, for: lasting } = body;
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

/** A silence or maintenance window that a request describes. Pure. */
export function silenceCommand(
  request: { readonly id: string; readonly body: unknown },
  { id, by, nowMs }: Asked,
): Result<Command & { readonly silence: SilenceScope }, Refusal> {
  const body = bodyOf(request.body);
  const { kind = 'silence', comment = null, startsAt } = body;
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
  return ok({
    id,
    kind: 'silence',
    target: request.id,
    episode: null,
    by,
    at: nowMs,
    until: null,
    text: comment,
    assignee: null,
    link: null,
    silence: scope,
    knownTo: null,
  });
}

export const unsilenceCommand = (silence: string, { id, by, nowMs }: Asked): Command => ({
  id,
  kind: 'unsilence',
  target: silence,
  episode: null,
  by,
  at: nowMs,
  until: null,
  text: null,
  assignee: null,
  link: null,
  silence: null,
  knownTo: null,
});

/** Matchers as texts (`store=S001`, `rule=~net-*|gross-*`) or as objects. None would silence everything. */
function matchersOf(list: unknown): Result<readonly Matcher[], Refusal> {
  if (!Array.isArray(list) || list.length === 0 || list.length > MATCHERS_MAX)
    return invalid(`matchers must be a list of 1 to ${MATCHERS_MAX}`, '/matchers');
  const matchers: Matcher[] = [];
  for (const [i, one] of list.entries()) {
    const matcher = typeof one === 'string' ? matcherOf(one) : bodyOf(one);
    const { name, op, value } = (matcher ?? {}) as Partial<Matcher>;
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
