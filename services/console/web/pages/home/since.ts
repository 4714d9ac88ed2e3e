import { h } from 'preact';
import type { ComponentChildren, JSX } from 'preact';
import type { MetricSummary, ValuesAnswer } from '../../../core/answers.ts';
import type { CorrectionsAnswer } from '../../../core/overview/many.ts';
import type { AlertSummary } from '../../data/alerts.ts';
import { get } from '../../data/api.ts';
import { clock } from '../../data/clock.ts';
import { formatValue, formatWindow } from '../../data/format.ts';
import { endedSince, moversOf } from '../../data/home.ts';
import { labelText, nameOf, unitFor } from '../../data/metric-names.ts';
import { shown, useResource } from '../../data/resource.ts';
import type { useCurrents, useSummaries } from '../../data/use-many.ts';
import { useTold } from '../../data/use-told.ts';
import { locale } from '../../i18n/language.ts';
import { localized, t } from '../../i18n/text.ts';
import { ChangeMark } from '../../parts/change.ts';
import { Link } from '../../parts/link.ts';
import { ManualBadge } from '../../parts/manual-badge.ts';
import { Shown } from '../../parts/notice.ts';
import { StateMark } from '../../parts/state-badge.ts';
import { Instant } from '../../parts/time.ts';
import type { LoadedAlerts } from './my-alerts.ts';

const SHOWN_MAX = 6;
type Summaries = ReadonlyMap<string, MetricSummary>;

/** What changed: values against yesterday, days that were corrected, alerts that ended. */
export function Since(props: {
  readonly summaries: ReturnType<typeof useSummaries>;
  readonly currents: ReturnType<typeof useCurrents>;
  readonly alerts: LoadedAlerts;
}): JSX.Element {
  const metrics = shown(props.summaries.resource) ?? new Map<string, never>();
  const currents = shown(props.currents.resource) ?? new Map<string, never>();
  const ended = endedSince(shown(props.alerts.resource)?.alerts ?? [], clock.value);
  return h(
    'section',
    { class: 'home-since', 'aria-labelledby': 'home-since' },
    h('h2', { id: 'home-since' }, t('home.since')),
    h(
      'div',
      { class: 'home-thirds' },
      h(Movers, { metrics, currents }),
      h(Corrections, { metrics }),
      h(List<AlertSummary>, {
        title: t('home.ended'),
        none: t('home.ended.none'),
        items: ended,
        render: (alert) => [
          h(
            Link,
            { to: { page: 'alert', id: alert.id } },
            alert.name ? localized(alert.name) : alert.rule,
          ),
          h(
            'span',
            { class: 'faint' },
            labelText(alert.labels, metrics.get(alert.metric)),
            Object.keys(alert.labels).length === 0 ? null : ' · ',
            alert.outcome === null ? null : `${t(`alert.outcome.${alert.outcome}`)} · `,
            h(Instant, { at: alert.endedAt }),
          ),
        ],
      }),
    ),
  );
}

function List<T>(props: {
  readonly title: string;
  readonly none: string;
  readonly items: readonly T[];
  readonly render: (item: T) => ComponentChildren;
}): JSX.Element {
  const { items } = props;
  const more = items.length - SHOWN_MAX;
  return h(
    'div',
    null,
    h('h3', null, props.title),
    items.length === 0
      ? h('p', { class: 'faint' }, props.none)
      : h(
          'ul',
          { class: 'home-list' },
          items.slice(0, SHOWN_MAX).map((item, i) => h('li', { key: i }, props.render(item))),
        ),
    more > 0 ? h('p', { class: 'faint' }, t('home.more', { n: more })) : null,
  );
}

function Movers(props: {
  readonly metrics: Summaries;
  readonly currents: ReadonlyMap<string, ValuesAnswer>;
}): JSX.Element {
  return h(List<ReturnType<typeof moversOf>[number]>, {
    title: t('home.movers'),
    none: t('home.movers.none'),
    items: moversOf(props.metrics.values(), props.currents),
    render: ({ metric, point, share }) => [
      h(
        'span',
        null,
        h(Link, { to: { page: 'metric', id: metric.id, by: [] } }, localized(metric.name)),
        ' ',
        h(ManualBadge, { metric }),
      ),
      h(
        'span',
        { class: 'home-figure' },
        h('span', { class: 'faint number' }, formatValue(point.value, metric.unit, locale())),
        h(ChangeMark, { share, direction: metric.direction }),
      ),
    ],
  });
}

/** Late events come many at a time, and the question is about all metrics. */
const CORRECTED_AFTER_MS = 1_500;

function Corrections(props: { readonly metrics: Summaries }): JSX.Element {
  const corrections = useResource('corrections', (signal) =>
    get<CorrectionsAnswer>('/v1/corrections', signal),
  );
  useTold('value', {
    isWanted: ({ grain, state }) =>
      grain === 'day' && (state === 'revised' || state === 'restated'),
    changed: corrections.reload,
    gatherMs: CORRECTED_AFTER_MS,
  });
  return h(Shown<CorrectionsAnswer>, {
    ...corrections,
    lines: 2,
    render: (answer) =>
      h(List<CorrectionsAnswer['corrections'][number]>, {
        title: t('home.corrected'),
        none: t('home.corrected.none'),
        items: answer.corrections,
        render: (one) => {
          const metric = props.metrics.get(one.metric);
          const place = { locale: locale(), timezone: metric?.timezone };
          const window = { startMs: Date.parse(one.start), endMs: Date.parse(one.end) };
          const untilMs = window.endMs - 1;
          return [
            h(
              Link,
              { to: { page: 'metric', id: one.metric, by: [], grain: 'day', untilMs } },
              nameOf(metric, one.metric),
            ),
            h(
              'span',
              { class: 'faint' },
              h(StateMark, { state: one.state }),
              `${formatWindow(window, 'day', place)} · `,
              formatValue(one.value, unitFor(metric, one.value), place.locale),
            ),
          ];
        },
      }),
  });
}
