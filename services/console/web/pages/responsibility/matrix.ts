import { h } from 'preact';
import type { JSX } from 'preact';
import { labelText, nameOf as metricName, useMetrics } from '../../data/metric-names.ts';
import { columnsOf, flawsOf, mondaysIn, spanOn } from '../../data/responsibility.ts';
import type { Coverage, Span } from '../../data/responsibility.ts';
import { locale } from '../../i18n/language.ts';
import { t } from '../../i18n/text.ts';
import { Link } from '../../parts/link.ts';
import { Empty } from '../../parts/notice.ts';

type NameOf = (who: string) => string;
type Range = { readonly from: string; readonly to: string };

/** A row for each metric and member: who answers on the date, and the weeks around it. */
export function Matrix(props: {
  readonly rows: readonly Coverage[];
  readonly range: Range;
  readonly date: string;
  readonly nameOf: NameOf;
}): JSX.Element {
  const { rows, range, date, nameOf } = props;
  const metrics = useMetrics();
  if (rows.length === 0) return h(Empty, { title: t('who.none') });
  return h(
    'table',
    { class: 'table who-table' },
    h(
      'thead',
      null,
      h(
        'tr',
        null,
        h('th', null, t('who.column.metric')),
        h('th', null, t('who.column.accountable')),
        h('th', null, t('who.column.told')),
        h('th', { class: 'who-dates' }, h(Dates, { range, date })),
      ),
    ),
    h(
      'tbody',
      null,
      rows.map((row) =>
        h(
          'tr',
          { key: `${row.metric} ${JSON.stringify(row.where)}`, 'data-metric': row.metric },
          h(
            'th',
            { scope: 'row' },
            h(
              Link,
              { to: { page: 'metric', id: row.metric, by: [] } },
              metricName(metrics.get(row.metric), row.metric),
            ),
            h(
              'span',
              { class: 'faint who-member' },
              labelText(row.where, metrics.get(row.metric)) || t('who.total'),
            ),
          ),
          h(OnDate, { span: spanOn(row, date), nameOf }),
          h('td', { class: 'who-dates' }, h(Bar, { row, range, date, nameOf })),
        ),
      ),
    ),
  );
}

/** Who answers on the chosen date, and what is wrong with that. */
function OnDate(props: {
  readonly span: Span | undefined;
  readonly nameOf: NameOf;
}): JSX.Element[] {
  const { span, nameOf } = props;
  if (!span) return [h('td', { key: 'a' }, '–'), h('td', { key: 'b' }, '–')];
  const { accountable, answering } = span;
  return [
    h(
      'td',
      { key: 'accountable' },
      accountable === null ? t('who.nobody') : nameOf(accountable),
      h(
        'span',
        { class: 'who-flaws' },
        flawsOf(span).map((flaw) =>
          h(
            'span',
            {
              key: flaw,
              class: `who-flaw who-flaw-${flaw}`,
              title: notesOf(span, nameOf).join('\n'),
            },
            t(`who.flaw.${flaw}`),
          ),
        ),
      ),
    ),
    h(
      'td',
      { key: 'told' },
      answering === null
        ? h('strong', { class: 'who-none' }, t('who.nobody'))
        : [
            nameOf(answering.who),
            h('span', { class: 'faint who-member' }, t(`who.as.${answering.as}`)),
          ],
    ),
  ];
}

/** All that there is to say of a span beside who answers. */
function notesOf(span: Span, nameOf: NameOf): readonly string[] {
  return [
    ...(span.isGap ? [t('who.gap')] : []),
    ...span.overlaps.map(({ id, accountable }) => t('who.over', { name: nameOf(accountable), id })),
    ...span.passedOver.map(({ who, reason, until }) =>
      reason === 'absent'
        ? t('who.away', { name: nameOf(who), date: until ?? '' })
        : t(`who.${reason}`, { name: nameOf(who) }),
    ),
  ];
}

/** The weeks around the date, a column a day. */
function Bar(props: {
  readonly row: Coverage;
  readonly range: Range;
  readonly date: string;
  readonly nameOf: NameOf;
}): JSX.Element {
  const { row, range, date, nameOf } = props;
  return h(
    'div',
    { class: 'who-bar', role: 'list', 'aria-label': t('who.dates') },
    h(Today, { range, date }),
    row.spans.map((span) => {
      const name = span.accountable === null ? t('who.nobody') : nameOf(span.accountable);
      const said = [
        t('who.span', { from: span.from, to: span.to, name }),
        ...notesOf(span, nameOf),
      ];
      return h(
        'div',
        {
          key: span.from,
          role: 'listitem',
          class: ['who-span', ...flawsOf(span).map((flaw) => `who-span-${flaw}`)].join(' '),
          style: placeOf(span, range),
          title: said.join('\n'),
        },
        h('span', { 'aria-hidden': 'true' }, name),
        h('span', { class: 'visually-hidden' }, said.join('. ')),
      );
    }),
  );
}

const placeOf = (stretch: Range, range: Range): { gridColumn: string; gridRow: string } => {
  const { first, end } = columnsOf(stretch, range.from);
  return { gridColumn: `${first} / ${end}`, gridRow: '1' };
};

const Today = (props: { readonly range: Range; readonly date: string }): JSX.Element => {
  const { first } = columnsOf({ from: props.date, to: props.date }, props.range.from);
  return h('div', {
    class: 'who-today',
    'aria-hidden': 'true',
    style: { gridColumn: `${first} / ${first + 1}`, gridRow: '1' },
  });
};

/** Mondays, above the bars. */
function Dates(props: { readonly range: Range; readonly date: string }): JSX.Element {
  const format = new Intl.DateTimeFormat(locale(), {
    month: 'short',
    day: 'numeric',
    timeZone: 'UTC',
  });
  return h(
    'div',
    { class: 'who-bar who-marks' },
    mondaysIn(props.range).map((day) =>
      h(
        'span',
        { key: day, style: placeOf({ from: day, to: day }, props.range) },
        format.format(Date.parse(day)),
      ),
    ),
  );
}
