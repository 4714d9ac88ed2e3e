import { formatRfc3339, HOUR_MS, MINUTE_MS } from '../../../kernel/time.ts';
import type { DurationMs, EpochMs } from '../../../kernel/time.ts';
import { fnv1a64 } from './fnv.ts';
import { kindOf } from './text-body.ts';
import type { AlertBody } from './text-body.ts';

/**
 * Alerts in the words of Prometheus Alertmanager: the body of its webhooks (version 4), and what it takes at
 * `POST /api/v2/alerts`. Both are made from the frozen body of a message alone.
 * @see https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 */
type Labels = Readonly<Record<string, string>>;
type Pair = readonly [name: string, value: string];

export type AlertmanagerAlert = {
  readonly status: 'firing' | 'resolved';
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL: string;
  /** Hash of the labels: what an Alertmanager calls the alert too. */
  readonly fingerprint: string;
};
export type AlertmanagerBody = {
  readonly receiver: string;
  readonly status: 'firing' | 'resolved';
  readonly alerts: readonly AlertmanagerAlert[];
  readonly groupLabels: Labels;
  readonly commonLabels: Labels;
  readonly commonAnnotations: Labels;
  readonly externalURL: string;
  readonly version: '4';
  readonly groupKey: string;
  readonly truncatedAlerts: number;
};
/** One of the list that `POST /api/v2/alerts` takes. */
export type PostableAlert = Pick<
  AlertmanagerAlert,
  'labels' | 'annotations' | 'startsAt' | 'endsAt' | 'generatorURL'
>;
/** What people read, in their language. */
export type WordsOf = (body: AlertBody) => { readonly title: string; readonly summary: string };

/** Go's zero time: the end of what still burns. */
const NO_END = '0001-01-01T00:00:00Z';
/** Names that are ours: a dimension that is called so stands under another. */
const OWN_LABELS = new Set(['alertname', 'severity', 'metric']);
/** Alertmanager drops labels without a value, and two series would be one. */
const EMPTY_MEMBER = '(empty)';
/** Members of a body whose texts become annotations as they stand; what is null says nothing. */
const TOLD_MEMBERS = ['condition', 'value', 'previous', 'threshold', 'worst', 'recovered'] as const;

/**
 * The alerts that a message tells of: one (and those that it was under another severity), those of a digest, or a test of a
 * receiver. Labels are the rule (`alertname`),
 * the severity, the metric and the dimensions; values are annotations, since labels are what tells alerts apart.
 */
export function alertmanagerAlerts(
  body: AlertBody,
  wordsOf: WordsOf,
): readonly AlertmanagerAlert[] {
  const { data, timestamp = NO_END } = body;
  if (data.alerts) return data.alerts.flatMap((one) => alertmanagerAlerts(one, wordsOf));
  const { severity = '', severities = [severity], startedAt, endedAt = null } = data.alert ?? {};
  const annotations = annotationsOf(body, wordsOf);
  return severities.map((one): AlertmanagerAlert => {
    const labels = labelsOf(data, one);
    // Told as something else before: to whoever knows alerts by their labels that is another one, and it has ended.
    const endsAt = endedAt ?? (one === severity ? NO_END : timestamp);
    return {
      status: endsAt === NO_END ? 'firing' : 'resolved',
      labels,
      annotations,
      startsAt: startedAt ?? timestamp,
      endsAt,
      generatorURL: data.links?.['console'] ?? '',
      fingerprint: labelFingerprint(labels),
    };
  });
}

/** A message is a group, as with `group_by: ['...']`: of one alert, or a digest. @param receiver its id */
export function alertmanagerBody(
  alerts: readonly AlertmanagerAlert[],
  receiver: string,
): AlertmanagerBody {
  const commonLabels = common(alerts.map(({ labels }) => labels));
  const groupLabels = alerts.length === 1 ? commonLabels : {};
  const pairs = sortedPairs(groupLabels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return {
    receiver,
    status: alerts.some(({ status }) => status === 'firing') ? 'firing' : 'resolved',
    alerts,
    groupLabels,
    commonLabels,
    commonAnnotations: common(alerts.map(({ annotations }) => annotations)),
    externalURL: alerts[0]?.generatorURL.split('/#/')[0] ?? '',
    version: '4',
    groupKey: `{}:{${pairs.join(', ')}}`,
    truncatedAlerts: 0,
  };
}

/**
 * How long a posted alert counts as firing if nothing more is heard: it is posted again every minute (a receiver that was
 * started anew has forgotten all), and a Tidemark that is away for less than this ends nothing. As ends are posted again
 * for as long too, a late copy of the firing alert cannot outlive its end.
 */
export const LEASE_MS: DurationMs = HOUR_MS;

/** A test is to be seen and to go: the time that an Alertmanager gives alerts without an end (`resolve_timeout`), which its groups wait less than. */
const TEST_LEASE_MS: DurationMs = 5 * MINUTE_MS;
export const leaseMsOf = (body: AlertBody): DurationMs =>
  kindOf(body) === 'test' ? TEST_LEASE_MS : LEASE_MS;

/** Ends and starts ahead of the receiver's clock would burn until then; an end before its start is refused. */
export function postableAlert(
  alert: AlertmanagerAlert,
  nowMs: EpochMs,
  leaseMs = LEASE_MS,
): PostableAlert {
  const { status, labels, annotations, generatorURL } = alert;
  const startMs = Math.min(Date.parse(alert.startsAt), nowMs);
  const endMs =
    status === 'firing'
      ? nowMs + leaseMs
      : Math.max(startMs, Math.min(Date.parse(alert.endsAt), nowMs));
  const startsAt = formatRfc3339(startMs);
  return { labels, annotations, startsAt, endsAt: formatRfc3339(endMs), generatorURL };
}

function labelsOf(
  { alert, metric, labels = {}, receiver = '' }: AlertBody['data'],
  severity: string,
): Labels {
  if (!alert) return { alertname: 'tidemark-receiver-test', receiver, severity: 'info' };
  const own = {
    alertname: alert.rule ?? '',
    severity,
    metric: metric?.id ?? '',
  };
  const dimensions = Object.entries(labels).map(([name, member]) => [
    OWN_LABELS.has(name) ? `dimension_${name}` : name,
    member === '' ? EMPTY_MEMBER : member,
  ]);
  return Object.fromEntries(sortedPairs({ ...own, ...Object.fromEntries(dimensions) }));
}

function annotationsOf(body: AlertBody, wordsOf: WordsOf): Labels {
  const { data } = body;
  const { title, summary } = wordsOf(body);
  const all: readonly (readonly [string, string | null | undefined])[] = [
    ['summary', title],
    ['description', summary],
    ...TOLD_MEMBERS.map((name) => [name, data[name]] as const),
    ['owner', data.owner?.accountable],
    ['runbook_url', data.links?.['runbook']],
  ];
  const told = all.filter((pair): pair is Pair => typeof pair[1] === 'string' && pair[1] !== '');
  return Object.fromEntries(sortedPairs(Object.fromEntries(told)));
}

const sortedPairs = (labels: Labels): readonly Pair[] =>
  Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));

/** What all of them say alike. */
const common = ([first = {}, ...rest]: readonly Labels[]): Labels =>
  Object.fromEntries(
    Object.entries(first).filter(([name, value]) => rest.every((one) => one[name] === value)),
  );

/** FNV-1a over sorted names and values, each ended by a byte that UTF-8 has not. @see prometheus/common, model/signature.go */
export function labelFingerprint(labels: Labels): string {
  const encoder = new TextEncoder();
  const bytes = sortedPairs(labels)
    .flat()
    .flatMap((text) => [...encoder.encode(text), 0xff]);
  return fnv1a64(bytes).toString(16).padStart(16, '0');
}
