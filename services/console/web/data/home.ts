import type {
  Compared,
  MetricSummary,
  PipelineAnswer,
  Point,
  ValuesAnswer,
} from '../../core/answers.ts';
import { isOpen } from './alerts.ts';
import type { AlertSummary, AlertsAnswer } from './alerts.ts';

/** The total of a metric in the window that holds now. */
export const totalOf = (answer: ValuesAnswer | undefined): Point | undefined =>
  answer?.series.find(({ labels }) => Object.keys(labels).length === 0)?.points[0];

/** How far a value differs from another, as a share of that one; null where there is none. */
export const shareOf = (compared: Compared | undefined): number | null =>
  compared?.ratio == null ? null : Number(compared.ratio) - 1;

export type Mover = {
  readonly metric: MetricSummary;
  readonly point: Point;
  readonly share: number;
};

/** Metrics whose value differs most from that of yesterday at the same time, else of a week ago; the greatest first. */
export function moversOf(
  metrics: Iterable<MetricSummary>,
  currents: ReadonlyMap<string, ValuesAnswer>,
): readonly Mover[] {
  return [...metrics]
    .flatMap((metric) => {
      const point = totalOf(currents.get(metric.id));
      const share = shareOf(point?.compare?.previous) ?? shareOf(point?.compare?.week);
      return point && share !== null && share !== 0 ? [{ metric, point, share }] : [];
    })
    .toSorted((a, b) => Math.abs(b.share) - Math.abs(a.share));
}

/** Whether a change is what is hoped for. */
export function toneOf(
  direction: MetricSummary['direction'],
  change: number,
): 'good' | 'bad' | 'none' {
  if (direction === 'none' || change === 0) return 'none';
  return (direction === 'up') === change > 0 ? 'good' : 'bad';
}

const DAY_MS = 86_400_000;

/** Alerts that came to their end within the last day, the newest first. */
export const endedSince = (
  alerts: readonly AlertSummary[],
  nowMs: number,
): readonly AlertSummary[] =>
  alerts
    .filter(({ endedAt }) => endedAt !== null && nowMs - Date.parse(endedAt) <= DAY_MS)
    .toSorted((a, b) => (b.endedAt ?? '').localeCompare(a.endedAt ?? ''));

/** Something that is not as it should be, as a text's name and what to fill in. */
export type Ill =
  | { readonly kind: 'unaccounted'; readonly count: number }
  | { readonly kind: 'still'; readonly eventType: string; readonly seconds: number }
  | { readonly kind: 'waiting'; readonly instance: string; readonly seconds: number }
  | { readonly kind: 'silent'; readonly sources: readonly string[] }
  | { readonly kind: 'nothing'; readonly eventType: string }
  | { readonly kind: 'rebuilding'; readonly metrics: readonly string[] }
  | { readonly kind: 'incomplete'; readonly metrics: readonly string[] }
  | { readonly kind: 'firing'; readonly count: number }
  | { readonly kind: 'unjudged'; readonly count: number }
  | { readonly kind: 'warning'; readonly detail: string };

/** Heartbeats come each second: after so many without one something stands still. */
const STILL_SECONDS = 10;

/** All that is not well with the business, the pipeline and the rules; empty: all is well. */
export function illsOf(
  pipeline: PipelineAnswer,
  told: Pick<AlertsAnswer, 'alerts' | 'health'>,
): readonly Ill[] {
  const sources = told.alerts
    .filter((alert) => alert.rule === 'source-silent' && isOpen(alert))
    .map(({ labels }) => Object.values(labels).join(', '));
  // A warning is for those who are told of it; what somebody silenced is known.
  const firing = told.alerts.filter(
    ({ rule, state, severity, mutedBy }) =>
      state === 'firing' && severity === 'critical' && mutedBy === null && rule !== 'source-silent',
  );
  // A pause is as somebody wants it.
  const unjudged = told.health.filter(({ state }) => state !== 'paused').length;
  const { eventTypes, projections, warnings } = pipeline;
  const count = eventTypes
    .flatMap(({ metrics }) => metrics)
    .reduce((sum, { difference }) => sum + Math.abs(difference), 0);
  const rebuilding = projections.filter(({ state }) => state !== 'live');
  const incomplete = projections.filter(({ cursors }) => cursors.some((one) => one.missing > 0));
  return [
    ...(firing.length > 0 ? [{ kind: 'firing' as const, count: firing.length }] : []),
    ...(count > 0 ? [{ kind: 'unaccounted' as const, count }] : []),
    ...eventTypes.flatMap(stillness),
    ...(rebuilding.length > 0
      ? [{ kind: 'rebuilding' as const, metrics: rebuilding.map(({ metric }) => metric) }]
      : []),
    ...(incomplete.length > 0
      ? [{ kind: 'incomplete' as const, metrics: incomplete.map(({ metric }) => metric) }]
      : []),
    ...(sources.length > 0 ? [{ kind: 'silent' as const, sources }] : []),
    ...(unjudged > 0 ? [{ kind: 'unjudged' as const, count: unjudged }] : []),
    ...warnings.map((detail) => ({ kind: 'warning' as const, detail })),
  ];
}

function stillness(one: PipelineAnswer['eventTypes'][number]): readonly Ill[] {
  const { eventType, metrics, partitions, heartbeats } = one;
  if (metrics.length === 0) return [];
  const ages = partitions.map(({ lastRecordAgeSeconds }) => lastRecordAgeSeconds);
  const known = ages.filter((age) => age !== null);
  if (known.length === 0) return [{ kind: 'nothing', eventType }];
  const seconds = Math.max(...known);
  if (seconds > STILL_SECONDS) return [{ kind: 'still', eventType, seconds }];
  return heartbeats
    .filter((beat) => beat.ageSeconds <= STILL_SECONDS && beat.waitingSeconds > STILL_SECONDS)
    .map(({ instance, waitingSeconds }) => ({
      kind: 'waiting',
      instance,
      seconds: waitingSeconds,
    }));
}

/** How far the values are behind: the age of the oldest watermark, ms; null while there is none. */
export function behindMs({ at, eventTypes }: PipelineAnswer): number | null {
  const marks = eventTypes.flatMap(({ watermark }) => (watermark === null ? [] : [watermark]));
  return marks.length === 0
    ? null
    : Math.max(0, Date.parse(at) - Math.min(...marks.map((mark) => Date.parse(mark))));
}
