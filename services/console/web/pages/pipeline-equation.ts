import { h } from 'preact';
import type { JSX } from 'preact';
import type { Conservation } from '../../core/answers.ts';
import { formatCount } from '../data/format.ts';
import { locale } from '../i18n/language.ts';
import { t } from '../i18n/text.ts';
import { Link } from '../parts/link.ts';

/** The terms that a record falls under, in the order of the equation. */
export const TERMS = [
  'counted',
  'filtered',
  'late',
  'expired',
  'duplicate',
  'conflict',
  'deadLettered',
  'lost',
  'inFlight',
] as const satisfies readonly (keyof Conservation)[];

/** Per metric: records = counted + filtered + late + … + in flight, with a bar that shows how they divide. */
export function Equation(props: {
  readonly eventType: string;
  readonly accounts: readonly Conservation[];
}): JSX.Element {
  const name = `${t('pipeline.equation')}: ${props.eventType}`;
  return h(
    'div',
    { class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': name },
    h(
      'table',
      { class: 'table equation' },
      h('caption', { class: 'visually-hidden' }, name),
      h(
        'thead',
        null,
        h(
          'tr',
          null,
          h('th', { scope: 'col' }, t('pipeline.metric')),
          h('th', { scope: 'col', class: 'end' }, t('pipeline.records')),
          TERMS.map((term, i) =>
            h(
              'th',
              { key: term, scope: 'col', class: 'end' },
              h('span', { class: 'sign', 'aria-hidden': 'true' }, i === 0 ? '=' : '+'),
              t(`pipeline.term.${term}`),
            ),
          ),
          h('th', { scope: 'col', class: 'end' }, t('pipeline.difference')),
        ),
      ),
      h(
        'tbody',
        null,
        props.accounts.map((account) =>
          h(Account, { key: `${account.metric} ${account.version}`, account }),
        ),
      ),
    ),
  );
}

function Account(props: { readonly account: Conservation }): JSX.Element {
  const { account } = props;
  const count = (value: number): string => formatCount(value, locale());
  return h(
    'tr',
    null,
    h(
      'th',
      { scope: 'row' },
      h(Link, { to: { page: 'metric', id: account.metric, by: [] } }, account.metric),
      h(Division, { account }),
    ),
    h('td', { class: 'number' }, count(account.records)),
    TERMS.map((term) =>
      h(
        'td',
        {
          key: term,
          class: `number ${account[term] === 0 ? 'faint' : ''} ${isTrouble(term, account) ? 'trouble' : ''}`,
        },
        count(account[term]),
      ),
    ),
    h(
      'td',
      { class: `number difference ${account.difference === 0 ? 'difference-zero' : 'trouble'}` },
      count(account.difference),
    ),
  );
}

const isTrouble = (term: (typeof TERMS)[number], account: Conservation): boolean =>
  (term === 'conflict' || term === 'deadLettered' || term === 'lost') && account[term] > 0;

/** Shares of the terms as one thin bar; the numbers beside it say the same. */
function Division(props: { readonly account: Conservation }): JSX.Element {
  const { account } = props;
  const total = Math.max(account.records, 1);
  let x = 0;
  return h(
    'svg',
    { class: 'division', viewBox: '0 0 100 3', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    TERMS.map((term) => {
      const width = (account[term] / total) * 100;
      const rect = h('rect', { key: term, x, width, height: 3, class: `division-${term}` });
      x += width;
      return rect;
    }),
  );
}
