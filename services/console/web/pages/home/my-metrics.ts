import { h } from 'preact';
import type { JSX } from 'preact';
import type { Compared, MetricSummary, ValuesAnswer } from '../../../core/answers.ts';
import type { MeAnswer, Tie } from '../../../core/overview/mine.ts';
import { formatValue } from '../../data/format.ts';
import { shareOf, totalOf } from '../../data/home.ts';
import { TOTAL } from '../../data/points.ts';
import { shown } from '../../data/resource.ts';
import type { useCurrents, useSummaries } from '../../data/use-many.ts';
import { useValues } from '../../data/use-values.ts';
import { locale } from '../../i18n/language.ts';
import { localized, t } from '../../i18n/text.ts';
import { ChangeMark } from '../../parts/change.ts';
import { Link } from '../../parts/link.ts';
import { LiveNumber } from '../../parts/live-number.ts';
import { ManualBadge } from '../../parts/manual-badge.ts';
import { Empty, Shown } from '../../parts/notice.ts';
import { ownerText } from '../../parts/owner.ts';
import { Sparkline } from '../../parts/sparkline.ts';
import { StateMark, shownState } from '../../parts/state-badge.ts';

type Currents = ReadonlyMap<string, ValuesAnswer>;

/** The reader's metrics today, beside yesterday and last week at the same time. */
export function MyMetrics(props: {
  readonly mine: MeAnswer;
  readonly summaries: ReturnType<typeof useSummaries>;
  readonly currents: ReturnType<typeof useCurrents>;
}): JSX.Element {
  const { mine, summaries, currents } = props;
  const known = shown(summaries.resource);
  return h(
    'section',
    { class: 'home-metrics', 'aria-labelledby': 'home-metrics' },
    h('h2', { id: 'home-metrics' }, t(`home.metrics.${mine.choice}`)),
    mine.choice === 'own'
      ? null
      : h('p', { class: 'faint' }, t('home.notOwn', { name: ownerText(mine.person, mine.name) })),
    h(Shown<Currents>, {
      ...currents,
      lines: 6,
      render: (values) =>
        mine.metrics.length === 0
          ? h(Empty, { title: t('metrics.empty'), help: t('metrics.emptyHelp') })
          : h(
              'table',
              { class: 'table home-table' },
              h(
                'thead',
                null,
                h(
                  'tr',
                  null,
                  h('th', null, t('home.column.metric')),
                  h('th', { class: 'end' }, t('home.column.today')),
                  h('th', { class: 'end' }, t('home.column.yesterday')),
                  h('th', { class: 'end' }, t('home.column.week')),
                  h('th', null, t('home.column.trend')),
                ),
              ),
              h(
                'tbody',
                null,
                mine.metrics.map(({ id, ties }) => {
                  const metric = known?.get(id);
                  return metric ? h(Row, { key: id, metric, ties, answer: values.get(id) }) : null;
                }),
              ),
            ),
    }),
  );
}

function Row(props: {
  readonly metric: MetricSummary;
  readonly ties: readonly Tie[];
  readonly answer: ValuesAnswer | undefined;
}): JSX.Element {
  const { metric, ties } = props;
  const point = totalOf(props.answer);
  const { direction } = metric;
  const change = (compared: Compared | undefined): JSX.Element =>
    h(ChangeMark, {
      share: shareOf(compared),
      direction,
      title: compared
        ? t('home.compared', { value: formatValue(compared.value, metric.unit, locale()) })
        : undefined,
    });
  return h(
    'tr',
    { 'data-metric': metric.id },
    h(
      'th',
      { scope: 'row' },
      h(Link, { to: { page: 'metric', id: metric.id, by: [] } }, localized(metric.name)),
      ' ',
      h(ManualBadge, { metric }),
      ties.length === 0
        ? null
        : h(
            'span',
            { class: 'faint home-ties' },
            ties.map((tie) => t(`home.tie.${tie}`)).join(' · '),
          ),
    ),
    h(
      'td',
      { class: 'end number' },
      h(
        'span',
        { class: 'home-state', title: t(`state.${shownState(point)}`) },
        h(StateMark, { state: shownState(point) }),
        h('span', { class: 'visually-hidden' }, t(`state.${shownState(point)}`)),
      ),
      h(LiveNumber, { value: point?.value, unit: metric.unit, class: 'number-row' }),
    ),
    h('td', { class: 'end' }, change(point?.compare?.previous)),
    h('td', { class: 'end' }, change(point?.compare?.week)),
    h('td', { class: 'home-trend' }, h(Trend, { metric })),
  );
}

function Trend(props: { readonly metric: MetricSummary }): JSX.Element | null {
  const { id, grains } = props.metric;
  const grain = grains.includes('hour') ? 'hour' : (grains.at(-1) ?? 'day');
  const values = useValues({ metric: id, grain, by: [], count: 24, view: 'overview' });
  return h(Sparkline, { points: values.series.get(TOTAL)?.points ?? [] });
}
