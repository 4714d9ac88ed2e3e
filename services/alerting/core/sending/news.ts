import type { Catalog, MetricDefinition } from '../../../kernel/definitions.ts';
import { hashText } from '../../../kernel/hash.ts';
import { labelsOf, seriesKey } from '../../../kernel/series.ts';
import type { Labels } from '../../../kernel/series.ts';
import { formatRfc3339 } from '../../../kernel/time.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import type { DigestTopic, Due } from './digest-plan.ts';
import type { AlertState, Episode, Message } from '../alert/episode.ts';
import { namesFor } from '../alert/names.ts';
import { follows } from '../people/hearers.ts';
import { datePlus, instantOf } from '../people/local-time.ts';
import type { Links } from '../alert/message.ts';
import { namingBy } from '../plan/naming.ts';
import type { Recipient } from '../plan/plan.ts';

/** Values that one digest shows; what is more is counted. */
export const NEWS_VALUES_MAX = 50;
const NEWS_ALERTS_MAX = 100;

/** A series whose values a digest compares: a whole local day, and the one that lies one period before it. */
export type AskedValue = {
  readonly metric: MetricDefinition;
  readonly series: string;
  readonly labels: Labels;
  readonly startMs: EpochMs;
  readonly beforeMs: EpochMs;
};
export type NewsValue = AskedValue & {
  readonly value: string | null;
  readonly previous: string | null;
};

/** Which values a digest shows: of each followed series with daily cells the last whole day before it. */
export function askedValues(catalog: Catalog, { plan, date }: Due): readonly AskedValue[] {
  const stepDays = plan.time.every === 'week' ? 7 : 1;
  return plan.topics.flatMap((topic): AskedValue[] => {
    const metric = catalog.metrics.get(
      topic.metric ?? catalog.rules.get(topic.rule ?? '')?.metric ?? '',
    );
    const series = metric && seriesOf(metric, topic);
    if (!metric || series === undefined || !metric.grains.includes('day')) return [];
    const day = datePlus(date, -1);
    const startOf = (of: string): EpochMs => instantOf(of, '00:00', metric.timezone);
    const at = { startMs: startOf(day), beforeMs: startOf(datePlus(day, -stepDays)) };
    return [{ metric, series, labels: labelsOf(series), ...at }];
  });
}

/** The series of exactly these members, where the metric is kept by them. */
function seriesOf({ breakdowns }: MetricDefinition, { where }: DigestTopic): string | undefined {
  const names = Object.keys(where).toSorted().join();
  const breakdown = breakdowns.find((one) => one.toSorted().join() === names);
  return (
    breakdown &&
    seriesKey(
      breakdown,
      breakdown.map((name) => where[name] ?? ''),
    )
  );
}

/** What a digest is about, of all alerts: which fire, and which began or ended since the one before. */
function concerned(
  alerts: readonly AlertState[],
  { plan, fromMs, atMs }: Due,
): readonly { readonly alert: AlertState; readonly episode: Episode; readonly isOpen: boolean }[] {
  const isWanted = (alert: AlertState, episode: Episode): boolean => {
    const { metric, rule, severity } = alert;
    const labels = labelsOf(alert.series);
    const { route } = episode;
    const answers =
      plan.subscription === null &&
      [route?.accountable, route?.deputy, route?.answering?.who].includes(plan.who);
    return (
      answers || plan.topics.some((topic) => follows(topic, { metric, rule, labels, severity }))
    );
  };
  return alerts
    .flatMap((alert) => [
      ...(alert.episode?.firedAtMs != null || alert.machine.condition === 'nodata'
        ? [{ alert, episode: alert.episode as Episode, isOpen: true }]
        : []),
      ...alert.ended
        .filter(({ endedAtMs }) => endedAtMs !== null && fromMs <= endedAtMs && endedAtMs < atMs)
        .map((episode) => ({ alert, episode, isOpen: false })),
    ])
    .filter(({ alert, episode }) => isWanted(alert, episode))
    .toSorted(
      (a, b) =>
        Number(b.isOpen) - Number(a.isOpen) || b.episode.startedAtMs - a.episode.startedAtMs,
    );
}

/**
 * The messages of a digest, one to each receiver: what fires, what ended, and values beside those of the period before.
 * The ids are those of the digest and its date, whatever it says: it is told once.
 */
export function newsMessages(
  due: Due,
  found: {
    readonly recipients: readonly Recipient[];
    readonly alerts: readonly AlertState[];
    readonly values: readonly NewsValue[];
  },
  { catalog, links }: { catalog: Catalog; links: Links },
): readonly Message[] {
  const { plan, date, atMs, fromMs } = due;
  const concerns = concerned(found.alerts, due);
  const told = concerns.slice(0, NEWS_ALERTS_MAX);
  return found.recipients.map((recipient): Message => {
    const { subscription } = plan;
    const stop =
      subscription === null
        ? null
        : (links.unsubscribeUrl?.({ subscription, to: recipient.to }) ?? null);
    const body = {
      type: 'alert.digest',
      timestamp: formatRfc3339(atMs),
      data: {
        digest: {
          id: plan.id,
          date,
          every: plan.time.every,
          from: formatRfc3339(fromMs),
          to: formatRfc3339(atMs),
          firing: concerns.filter(({ isOpen }) => isOpen).length,
          ended: concerns.filter(({ isOpen }) => !isOpen).length,
        },
        count: concerns.length,
        alerts: told.map((one) => alertBody(one, { catalog, links, locale: recipient.locale })),
        values: found.values.map(({ metric, labels, startMs, value, previous }) => ({
          metric: { id: metric.id, name: metric.name, unit: metric.unit.code },
          labels: { ...labels },
          start: formatRfc3339(startMs),
          value,
          previous,
        })),
        links: { console: links.consoleUrl, ...(stop === null ? {} : { unsubscribe: stop }) },
      },
    };
    return {
      ...recipient,
      id: `msg_${hashText(`digest ${plan.id} ${date} ${recipient.receiver}`)}`,
      kind: 'digest',
      body: JSON.stringify(body),
      decidedAtMs: atMs,
      shownAtMs: atMs,
    };
  });
}

function alertBody(
  { alert, episode, isOpen }: { alert: AlertState; episode: Episode; isOpen: boolean },
  { catalog, links, locale }: { catalog: Catalog; links: Links; locale: Recipient['locale'] },
): object {
  const naming = namingBy(catalog, alert);
  const { metric } = naming;
  const kind = isOpen ? (alert.machine.condition === 'nodata' ? 'nodata' : 'firing') : 'resolved';
  const labels = { ...labelsOf(alert.series) };
  return {
    type: `alert.${kind}`,
    data: {
      names: namesFor({ labels }, naming, { locale }),
      alert: {
        id: alert.id,
        episode: episode.id,
        rule: alert.rule,
        severity: alert.severity,
        state: alert.machine.condition,
        startedAt: formatRfc3339(episode.startedAtMs),
        endedAt: episode.endedAtMs === null ? null : formatRfc3339(episode.endedAtMs),
        outcome: episode.outcome,
      },
      metric: {
        id: alert.metric,
        name: metric?.name[locale] ?? metric?.name.en ?? alert.metric,
        unit: metric?.unit.code,
      },
      labels,
      value: isOpen ? (alert.last?.value ?? null) : episode.recovered,
      threshold: alert.last?.threshold ?? null,
      breached: episode.breached,
      worst: episode.worst,
      links: { console: `${links.consoleUrl}/#/alerts/${alert.id}` },
    },
  };
}
