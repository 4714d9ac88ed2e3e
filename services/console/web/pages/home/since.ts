import { Fragment, h } from 'preact';
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
import type { Alerts, LoadedAlerts } from './my-alerts.ts';

const SHOWN_MAX = 6;
type Summaries = ReadonlyMap<string, MetricSummary>;

/** What changed: values against yesterday, days that were corrected, alerts that ended. */
export function Since(props: {
  readonly summaries: ReturnType<typeof useSummaries>;
  readonly currents: ReturnType<typeof useCurrents>;
  readonly alerts: LoadedAlerts;
}): JSX.Element {
  const metrics = shown(props.summaries.resource) ?? new Map<string, never>();
  return h(
    'section',
    { class: 'home-since', 'aria-labelledby': 'home-since' },
    h('h2', { id: 'home-since' }, t('home.since')),
    h(
      'div',
      { class: 'home-thirds' },
      h(Third, { title: t('home.movers') }, h(Movers, props)),
      h(Third, { title: t('home.corrected') }, h(Corrections, { metrics })),
      h(Third, { title: t('home.ended') }, h(Ended, { alerts: props.alerts, metrics })),
    ),
  );
}

const Third = (props: {
  readonly title: string;
  readonly children?: ComponentChildren;
}): JSX.Element => h('div', null, h('h3', null, props.title), props.children);

function List<T>(props: {
  readonly none: string;
  readonly items: readonly T[];
  readonly render: (item: T) => ComponentChildren;
}): JSX.Element {
  const { items } = props;
  const more = items.length - SHOWN_MAX;
  return h(
    Fragment,
    null,
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

/** That nothing moved can be said once the values are there. */
function Movers(props: {
  readonly summaries: ReturnType<typeof useSummaries>;
  readonly currents: ReturnType<typeof useCurrents>;
}): JSX.Element {
  const moved = (summaries: Summaries, currents: ReadonlyMap<string, ValuesAnswer>): JSX.Element =>
    h(List<ReturnType<typeof moversOf>[number]>, {
      none: t('home.movers.none'),
      items: moversOf(summaries.values(), currents),
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
  return h(Shown<Summaries>, {
    ...props.summaries,
    lines: 2,
    render: (summaries) =>
      h(Shown<ReadonlyMap<string, ValuesAnswer>>, {
        ...props.currents,
        lines: 2,
        render: (currents) => moved(summaries, currents),
      }),
  });
}

function Ended(props: { readonly alerts: LoadedAlerts; readonly metrics: Summaries }): JSX.Element {
  return h(Shown<Alerts>, {
    ...props.alerts,
    lines: 2,
    render: ({ alerts }) =>
      h(List<AlertSummary>, {
        none: t('home.ended.none'),
        items: endedSince(alerts, clock.value),
        render: (alert) => [
          h(
            Link,
            { to: { page: 'alert', id: alert.id } },
            alert.name ? localized(alert.name) : alert.rule,
          ),
          h(
            'span',
            { class: 'faint' },
            labelText(alert.labels, props.metrics.get(alert.metric)),
            Object.keys(alert.labels).length === 0 ? null : ' · ',
            alert.outcome === null ? null : `${t(`alert.outcome.${alert.outcome}`)} · `,
            h(Instant, { at: alert.endedAt }),
          ),
        ],
      }),
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
