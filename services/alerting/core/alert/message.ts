import type { EpisodeOutcome } from '../../../kernel/alert.ts';
import { DAY_MS, formatRfc3339, SECOND_MS } from '../../../kernel/time.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import type { Severity } from '../../../kernel/definitions.ts';
import { labelsOf } from '../../../kernel/series.ts';
import { isHeld, messageId } from './episode.ts';
import { absentUpTo } from './history.ts';
import type { AlertState, Episode, Message, MessageKind } from './episode.ts';
import { namesFor } from './names.ts';
import type { Incident } from './incident.ts';
import type { Telling } from './notify.ts';
import type { Recipient, RulePlan } from '../plan/plan.ts';
import type { Silenceable } from '../overlay/silence.ts';

/** What a decision is made in: the rule, the input that led to it, the log's time. */
export type Context = {
  readonly plan: RulePlan;
  readonly input: { readonly partition: number; readonly offset: number };
  readonly logMs: EpochMs;
  /** When the value that shows it was published, for latency figures only. */
  readonly shownAtMs: EpochMs;
  readonly links: Links;
  /** Why nobody is to be told of an alert now, beside what lies over the alert itself: a silence, a maintenance window. */
  readonly muteOf: (alert: Silenceable) => string | null;
  /** Whether this follower has said that he wants no more. */
  readonly isUnsubscribed?: (subscription: string, who: string | null) => boolean;
};

/** What messages point to. Pure: the same message has the same links. */
export type Links = {
  readonly consoleUrl: string;
  /** The address by which this one receiver may see to this one episode, each deed once; null where links are not signed. */
  readonly ackUrl: (of: AckLink) => string | null;
  /** The address by which this one follower stops following; null where links are not signed. */
  readonly unsubscribeUrl?: (of: UnsubscribeLink) => string | null;
};
export type UnsubscribeLink = { readonly subscription: string; readonly to: string | null };
export type AckLink = {
  readonly alert: string;
  readonly episode: string;
  readonly receiver: string;
  readonly to: string | null;
  /** Epoch ms. */
  readonly expiresAt: EpochMs;
};
/** No console, no signed links. */
export const NO_LINKS: Links = { consoleUrl: '', ackUrl: () => null };
/** How long a one-time link holds. */
export const LINK_LIFE_MS = 7 * DAY_MS;

type Body = {
  type: string;
  timestamp: string;
  data: { alert: Record<string, unknown>; [member: string]: unknown };
};

/** The body of contract section 7 as it is sent, frozen from here on. */
export function bodyOf(telling: Telling, recipient: Recipient, context: Context): string {
  const { kind, alert, episode, check, reason, step, assignment } = telling;
  const { rule, metric } = context.plan;
  const data: Body['data'] & { labels: Record<string, string> } = {
    alert: { ...alertMember(alert, episode), reason },
    metric: {
      id: metric.id,
      version: metric.version,
      name: metric.name[recipient.locale] ?? metric.name.en,
      unit: metric.unit.code,
    },
    labels: { ...labelsOf(alert.series) },
    window: {
      start: formatRfc3339(check.window.startMs),
      end: formatRfc3339(check.window.endMs),
      state: check.window.state,
      revision: check.window.revision,
    },
    condition: rule.when,
    value: check.value,
    previous: check.previous,
    threshold: check.threshold,
    target: check.lookBack?.target ?? null,
    breached: episode.breached,
    worst: episode.worst,
    recovered: episode.recovered,
    owner: {
      accountable: episode.route?.accountable ?? null,
      deputy: episode.route?.deputy ?? null,
      via: episode.route?.via ?? null,
      answering: episode.route?.answering ?? null,
      passedOver: episode.route?.passedOver ?? [],
    },
    evidence: {
      watermark: formatRfc3339(check.watermarkMs),
      cursors: check.cursors,
      completeness: check.completeness,
      ...(check.lookBack ? { lookBack: check.lookBack } : {}),
      lacking: check.lacking ?? [],
    },
    links: {
      console: `${context.links.consoleUrl}/#/alerts/${alert.id}`,
      ack: ackUrlOf(telling, recipient, context),
      runbook: rule.runbook ?? null,
      ...unsubscribeMember(recipient, context),
    },
    ...(recipient.subscription === undefined
      ? {}
      : { subscription: { id: recipient.subscription, who: recipient.to } }),
    ...(step ? { escalation: stepMember(step) } : {}),
    ...noDataMember(telling),
    ...(assignment ? { assignment: assignmentMember(assignment) } : {}),
  };
  const more = [
    ...(check.lacking ?? []).map((source) => `source:${source}`),
    ...(metric.drivers ?? []).map((driver) => `metric:${driver.metric}`),
  ];
  const names = namesFor(data, context.plan, { locale: recipient.locale, more });
  const body: Body = {
    type: `alert.${kind}`,
    timestamp: formatRfc3339(context.logMs),
    data: { ...data, names },
  };
  return JSON.stringify(body);
}

/** Whom the step names, and who is told in fact. */
const stepMember = (step: NonNullable<Telling['step']>) => ({
  to: step.to,
  after: step.afterMs / SECOND_MS,
  answering: step.answering ?? null,
  passedOver: step.passedOver ?? [],
});

/** Since when nobody has heard of the series, where that is so. */
function noDataMember({ alert, check }: Telling) {
  if (check.verdict !== 'absent') return {};
  const absent = absentUpTo(alert.slots);
  const since = absent.at(-1)?.startMs ?? check.window.startMs;
  return { noData: { since: formatRfc3339(since), windows: Math.max(1, absent.length) } };
}

const assignmentMember = ({ to, by, note, ...route }: NonNullable<Telling['assignment']>) => ({
  to,
  by,
  note,
  answering: route.answering ?? null,
  passedOver: route.passedOver ?? [],
});

/** What has ended needs nobody to see to it. */
function ackUrlOf(
  { alert, episode }: Telling,
  { receiver, to, subscription }: Recipient,
  { links, logMs }: Context,
): string | null {
  if (episode.endedAtMs !== null || subscription !== undefined) return null;
  const of = { alert: alert.id, episode: episode.id, receiver, to };
  return links.ackUrl({ ...of, expiresAt: logMs + LINK_LIFE_MS });
}

/** For those who follow: the address by which they stop, with one click. */
const unsubscribeMember = ({ subscription, to }: Recipient, { links }: Context) =>
  subscription === undefined
    ? {}
    : { unsubscribe: links.unsubscribeUrl?.({ subscription, to }) ?? null };

const alertMember = (alert: AlertState, episode: Episode) => ({
  id: alert.id,
  episode: episode.id,
  rule: alert.rule,
  severity: alert.severity,
  ...severitiesMember(alert, episode),
  state: alert.machine.condition,
  startedAt: formatRfc3339(episode.startedAtMs),
  endedAt: episode.endedAtMs === null ? null : formatRfc3339(episode.endedAtMs),
  outcome: episode.outcome,
  ...(episode.isOld ? { alreadyBreached: true } : {}),
});

/** Where it was told as something else: whoever tells alerts apart by their severity has to end that one too. */
function severitiesMember({ severity }: AlertState, { severities = [], endedAtMs }: Episode) {
  if (severities.every((one) => one === severity)) return {};
  return { severities: endedAtMs === null ? withSeverity(severities, severity) : severities };
}
const withSeverity = (severities: readonly Severity[], one: Severity): readonly Severity[] =>
  severities.includes(one) ? severities : [...severities, one];

/**
 * What the receiver was told last, said again with another end: for an episode whose rule is no more, so that nothing but
 * what was told is left to tell from. Each has his own: in his name, with his links.
 */
export function closingBody(
  { receiver }: Pick<Recipient, 'receiver'>,
  told: { alert: AlertState; episode: Episode; logMs: EpochMs },
): string {
  const last = told.episode.messages.findLast((one) => one.receiver === receiver);
  if (!last) return '';
  const body = JSON.parse(last.body) as Body;
  const { escalation: _, assignment: __, ...data } = body.data;
  return JSON.stringify({
    ...body,
    type: 'alert.resolved',
    timestamp: formatRfc3339(told.logMs),
    data: {
      ...data,
      alert: { ...alertMember(told.alert, told.episode), reason: told.episode.outcome },
      links: { ...(data['links'] as object), ack: null },
    },
  });
}

/** Everyone who was told that this episode burns: to them its end is owed, whatever has changed meanwhile. */
export function toldRecipients(episode: Episode): readonly Recipient[] {
  const first = new Map<string, Recipient>();
  for (const message of episode.messages) {
    const { kind, receiver, to, locale, timezone, subscription } = message;
    if (kind === 'resolved' || kind === 'corrected' || isHeld(message) || first.has(receiver))
      continue;
    const one = { receiver, to, locale, timezone };
    first.set(receiver, subscription === undefined ? one : { ...one, subscription });
  }
  return [...first.values()];
}

/** It says what no later message does. */
const isOwnWord = ({ kind }: Message): boolean => kind === 'assigned';

/** The episode with one more round of messages, one to each receiver. */
export function tell(
  episode: Episode,
  message: {
    kind: MessageKind;
    recipients: readonly Recipient[];
    bodyFor: (recipient: Recipient) => string;
    /** Until when this one is left alone with it. */
    heldFor?: (recipient: Recipient) => EpochMs | null;
    incident?: Incident | undefined;
    /** That it says; absent of an end, which says none anew. */
    severity?: Severity | undefined;
  },
  at: { logMs: EpochMs; shownAtMs: EpochMs },
): Episode {
  const { kind, recipients, bodyFor, heldFor, incident, severity } = message;
  if (recipients.length === 0) return episode;
  const round = episode.rounds + 1;
  const rows = recipients.map((recipient): Message => {
    const heldUntilMs = heldFor?.(recipient) ?? null;
    return {
      ...recipient,
      id: messageId(episode.id, { receiver: recipient.receiver, kind, round }),
      kind,
      body: bodyFor(recipient),
      decidedAtMs: at.logMs,
      ...(heldUntilMs === null ? {} : { heldUntilMs }),
      ...(incident === undefined ? {} : { incident }),
      shownAtMs: at.shownAtMs,
    };
  });
  // One that still waits says no more than the one that comes after it; but who was asked to see to it has to know.
  const hasNewer = new Set(rows.map(({ receiver }) => receiver));
  const before = episode.messages.filter(
    (one) => !isHeld(one) || !hasNewer.has(one.receiver) || isOwnWord(one),
  );
  return {
    ...episode,
    rounds: round,
    messages: [...before, ...rows],
    ...(severity === undefined
      ? {}
      : { severities: withSeverity(episode.severities ?? [], severity) }),
  };
}

/** The episode at its end. */
export const endedEpisode = (
  episode: Episode,
  end: { outcome: EpisodeOutcome; atMs: EpochMs; lastWindowMs: EpochMs; value: string | null },
): Episode => ({
  ...episode,
  endedAtMs: end.atMs,
  outcome: end.outcome,
  lastWindowMs: end.lastWindowMs,
  recovered:
    end.outcome === 'recovered' || end.outcome === 'retracted' ? end.value : episode.recovered,
});
