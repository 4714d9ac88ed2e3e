import type { Catalog, LocalizedText } from '../../../kernel/definitions.ts';
import { isBuiltIn } from '../../../kernel/built-in-rules.ts';
import { ownerName } from '../../../kernel/owner.ts';
import { formatRfc3339 } from '../../../kernel/time.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import { labelsOf } from '../../../kernel/series.ts';
import type { AlertState, Episode } from '../alert/episode.ts';
import { dueMs } from '../alert/escalation.ts';
import type { Escalation } from '../alert/escalation.ts';
import type { EpisodeOverlay, Said } from '../overlay/overlay.ts';
import { BUILT_IN_NAMES } from '../plan/built-ins.ts';
import { NOT_TRIED } from '../sending/delivery.ts';
import type { NamedDriver } from '../alert/drivers.ts';
import { currentEpisode } from '../alert/record.ts';
import { checkAnswer, evidenceOf, windowAnswer } from './evidence.ts';

/** An alert as the read API shows it in lists. */
export type AlertItem = {
  readonly id: string;
  readonly rule: string;
  /** Of the rule as it is published now; null when it is there no more. */
  readonly name: LocalizedText | null;
  readonly condition: string | null;
  readonly runbook: string | null;
  /** Whether its rule is paused: nothing is judged. */
  readonly paused: boolean;
  readonly severity: string;
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly state: string;
  readonly episode: string | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly outcome: string | null;
  /** Of the newest look, as the previous one, the threshold and the window. */
  readonly value: string | null;
  readonly previous: string | null;
  readonly threshold: string | null;
  readonly worst: string | null;
  readonly recovered: string | null;
  readonly window: ReturnType<typeof windowAnswer> | null;
  /** Event types that were silent when it was last looked at: nothing is concluded meanwhile. */
  readonly lacking: readonly string[];
  /** Whether it was red already when its rule was taken up. */
  readonly alreadyBreached: boolean;
  /** Alerts of metrics below this one that explain it, as far as they were known when it fired. */
  readonly drivers: readonly NamedDriver[];
  readonly owner: {
    readonly accountable: string | null;
    readonly accountableName: LocalizedText | null;
    readonly deputy: string | null;
    readonly deputyName: LocalizedText | null;
    readonly via: string | null;
  };
  /** Who saw to the open episode, and until when that holds. */
  readonly acknowledged: {
    readonly by: string;
    readonly at: string;
    readonly until: string;
    readonly comment: string | null;
  } | null;
  /** Why its messages are withheld: `silence ID`, `maintenance ID`, `snoozed`, `closed`. */
  readonly mutedBy: string | null;
  readonly snoozedUntil: string | null;
  readonly assignee: string | null;
  readonly closed: {
    readonly by: string;
    readonly at: string;
    readonly comment: string | null;
  } | null;
  /** Steps taken of the escalation, of how many; when the next one is due and who is told then. */
  readonly escalation: {
    readonly step: number;
    readonly of: number;
    readonly nextAt: string | null;
    readonly nextTo: string | null;
  } | null;
  readonly changedAt: string | null;
};

const timeOf = (ms: EpochMs | null | undefined): string | null =>
  ms == null ? null : formatRfc3339(ms);

export function alertItem(state: AlertState, catalog: Catalog): AlertItem {
  const episode = currentEpisode(state);
  const { last } = state;
  const route = episode?.route;
  const rule = catalog.rules.get(state.rule);
  const nameOf = (owner: string | null | undefined): LocalizedText | null =>
    owner == null ? null : ownerName(catalog, owner);
  return {
    id: state.id,
    rule: state.rule,
    name: rule?.name ?? (isBuiltIn(state.rule) ? BUILT_IN_NAMES[state.rule] : null),
    condition: rule?.when ?? null,
    runbook: rule?.runbook ?? null,
    paused: rule?.paused ?? false,
    severity: state.severity,
    metric: state.metric,
    labels: { ...labelsOf(state.series) },
    state: state.machine.condition,
    episode: episode?.id ?? null,
    startedAt: timeOf(episode?.startedAtMs),
    endedAt: timeOf(episode?.endedAtMs),
    outcome: episode?.outcome ?? null,
    value: last?.value ?? null,
    previous: last?.previous ?? null,
    threshold: last?.threshold ?? null,
    worst: episode?.worst ?? null,
    recovered: episode?.recovered ?? null,
    window: last && windowAnswer(last),
    lacking: last?.lacking ?? [],
    alreadyBreached: episode?.isOld ?? false,
    drivers: episode?.drivers ?? [],
    owner: {
      accountable: route?.accountable ?? null,
      accountableName: nameOf(route?.accountable),
      deputy: route?.deputy ?? null,
      deputyName: nameOf(route?.deputy),
      via: route?.via ?? null,
    },
    ...overlayOf(state),
    changedAt: timeOf(state.timeline.at(-1)?.atMs),
  };
}

const feedbackOf = (given: EpisodeOverlay['feedback']) =>
  given
    ? { verdict: given.verdict, cause: given.cause, by: given.by, at: formatRfc3339(given.atMs) }
    : null;

function overlayOf(state: AlertState) {
  const episode = currentEpisode(state);
  const { ack, closed, assignee = null } = episode?.overlay ?? {};
  const isOpen = state.episode !== null;
  const said = (one: Said) => {
    return { by: one.by, at: formatRfc3339(one.atMs), comment: one.comment };
  };
  return {
    acknowledged: isOpen && ack ? { ...said(ack), until: formatRfc3339(ack.untilMs) } : null,
    mutedBy: state.episode?.overlay.mutedBy ?? null,
    snoozedUntil: timeOf(state.overlay.snooze?.untilMs),
    assignee,
    closed: closed ? said(closed) : null,
    feedback: feedbackOf(episode?.overlay.feedback),
    escalation: episode?.escalation ? escalationOf(episode, episode.escalation) : null,
  };
}

function escalationOf(episode: Episode, { steps, next }: Escalation) {
  const due = episode.endedAtMs === null ? dueMs(episode) : null;
  const nextTo = due === null ? null : (steps[next]?.to ?? null);
  return { step: next, of: steps.length, nextAt: timeOf(due), nextTo };
}

/**
 * One alert in full: its timeline, what it stands on, and what became of every message. `value` and `window` go on with
 * every look; `evidence` stays that by which the episode fired, or began where it never did.
 */
export function alertDetail(state: AlertState, catalog: Catalog) {
  const episode = currentEpisode(state);
  const evidence = evidenceOf(state);
  return {
    ...alertItem(state, catalog),
    evidence: evidence && {
      window: windowAnswer(evidence.check),
      ...checkAnswer(evidence.check),
      metricVersion: evidence.state.metricVersion,
      ruleVersion: evidence.state.ruleVersion,
    },
    comments: state.overlay.comments.map(({ by, atMs, text, episode: of }) => ({
      by,
      at: formatRfc3339(atMs),
      text,
      episode: of,
    })),
    timeline: state.timeline.map(({ kind, reason, atMs, state: condition, value, window }) => ({
      transition: kind,
      reason,
      at: formatRfc3339(atMs),
      state: condition,
      value,
      window: window && { start: timeOf(window.startMs), end: timeOf(window.endMs) },
    })),
    deliveries: [
      ...state.ended.filter(({ id }) => id !== episode?.id),
      ...(episode ? [episode] : []),
    ].flatMap(deliveriesOf),
  };
}

const deliveriesOf = (episode: Episode) =>
  episode.messages.map((message) => {
    const delivery = episode.deliveries[message.id] ?? NOT_TRIED;
    return {
      id: message.id,
      episode: episode.id,
      receiver: message.receiver,
      to: message.to,
      kind: message.kind,
      decidedAt: formatRfc3339(message.decidedAtMs),
      status: delivery.status,
      attempts: delivery.attempts,
      detail: delivery.detail,
      nextAttemptAt:
        delivery.status === 'waiting' && delivery.attempts > 0
          ? formatRfc3339(delivery.nextAttemptMs)
          : null,
    };
  });

export type AlertFilter = {
  readonly state?: string;
  /** Whether somebody is one of those who are asked for. */
  readonly isOwner?: (owner: string) => boolean;
  readonly metric?: string;
  readonly severity?: string;
};

/** The newest episode first, then by id: an order that pages can go on in. */
export function listed(states: readonly AlertState[], filter: AlertFilter): readonly AlertState[] {
  const isWanted = (state: AlertState): boolean => {
    const episode = currentEpisode(state);
    const { accountable = null, deputy = null } = episode?.route ?? {};
    const who = [accountable, deputy, episode?.overlay.assignee ?? null];
    return (
      (filter.state === undefined || state.machine.condition === filter.state) &&
      (filter.metric === undefined || state.metric === filter.metric) &&
      (filter.severity === undefined || state.severity === filter.severity) &&
      (filter.isOwner === undefined || who.some((one) => one !== null && filter.isOwner?.(one)))
    );
  };
  return states.filter(isWanted).sort((a, b) => (orderOf(a) < orderOf(b) ? 1 : -1));
}

/** Epoch ms in fixed width, so that its order as text is that of time. */
export const orderOf = (state: AlertState): string =>
  `${String(currentEpisode(state)?.startedAtMs ?? 0).padStart(16, '0')} ${state.id}`;
