import { h } from 'preact';
import type { JSX } from 'preact';
import type { AlertAnswer } from '../data/alerts.ts';
import { formatCount } from '../data/format.ts';
import type { Known } from '../data/metric-names.ts';
import { useDocumentNames } from '../data/people-names.ts';
import type { Names } from '../data/people-names.ts';
import { saidWords } from '../data/said-words.ts';
import { locale } from '../i18n/language.ts';
import { t } from '../i18n/text.ts';
import { Named } from '../parts/owner.ts';
import { Instant } from '../parts/time.ts';

/** Every message that is or was owed, and what became of it. */
export function Deliveries(props: {
  readonly alert: AlertAnswer;
  readonly metric: Known | undefined;
}): JSX.Element {
  const { deliveries } = props.alert;
  const names = useDocumentNames();
  const columns = [
    'alert.message',
    'alert.receiver',
    'alerts.column.state',
    'alert.since',
  ] as const;
  return h(
    'section',
    null,
    h('h2', null, t('alert.deliveries')),
    deliveries.length === 0
      ? h('p', { class: 'faint' }, t('alert.noDeliveries'))
      : h(
          'div',
          { class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': t('alert.deliveries') },
          h(
            'table',
            { class: 'table' },
            h(
              'thead',
              null,
              h(
                'tr',
                null,
                columns.map((key) => h('th', { key, scope: 'col' }, t(key))),
                h('th', { scope: 'col', class: 'end' }, t('alert.attempts')),
              ),
            ),
            h(
              'tbody',
              null,
              deliveries.toReversed().map((delivery) =>
                h(Row, {
                  key: `${delivery.episode} ${delivery.id}`,
                  delivery,
                  names,
                  timezone: props.metric?.timezone,
                }),
              ),
            ),
          ),
        ),
  );
}

function Row(props: {
  readonly delivery: AlertAnswer['deliveries'][number];
  readonly names: Names;
  readonly timezone: string | undefined;
}): JSX.Element {
  const { delivery, names, timezone } = props;
  return h(
    'tr',
    null,
    h('th', { scope: 'row' }, t(`alert.event.${delivery.kind}`)),
    h(
      'td',
      null,
      h(Named, { of: `Receiver/${delivery.receiver}`, names }),
      ' ',
      delivery.to === null
        ? null
        : h('span', { class: 'faint delivery-detail' }, h(Named, { of: delivery.to, names })),
    ),
    h(
      'td',
      null,
      h('span', { class: `pill pill-${delivery.status}` }, t(`delivery.${delivery.status}`)),
      delivery.status === 'delivered' || delivery.detail === ''
        ? null
        : h('span', { class: 'faint delivery-detail' }, saidWords(delivery.detail)),
    ),
    h('td', null, h(Instant, { at: delivery.decidedAt, timezone })),
    h('td', { class: 'number' }, formatCount(delivery.attempts, locale())),
  );
}
