import { BLANK_COMMAND } from '../../../kernel/command.ts';
import type { Command, CommandKind } from '../../../kernel/command.ts';
import type { Refusal } from '../../../kernel/errors.ts';
import { readBody } from '../../../kernel/members.ts';
import { isOwnerRef } from '../../../kernel/owner.ts';
import { err, ok } from '../../../kernel/result.ts';
import type { Result } from '../../../kernel/result.ts';
import { DAY_MS } from '../../../kernel/time.ts';
import type { DurationMs, EpochMs } from '../../../kernel/time.ts';
import type { AlertState } from '../alert/episode.ts';
import { endOf, invalid } from './end-request.ts';
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
const FIELDS: Readonly<Record<Verb, readonly string[]>> = {
  ack: ['until', 'for', 'comment'],
  unack: ['comment'],
  snooze: ['until', 'for', 'comment'],
  assign: ['to', 'comment'],
  comment: ['text'],
  close: ['comment'],
  feedback: ['verdict', 'cause'],
};

/** How long an acknowledgement holds where nothing else is said: a business metric may be red for weeks. */
export const ACK_FOR_MS: DurationMs = DAY_MS;
const UNTIL_MAX_MS: DurationMs = 30 * DAY_MS;
/** Characters of what somebody says. */
export const TEXT_MAX = 4_000;

type Body = Readonly<Record<string, unknown>>;
/** Who asks, when, and the id under which the same request counts once. */
export type Asked = { readonly id: string; readonly by: string; readonly nowMs: EpochMs };

/** The command that a request to an alert stands for. Pure. @returns episode_ended where there is nothing to see to */
export function alertCommand(
  verb: Verb,
  request: { readonly alert: AlertState; readonly body: unknown; readonly link?: string },
  { id, by, nowMs }: Asked,
): Result<Command, Refusal> {
  const { alert, link = null } = request;
  const read = readBody(request.body, FIELDS[verb]);
  if (!read.ok) return read;
  const body: Body = read.value;
  if (verb === 'feedback') return feedbackCommand({ alert, body }, { id, by, nowMs });
  const { episode } = alert;
  const needsEpisode = verb !== 'snooze' && verb !== 'comment';
  if (needsEpisode && !episode)
    return err({ code: 'episode_ended', detail: `the alert ${alert.id} has no open episode` });
  const text = verb === 'comment' ? body['text'] : body['comment'];
  if (text !== undefined && text !== null && (typeof text !== 'string' || text.length > TEXT_MAX))
    return invalid(
      `a comment is a text of at most ${TEXT_MAX} characters`,
      verb === 'comment' ? '/text' : '/comment',
    );
  if (verb === 'comment' && !text) return invalid('text is missing', '/text');
  const until = untilOf(verb, body, nowMs);
  if (!until.ok) return until;
  const assignee = body['to'] ?? null;
  if (verb === 'assign' && assignee !== null && !isOwnerRef(assignee))
    return invalid('to must be person:ID, team:ID or null', '/to');
  return ok({
    ...BLANK_COMMAND,
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
  });
}

/** When an acknowledgement or a snooze ends; null for a snooze that ends now, and where there is no end. */
function untilOf(verb: Verb, body: Body, nowMs: EpochMs): Result<EpochMs | null, Refusal> {
  if (verb !== 'ack' && verb !== 'snooze') return ok(null);
  if (verb === 'snooze' && body['until'] === null && body['for'] === undefined) return ok(null);
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
