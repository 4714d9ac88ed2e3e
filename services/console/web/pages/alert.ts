import { h } from 'preact';
import type { JSX } from 'preact';
import type { AlertAnswer } from '../data/alerts.ts';
import { ApiError, get } from '../data/api.ts';
import { labelText, nameOf, useMetrics } from '../data/metric-names.ts';
import type { Known } from '../data/metric-names.ts';
import { useResource } from '../data/resource.ts';
import { useShownName } from '../data/shown-name.ts';
import { useAlertChanges } from '../data/use-told.ts';
import { localized, t } from '../i18n/text.ts';
import { AlertState, SeverityMark } from '../parts/alert-state.ts';
import { Link, Term } from '../parts/link.ts';
import { Empty, Shown } from '../parts/notice.ts';
import { ownerText } from '../parts/owner.ts';
import { Instant } from '../parts/time.ts';
import { Actions } from './alert-actions.ts';
import { Deliveries } from './alert-deliveries.ts';
import { Drivers, Lacking } from './alert-causes.ts';
import { Evidence } from './alert-evidence.ts';
import { Figures } from './alert-figures.ts';
import { Comments, Overlay } from './alert-overlay.ts';
import { Timeline } from './alert-timeline.ts';

/** One alert: what it says, why, to whom, and what became of the messages. */
export function AlertPage(props: { readonly id: string }): JSX.Element {
  const { id } = props;
  const { resource, reload } = useResource(`alert ${id}`, (signal) =>
    get<AlertAnswer>(`/v1/alerts/${encodeURIComponent(id)}`, signal),
  );
  useAlertChanges(id, reload);
  const metrics = useMetrics();
  const isMissing =
    resource.kind === 'failed' &&
    resource.error instanceof ApiError &&
    resource.error.status === 404;
  return h(
    'div',
    { class: 'page' },
    h(Link, { to: { page: 'alerts', show: 'open' }, class: 'back' }, t('alert.back')),
    isMissing
      ? h(Empty, { title: t('alert.notFound'), isPage: true })
      : h(Shown<AlertAnswer>, {
          resource,
          reload,
          lines: 8,
          render: (alert) => h(AlertView, { alert, metric: metrics.get(alert.metric), reload }),
        }),
  );
}

function AlertView(props: {
  readonly alert: AlertAnswer;
  readonly metric: Known | undefined;
  readonly reload: () => void;
}): JSX.Element {
  const { alert, metric, reload } = props;
  const name = alert.name ? localized(alert.name) : alert.rule;
  useShownName(name);
  return h(
    'article',
    null,
    h(
      'div',
      { class: 'alert-title' },
      h('h1', null, name),
      h(AlertState, { alert }),
      h(SeverityMark, { severity: alert.severity }),
    ),
    h(
      'p',
      { class: 'lead' },
      h(Link, { to: { page: 'metric', id: alert.metric, by: [] } }, nameOf(metric, alert.metric)),
      Object.keys(alert.labels).length > 0 ? ` · ${labelText(alert.labels, metric)}` : '',
      alert.outcome === null ? '' : ` · ${t(`alert.outcome.${alert.outcome}`)}`,
    ),
    alert.paused ? h('p', { class: 'notice', 'data-health': 'paused' }, t('alert.paused')) : null,
    h(
      'div',
      { class: 'alert-body' },
      h(
        'div',
        { class: 'alert-main' },
        h(Lacking, { alert }),
        h(Figures, { alert, metric }),
        h(Drivers, { alert }),
        h(Actions, { alert, reload }),
        h(Comments, { alert, metric }),
        h(Timeline, { alert, metric }),
        h(Deliveries, { alert, metric }),
      ),
      h(
        'aside',
        { class: 'metric-side' },
        h(Overlay, { alert, metric }),
        h(Owner, { alert, metric }),
        h(Evidence, { alert, metric }),
      ),
    ),
  );
}

function Owner(props: {
  readonly alert: AlertAnswer;
  readonly metric: Known | undefined;
}): JSX.Element {
  const timezone = props.metric?.timezone;
  const { rule, condition, runbook, owner, startedAt, endedAt } = props.alert;
  return h(
    'section',
    { class: 'panel' },
    h(
      'dl',
      { class: 'terms' },
      h(
        Term,
        { name: t('alert.owner') },
        ownerText(owner.accountable, owner.accountableName) || '–',
      ),
      owner.deputy === null
        ? null
        : h(Term, { name: t('alert.deputy') }, ownerText(owner.deputy, owner.deputyName)),
      owner.via === null ? null : h(Term, { name: t('alert.via') }, h('code', null, owner.via)),
      h(
        Term,
        { name: t('alert.rule') },
        h('code', null, rule),
        // Without a condition it is none that stands in the catalogue: built in, or gone.
        condition === null
          ? null
          : [
              ' · ',
              h(
                Link,
                { to: { page: 'document', kind: 'AlertRule', id: rule, tab: 'draft' } },
                t('rule.edit'),
              ),
            ],
      ),
      condition === null
        ? null
        : h(Term, { name: t('alert.condition') }, h('code', null, condition)),
      runbook === null
        ? null
        : h(
            Term,
            { name: t('alert.runbook') },
            h('a', { href: runbook, rel: 'noreferrer' }, runbook),
          ),
      h(Term, { name: t('alert.since') }, h(Instant, { at: startedAt, timezone })),
      endedAt === null
        ? null
        : h(Term, { name: t('alert.ended') }, h(Instant, { at: endedAt, timezone })),
    ),
  );
}
