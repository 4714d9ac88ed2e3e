import { h } from 'preact';
import type { JSX } from 'preact';
import type { MetricAnswer } from '../../core/answers.ts';
import type { AlertsAnswer } from '../data/alerts.ts';
import { get } from '../data/api.ts';
import type { Episode } from '../data/episodes.ts';
import { formatDateTime } from '../data/format.ts';
import { labelText } from '../data/metric-names.ts';
import { shown, useResource } from '../data/resource.ts';
import { useAlertChanges } from '../data/use-told.ts';
import { locale } from '../i18n/language.ts';
import { localized, t } from '../i18n/text.ts';
import { AlertState, SeverityMark } from '../parts/alert-state.ts';
import { Link } from '../parts/link.ts';

/** Episodes that are named; the alerts page has all. */
const SHOWN_MAX = 10;

/** Alerts of the metric, and again when one of them changes. A chart without them is a chart still. */
export function useMetricAlerts(metric: string): AlertsAnswer['alerts'] {
  const { resource, reload } = useResource(`alerts of ${metric}`, (signal) =>
    get<AlertsAnswer>(`/v1/alerts?metric=${encodeURIComponent(metric)}&limit=200`, signal),
  );
  useAlertChanges(undefined, reload);
  return shown(resource)?.alerts ?? [];
}

/** What is marked along the top of the chart, in words: which alert, from when to when, and what people said of it. */
export function MetricAlerts(props: {
  readonly metric: MetricAnswer;
  readonly episodes: readonly Episode[];
}): JSX.Element | null {
  const { metric, episodes } = props;
  if (episodes.length === 0) return null;
  const place = { locale: locale(), timezone: metric.timezone };
  return h(
    'section',
    { class: 'metric-marks metric-alerts', 'aria-labelledby': 'metric-alerts' },
    h('h2', { id: 'metric-alerts' }, t('metric.alerts')),
    h(
      'ul',
      null,
      episodes
        .slice(-SHOWN_MAX)
        .toReversed()
        .map(({ alert, startMs, endMs }) =>
          h(
            'li',
            { key: alert.id, 'data-episode': alert.episode },
            h(SeverityMark, { severity: alert.severity }),
            h(
              Link,
              { to: { page: 'alert', id: alert.id } },
              alert.name ? localized(alert.name) : alert.rule,
            ),
            labelText(alert.labels, metric),
            h(AlertState, { alert }),
            h(
              'span',
              { class: 'faint' },
              endMs === undefined
                ? t('metric.alertSince', { from: formatDateTime(startMs, place) })
                : `${formatDateTime(startMs, place)} – ${formatDateTime(endMs, place)}`,
            ),
            [alert.acknowledged, alert.closed].map((said, i) =>
              said?.comment ? h('q', { key: i }, said.comment) : null,
            ),
          ),
        ),
    ),
  );
}
