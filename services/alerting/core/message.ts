import type { EpisodeOutcome } from '../../kernel/alert.ts';
import { formatRfc3339 } from '../../kernel/time.ts';
import type { EpochMs } from '../../kernel/time.ts';
import { labelsOf } from '../../kernel/series.ts';
import { messageId } from './episode.ts';
import type { AlertState, Check, Episode, Message, MessageKind } from './episode.ts';
import type { RulePlan } from './plan.ts';

/** What a decision is made in: the rule, the input that led to it, the log's time. */
export type Context = {
  readonly plan: RulePlan;
  readonly input: { readonly partition: number; readonly offset: number };
  readonly logMs: EpochMs;
  /** When the value that shows it was published, for latency figures only. */
  readonly shownAtMs: EpochMs;
  /** Where the console is, for links. */
  readonly consoleUrl: string;
};

type Body = {
  type: string;
  timestamp: string;
  data: { alert: Record<string, unknown>; [member: string]: unknown };
};

/** The body of contract section 7 as it is sent, frozen from here on. */
export function bodyOf(
  kind: MessageKind,
  told: { alert: AlertState; episode: Episode; check: Check },
  context: Context,
): string {
  const { alert, episode, check } = told;
  const { rule, metric } = context.plan;
  const body: Body = {
    type: `alert.${kind}`,
    timestamp: formatRfc3339(context.logMs),
    data: {
      alert: alertMember(alert, episode),
      metric: {
        id: metric.id,
        version: metric.version,
        name: metric.name.en,
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
      target: null,
      breached: episode.breached,
      worst: episode.worst,
      recovered: episode.recovered,
      owner: {
        accountable: episode.route?.accountable ?? null,
        deputy: episode.route?.deputy ?? null,
        via: episode.route?.via ?? null,
      },
      evidence: {
        watermark: formatRfc3339(check.watermarkMs),
        cursors: check.cursors,
        completeness: check.completeness,
      },
      links: {
        console: `${context.consoleUrl}/#/alerts/${alert.id}`,
        ack: null,
        runbook: rule.runbook ?? null,
      },
    },
  };
  return JSON.stringify(body);
}

const alertMember = (alert: AlertState, episode: Episode) => ({
  id: alert.id,
  episode: episode.id,
  rule: alert.rule,
  severity: alert.severity,
  state: alert.machine.condition,
  startedAt: formatRfc3339(episode.startedAtMs),
  endedAt: episode.endedAtMs === null ? null : formatRfc3339(episode.endedAtMs),
  outcome: episode.outcome,
});

/**
 * The last message said again with another end: for an episode whose rule is no more, so that nothing but what was told
 * is left to tell from.
 */
export function closingBody(
  last: Message,
  told: { alert: AlertState; episode: Episode; logMs: EpochMs },
): string {
  const body = JSON.parse(last.body) as Body;
  return JSON.stringify({
    ...body,
    type: 'alert.resolved',
    timestamp: formatRfc3339(told.logMs),
    data: { ...body.data, alert: alertMember(told.alert, told.episode) },
  });
}

/** Everyone who was told that this episode burns: to them its end is owed, whatever has changed meanwhile. */
export const toldReceivers = (episode: Episode): readonly string[] => [
  ...new Set(
    episode.messages
      .filter(({ kind }) => kind === 'firing' || kind === 'nodata' || kind === 'repeated')
      .map(({ receiver }) => receiver),
  ),
];

/** The episode with one more round of messages, one to each receiver. */
export function tell(
  episode: Episode,
  message: { kind: MessageKind; receivers: readonly string[]; body: string },
  at: { logMs: EpochMs; shownAtMs: EpochMs },
): Episode {
  if (message.receivers.length === 0) return episode;
  const round = episode.rounds + 1;
  const rows = message.receivers.map((receiver) => ({
    id: messageId(episode.id, { receiver, kind: message.kind, round }),
    receiver,
    kind: message.kind,
    body: message.body,
    decidedAtMs: at.logMs,
    shownAtMs: at.shownAtMs,
  }));
  return { ...episode, rounds: round, messages: [...episode.messages, ...rows] };
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
