import { h } from 'preact';
import type { JSX } from 'preact';
import type { MetricSummary } from '../../../core/answers.ts';
import type { MeAnswer } from '../../../core/overview/mine.ts';
import { byUrgency, isOpen } from '../../data/alerts.ts';
import type { AlertSummary, AlertsAnswer } from '../../data/alerts.ts';
import { send } from '../../data/api.ts';
import { formatValue } from '../../data/format.ts';
import { labelText, nameOf, unitFor } from '../../data/metric-names.ts';
import { shown } from '../../data/resource.ts';
import type { Resource } from '../../data/resource.ts';
import { useAction } from '../../data/use-action.ts';
import type { useSummaries } from '../../data/use-many.ts';
import { locale } from '../../i18n/language.ts';
import { localized, t } from '../../i18n/text.ts';
import { AlertState, SeverityMark } from '../../parts/alert-state.ts';
import { Link } from '../../parts/link.ts';
import { Shown, reasonOf } from '../../parts/notice.ts';
import { Ago } from '../../parts/time.ts';

export type Alerts = Pick<AlertsAnswer, 'alerts' | 'health'>;
export type LoadedAlerts = { readonly resource: Resource<Alerts>; readonly reload: () => void };

const SHOWN_MAX = 8;

/** Open alerts that are the reader's, what burns first; who owns nothing sees all. */
export function MyAlerts(props: {
  readonly mine: MeAnswer;
  readonly alerts: LoadedAlerts;
  readonly summaries: ReturnType<typeof useSummaries>;
}): JSX.Element {
  const { mine, alerts, summaries } = props;
  const metrics = shown(summaries.resource);
  const isOwn = mine.choice === 'own';
  return h(
    'section',
    { class: 'home-alerts', 'aria-labelledby': 'home-alerts' },
    h('h2', { id: 'home-alerts' }, t(isOwn ? 'home.alerts.own' : 'home.alerts.all')),
    h(Shown<Alerts>, {
      ...alerts,
      lines: 3,
      render: (answer) => {
        const open = answer.alerts.filter(isOpen).toSorted(byUrgency);
        const own = isOwn ? open.filter((alert) => isMine(alert, mine)) : open;
        const others = open.length - own.length;
        return [
          open.length === 0 ? h('p', { class: 'faint' }, t('home.alerts.none')) : null,
          h(
            'ul',
            { class: 'home-list' },
            own.slice(0, SHOWN_MAX).map((alert) =>
              h(Item, {
                key: alert.id,
                alert,
                metric: metrics?.get(alert.metric),
                mayTell: mine.roles.includes('owner'),
                reload: alerts.reload,
              }),
            ),
          ),
          own.length > SHOWN_MAX ? toAlerts(t('home.more', { n: own.length - SHOWN_MAX })) : null,
          others > 0 ? toAlerts(t('home.alerts.others', { n: others })) : null,
        ];
      },
    }),
  );
}

const toAlerts = (text: string): JSX.Element =>
  h('p', null, h(Link, { to: { page: 'alerts', show: 'open' } }, text));

/** Whoever answers for it, stands in, was given it, or owns or follows its metric. */
function isMine(alert: AlertSummary, mine: MeAnswer): boolean {
  const who: readonly (string | null)[] = [mine.person, ...mine.teams];
  const named = [alert.owner.accountable, alert.owner.deputy, alert.assignee];
  return (
    named.some((one) => one !== null && who.includes(one)) ||
    mine.metrics.some(({ id }) => id === alert.metric)
  );
}

function Item(props: {
  readonly alert: AlertSummary;
  readonly metric: MetricSummary | undefined;
  readonly mayTell: boolean;
  readonly reload: () => void;
}): JSX.Element {
  const { alert, metric, mayTell, reload } = props;
  const action = useAction(reload);
  const amount = (value: string | null): string =>
    formatValue(value, unitFor(metric, value), locale());
  const name = alert.name ? localized(alert.name) : alert.rule;
  const verb = alert.acknowledged ? 'unack' : 'ack';
  return h(
    'li',
    { class: `home-alert alert-burning alert-${alert.severity}`, 'data-alert': alert.id },
    h(
      'p',
      { class: 'home-alert-head' },
      h(AlertState, { alert }),
      h(Link, { to: { page: 'alert', id: alert.id } }, name),
      h(SeverityMark, { severity: alert.severity }),
    ),
    h(
      'p',
      { class: 'faint' },
      [
        nameOf(metric, alert.metric),
        labelText(alert.labels, metric),
        alert.value === null
          ? ''
          : `${amount(alert.value)}${alert.threshold === null ? '' : ` / ${amount(alert.threshold)}`}`,
      ]
        .filter((part) => part !== '')
        .join(' · '),
      ' · ',
      h(Ago, { at: alert.startedAt }),
    ),
    mayTell &&
      h(
        'p',
        { class: 'home-alert-do' },
        h(
          'button',
          {
            type: 'button',
            class: 'button',
            disabled: action.isBusy,
            'aria-label': `${t(`alert.do.${verb}`)}: ${name}`,
            onClick: () =>
              void action.run(() =>
                send('POST', `/v1/alerts/${encodeURIComponent(alert.id)}/${verb}`),
              ),
          },
          t(`alert.do.${verb}`),
        ),
        action.error ? h('span', { role: 'alert' }, reasonOf(action.error)) : null,
      ),
  );
}
