import { h } from 'preact';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { MetricAnswer, Point } from '../../core/answers.ts';
import { shapeOf } from '../chart/chart-data.ts';
import { comparedPoint } from '../data/compare.ts';
import type { Beside } from '../data/compare.ts';
import { contributionsIn } from '../data/contribution.ts';
import { windowText } from '../data/format.ts';
import { breakdownText } from '../data/metric-names.ts';
import { TOTAL } from '../data/points.ts';
import type { SeriesPoints } from '../data/points.ts';
import type { MetricRoute } from '../data/route.ts';
import type { View } from '../data/view.ts';
import { locale } from '../i18n/language.ts';
import { t } from '../i18n/text.ts';
import { SeriesRow } from './metric-series-row.ts';
import type { Row } from './metric-series-row.ts';

const ROWS_SHOWN = 12;

/**
 * The total, then the members of a breakdown, the largest first, each with its number of the chosen window; beside another
 * time also what each did to the change. While that window is open it is the newest past one: an open one would stand
 * beside a whole one.
 */
export function SeriesTable(props: {
  readonly metric: MetricAnswer;
  readonly route: MetricRoute;
  readonly view: View;
  readonly series: SeriesPoints;
  readonly shownKey: string;
  /** The chosen window. */
  readonly point: Point | undefined;
}): JSX.Element {
  const { metric, view, series } = props;
  const beside = view.compare;
  const points = series.get(props.shownKey)?.points ?? [];
  const point = beside === undefined ? props.point : comparedPoint(points, props.point);
  const contributions =
    beside === undefined || point === undefined
      ? undefined
      : contributionsIn(series, point.start, beside);
  const [showsAll, setShowsAll] = useState(false);
  const all = rowsOf(series, point);
  const rows = all.filter(({ key }) => key !== TOTAL);
  const totals = all.filter(({ key }) => key === TOTAL);
  const total = rows.reduce((sum, row) => sum + Math.max(row.amount, 0), 0);
  const hasShare =
    shapeOf(metric.definition) === 'bars' && metric.definition['aggregation'] !== 'distinct';
  const visible = showsAll ? rows : rows.slice(0, ROWS_SHOWN);
  const by = breakdownText(view.by, metric);
  return h(
    'section',
    { class: 'series' },
    h(
      'div',
      { class: 'section-head' },
      h('h2', null, t('metric.series', { by })),
      h(
        'span',
        { class: 'faint' },
        [
          ...(point ? [windowOf(point, metric, view)] : []),
          t('metric.seriesCount', { n: rows.length }),
        ].join(' · '),
      ),
    ),
    h(
      'div',
      { class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': t('metric.series', { by }) },
      h(
        'table',
        { class: 'table' },
        h(
          'thead',
          null,
          h(
            'tr',
            null,
            h('th', { scope: 'col' }, by),
            h('th', { scope: 'col', class: 'end' }, t('metric.value')),
            hasShare ? h('th', { scope: 'col', class: 'end' }, t('metric.share')) : null,
            beside === undefined ? null : comparedHeads(beside, hasShare),
            h('th', { scope: 'col' }, t('metrics.column.state')),
            h('th', { scope: 'col' }, h('span', { class: 'visually-hidden' }, t('metric.range'))),
          ),
        ),
        h(
          'tbody',
          null,
          [...totals, ...visible].map((row) =>
            h(SeriesRow, {
              ...props,
              key: row.key,
              row,
              total,
              hasShare,
              isCompared: beside !== undefined,
              contribution: contributions?.get(row.key),
            }),
          ),
        ),
      ),
    ),
    visible.length < rows.length
      ? h(
          'button',
          { type: 'button', class: 'button', onClick: () => setShowsAll(true) },
          t('metric.more', { n: rows.length }),
        )
      : null,
  );
}

const comparedHeads = (beside: Beside, hasShare: boolean): readonly JSX.Element[] =>
  [
    t(`compare.${beside}`),
    t('metric.difference'),
    ...(hasShare ? [t('metric.changeShare')] : []),
  ].map((name) => h('th', { key: name, scope: 'col', class: 'end' }, name));

const windowOf = (point: Point, { timezone }: MetricAnswer, { grain }: View): string =>
  windowText(point, grain, { locale: locale(), timezone });

function rowsOf(series: SeriesPoints, shown: Point | undefined): readonly Row[] {
  return [...series]
    .map(([key, { labels, points }]) => {
      const point = points.find(({ start }) => start === shown?.start);
      const name = Object.values(labels).join(' · ') || t('metric.total');
      return { key, name, points, point, amount: Number(point?.value ?? 0) };
    })
    .sort((a, b) => b.amount - a.amount || a.name.localeCompare(b.name));
}
