import { h } from 'preact';
import type { JSX } from 'preact';
import type { MetricAnswer } from '../../core/answers.ts';
import { get } from '../data/api.ts';
import { formatAge, formatDateTime } from '../data/format.ts';
import type { Grain } from '../../../kernel/window.ts';
import { shown, useResource } from '../data/resource.ts';
import { locale } from '../i18n/language.ts';
import { t } from '../i18n/text.ts';
import { Link, Term } from '../parts/link.ts';
import { Instant } from '../parts/time.ts';

type Outcome =
  | 'counted'
  | 'filtered'
  | 'late'
  | 'duplicate'
  | 'conflict'
  | 'dead_lettered'
  | 'in_flight';
/** `GET /v1/events/{source}/{id}` */
export type EventTrace = {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly position: string;
  readonly appendTime: string;
  readonly eventTime: string | null;
  readonly outcome: Outcome;
  /** Of a copy: where the first one lies. */
  readonly original?: string;
  readonly metrics: readonly MetricTrace[];
};
type MetricTrace = {
  readonly metric: string;
  readonly version: string;
  readonly outcome: Outcome | 'expired';
  readonly window: { readonly start: string; readonly end: string } | null;
  readonly reason: string;
};

/** Whether more is still to become of it. */
export const isUnderWay = ({ outcome, metrics }: EventTrace): boolean =>
  outcome === 'in_flight' || metrics.some((one) => one.outcome === 'in_flight');

const TONE: Readonly<Record<MetricTrace['outcome'], string>> = {
  counted: 'good',
  filtered: 'plain',
  in_flight: 'plain',
  late: 'warn',
  expired: 'warn',
  duplicate: 'warn',
  conflict: 'bad',
  dead_lettered: 'bad',
};

/** What became of an event, in words. */
export function EventAnswer(props: { readonly trace: EventTrace }): JSX.Element {
  const { trace } = props;
  return h(
    'article',
    { class: 'find-answer', 'data-outcome': trace.outcome },
    h(
      'header',
      { class: `find-verdict find-${TONE[trace.outcome]}` },
      h('p', { class: 'find-word' }, t(`find.outcome.${trace.outcome}`)),
      h('p', null, t(`find.head.${trace.outcome}`)),
    ),
    h(
      'dl',
      { class: 'headline-terms find-terms' },
      h(Term, { name: t('letters.eventType') }, h('code', null, trace.type)),
      h(Term, { name: t('find.eventTime') }, h(Instant, { at: trace.eventTime })),
      h(Term, { name: t('find.appendTime') }, h(Instant, { at: trace.appendTime })),
      h(Term, { name: t('letters.place') }, h('code', null, trace.position)),
      trace.original === undefined
        ? null
        : h(
            Term,
            { name: t('find.original') },
            h(
              Link,
              {
                to: {
                  page: 'events',
                  source: trace.source,
                  eventId: trace.id,
                  position: trace.original,
                },
              },
              h('code', null, trace.original),
            ),
          ),
    ),
    h('h2', null, t('find.metrics')),
    trace.metrics.length === 0
      ? h('p', { class: 'faint' }, t('find.noMetric'))
      : h(
          'ul',
          { class: 'find-metrics' },
          trace.metrics.map((metric) =>
            h(MetricLine, { key: `${metric.metric}@${metric.version}`, metric }),
          ),
        ),
  );
}

function MetricLine(props: { readonly metric: MetricTrace }): JSX.Element {
  const { metric } = props;
  const { resource } = useResource(metric.metric, (signal) =>
    get<MetricAnswer>(`/v1/metrics/${encodeURIComponent(metric.metric)}`, signal, 'overview'),
  );
  const definition = shown(resource);
  return h(
    'li',
    { class: 'find-metric', 'data-metric': metric.metric, 'data-outcome': metric.outcome },
    h(
      'span',
      { class: `find-mark find-${TONE[metric.outcome]}` },
      t(`find.outcome.${metric.outcome}`),
    ),
    h(
      'span',
      { class: 'find-name' },
      h(
        Link,
        {
          to: {
            page: 'metric',
            id: metric.metric,
            by: [],
            ...(metric.window
              ? {
                  untilMs: Date.parse(metric.window.end),
                  ...(grainOf(metric.window) ? { grain: grainOf(metric.window) as Grain } : {}),
                }
              : {}),
          },
        },
        metric.metric,
      ),
    ),
    h('span', { class: 'find-why' }, whyText(metric, definition)),
  );
}

const LENGTHS: readonly (readonly [Grain, number])[] = [
  ['minute', 60_000],
  ['hour', 3_600_000],
];

/** Days have 23 to 25 hours. */
function grainOf({ start, end }: NonNullable<MetricTrace['window']>): Grain | undefined {
  const lengthMs = Date.parse(end) - Date.parse(start);
  return (
    LENGTHS.find(([, length]) => length === lengthMs)?.[0] ??
    (lengthMs > 80_000_000 ? 'day' : undefined)
  );
}

/** Of the server's reason, in the reader's language, with what the definition says. */
function whyText(metric: MetricTrace, definition: MetricAnswer | undefined): string {
  const { outcome, window } = metric;
  // Beside the event's own time, in the reader's zone; of the metric's are the bounds of days.
  const isLong = window !== null && grainOf(window) === 'day';
  const place = { locale: locale(), timezone: isLong ? definition?.timezone : undefined };
  const shownWindow = window
    ? `${formatDateTime(Date.parse(window.start), place)} – ${formatDateTime(Date.parse(window.end), place)}`
    : '';
  switch (outcome) {
    case 'counted':
      return t('find.why.counted', { window: shownWindow });
    case 'filtered': {
      const condition = definition?.definition['where'];
      return typeof condition === 'string'
        ? t('find.why.filtered', { condition })
        : t('find.why.filteredPlain');
    }
    case 'late': {
      const watermark = /watermark (\S+?)\)?$/.exec(metric.reason)?.[1];
      const latenessMs = definition?.definition['latenessMs'];
      const past =
        window && watermark ? Date.parse(watermark) - Date.parse(window.end) : Number.NaN;
      return t('find.why.late', {
        window: shownWindow,
        lateness: typeof latenessMs === 'number' ? formatAge(latenessMs, locale()) : '–',
        past: Number.isNaN(past) ? '–' : formatAge(past, locale()),
      });
    }
    case 'expired':
    case 'duplicate':
    case 'conflict':
    case 'dead_lettered':
    case 'in_flight':
      return t(`find.why.${outcome}`);
  }
}
