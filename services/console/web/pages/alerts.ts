import { h } from 'preact';
import type { JSX } from 'preact';
import { byUrgency, choicesOf, isOpen, SEVERITIES, wantedOf } from '../data/alerts.ts';
import type { AlertSummary, AlertsAnswer, RuleHealth } from '../data/alerts.ts';
import { getAll } from '../data/api.ts';
import { formatValue } from '../data/format.ts';
import { labelText, nameOf, unitFor, useMetrics } from '../data/metric-names.ts';
import type { Known } from '../data/metric-names.ts';
import { go } from '../data/place.ts';
import { useResource } from '../data/resource.ts';
import { saidWords } from '../data/said-words.ts';
import { useAlertChanges } from '../data/use-told.ts';
import { locale } from '../i18n/language.ts';
import { localized, t } from '../i18n/text.ts';
import type { RouteTo } from '../pages.ts';
import { AlertState, SeverityMark } from '../parts/alert-state.ts';
import { Link } from '../parts/link.ts';
import { Empty, Shown } from '../parts/notice.ts';
import { ownerText } from '../parts/owner.ts';
import { Segmented, Select } from '../parts/segmented.ts';
import type { Choice } from '../parts/segmented.ts';
import { Instant } from '../parts/time.ts';

type AlertsRoute = RouteTo<'alerts'>;
type Show = AlertsRoute['show'];

/** Every alert, or those that somebody should look at. What they are narrowed to lies in the address. */
export function AlertsPage(route: AlertsRoute): JSX.Element {
  const isMine = route.owner === 'me';
  const { resource, reload } = useResource(`alerts ${isMine}`, (signal) =>
    getAll<AlertsAnswer>(`/v1/alerts?limit=1000${isMine ? '&owner=me' : ''}`, signal),
  );
  useAlertChanges(undefined, reload);
  const metrics = useMetrics();
  return h(
    'div',
    { class: 'page' },
    h(
      'div',
      { class: 'page-head' },
      h('h1', null, t('alerts.title')),
      h(Segmented<Show>, {
        name: 'show',
        legend: t('alerts.filter'),
        value: route.show,
        choices: [
          { value: 'open', label: t('alerts.filter.open') },
          { value: 'all', label: t('alerts.filter.all') },
        ],
        onChoose: (show) => go({ ...route, show }, 'replace'),
      }),
    ),
    h(Shown<readonly AlertsAnswer[]>, {
      resource,
      reload,
      lines: 5,
      render: (pages) => [
        pages[0]?.health.map((one) => h(Health, { key: one.rule, of: one })),
        h(Filters, { key: 'filters', alerts: allOf(pages), route, metrics }),
        h(List, { key: 'list', alerts: allOf(pages), route, metrics }),
      ],
    }),
  );
}

/** A rule by which nothing, or not all, is judged; that one is paused is as somebody wants it. */
function Health({ of: { rule, state, detail } }: { readonly of: RuleHealth }): JSX.Element {
  const isPaused = state === 'paused';
  const to = { page: 'document', kind: 'AlertRule', id: rule, tab: 'published' } as const;
  return h(
    'p',
    { class: isPaused ? 'notice' : 'notice notice-warn', 'data-health': state },
    h(Link, { to }, h('code', null, rule)),
    t(`alerts.${state}`),
    isPaused ? null : h('span', { class: 'faint' }, saidWords(detail)),
  );
}

const allOf = (pages: readonly AlertsAnswer[]): readonly AlertSummary[] =>
  pages.flatMap(({ alerts }) => alerts);

/** One choice for each owner, metric and severity that there is. */
function Filters(props: {
  readonly alerts: readonly AlertSummary[];
  readonly route: AlertsRoute;
  readonly metrics: ReadonlyMap<string, Known>;
}): JSX.Element {
  const { alerts, route, metrics } = props;
  const select = (
    name: 'owner' | 'metric' | 'severity',
    label: string,
    choices: readonly Choice<string>[],
  ): JSX.Element =>
    h(Select, {
      label,
      value: route[name] ?? '',
      choices: [{ value: '', label: t('alerts.filter.all') }, ...choices],
      onChoose: (value) =>
        go({ ...route, [name]: value === '' ? undefined : value } as AlertsRoute, 'replace'),
    });
  return h(
    'div',
    { class: 'action-row' },
    select('owner', t('alerts.filter.owner'), [
      { value: 'me', label: t('alerts.filter.mine') },
      ...choicesOf(
        alerts,
        ({ owner: { accountable, accountableName } }) => [
          accountable,
          ownerText(accountable, accountableName),
        ],
        route.owner === 'me' ? undefined : route.owner,
      ),
    ]),
    select(
      'metric',
      t('alerts.filter.metric'),
      choicesOf(
        alerts,
        ({ metric }) => [metric, nameOf(metrics.get(metric), metric)],
        route.metric,
      ),
    ),
    select(
      'severity',
      t('alerts.filter.severity'),
      SEVERITIES.map((value) => {
        return { value, label: t(`alert.severity.${value}`) };
      }),
    ),
  );
}

function List(props: {
  readonly alerts: readonly AlertSummary[];
  readonly route: AlertsRoute;
  readonly metrics: ReadonlyMap<string, Known>;
}): JSX.Element {
  const { page, show, ...wanted } = props.route;
  // An alert that never began an episode is a rule that holds: nothing to tell.
  const told = wantedOf(props.alerts, wanted).filter(
    (alert) => isOpen(alert) || alert.startedAt !== null,
  );
  const alerts = show === 'open' ? told.filter(isOpen) : told;
  if (alerts.length === 0 && Object.values(wanted).some(Boolean))
    return h(
      Empty,
      { title: t('alerts.noMatch') },
      h(
        'button',
        {
          type: 'button',
          class: 'button',
          onClick: () => go({ page, show }, 'replace'),
        },
        t('alerts.clear'),
      ),
    );
  if (alerts.length === 0)
    return show === 'open'
      ? h(Empty, { title: t('alerts.none'), help: t('alerts.noneHelp') })
      : h(Empty, { title: t('alerts.noneEver'), help: t('alerts.noneHelp') });
  return h(
    'div',
    { class: 'alerts' },
    h(
      'div',
      { class: 'alert-row alert-head', 'aria-hidden': 'true' },
      h('span', null, t('alerts.column.state')),
      h('span', null, t('alerts.column.alert')),
      h('span', { class: 'end' }, t('alerts.column.value')),
      h('span', { class: 'end' }, t('alerts.column.threshold')),
      h('span', null, t('alerts.column.owner')),
      h('span', null, t('alerts.column.since')),
    ),
    h(
      'ul',
      null,
      alerts
        .toSorted(byUrgency)
        .map((alert) => h(Row, { key: alert.id, alert, metric: props.metrics.get(alert.metric) })),
    ),
  );
}

function Row(props: {
  readonly alert: AlertSummary;
  readonly metric: Known | undefined;
}): JSX.Element {
  const { alert, metric } = props;
  const amount = (value: string | null): string =>
    formatValue(value, unitFor(metric, value), locale());
  const labelled = (label: string, value: string): JSX.Element =>
    h(
      'span',
      { class: 'end alert-amount' },
      h('span', { class: 'alert-label' }, label),
      h('span', { class: 'number' }, value),
    );
  return h(
    'li',
    null,
    h(
      Link,
      {
        to: { page: 'alert', id: alert.id },
        class: `alert-row alert-${alert.severity} ${isOpen(alert) ? 'alert-burning' : ''}`,
      },
      h('span', { class: 'alert-state' }, h(AlertState, { alert }), h(Seen, { alert })),
      h(
        'span',
        { class: 'alert-name' },
        h('strong', null, alert.name ? localized(alert.name) : alert.rule),
        h(
          'span',
          { class: 'faint' },
          [nameOf(metric, alert.metric), labelText(alert.labels, metric)]
            .filter((part) => part !== '')
            .join(' · '),
        ),
        h(SeverityMark, { severity: alert.severity }),
      ),
      labelled(t('alerts.column.value'), amount(alert.value)),
      labelled(t('alerts.column.threshold'), amount(alert.threshold)),
      h(
        'span',
        { class: 'alert-owner' },
        h('span', { class: 'alert-label' }, t('alerts.column.owner')),
        ownerText(alert.owner.accountable, alert.owner.accountableName) || '–',
      ),
      h('span', { class: 'alert-since' }, h(Instant, { at: alert.startedAt })),
    ),
  );
}

/** Whether somebody sees to it, or nobody hears of it. */
function Seen(props: { readonly alert: AlertSummary }): JSX.Element | null {
  const { acknowledged, mutedBy } = props.alert;
  if (acknowledged) return h('span', { class: 'faint' }, t('alert.acknowledged'));
  return mutedBy === null ? null : h('span', { class: 'faint' }, t('alert.event.silenced'));
}
