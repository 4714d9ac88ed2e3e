import { h } from 'preact';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { MetricAnswer, Point } from '../../core/answers.ts';
import { shapeOf } from '../chart/chart-data.ts';
import { clock } from '../data/clock.ts';
import { formatShare } from '../data/format.ts';
import { go } from '../data/place.ts';
import { currentPoint, TOTAL } from '../data/points.ts';
import type { SeriesPoints } from '../data/points.ts';
import type { MetricRoute } from '../data/route.ts';
import type { View } from '../data/view.ts';
import { locale } from '../i18n/language.ts';
import { t } from '../i18n/text.ts';
import { LiveNumber } from '../parts/live-number.ts';
import { Sparkline } from '../parts/sparkline.ts';
import { StateBadge } from '../parts/state-badge.ts';

const ROWS_SHOWN = 12;

type Row = {
  readonly key: string;
  readonly name: string;
  readonly points: readonly Point[];
  readonly point: Point | undefined;
  readonly amount: number;
};

/** The total, then the members of a breakdown, the largest first, each with its number of the window shown. */
export function SeriesTable(props: {
  readonly metric: MetricAnswer;
  readonly route: MetricRoute;
  readonly view: View;
  readonly series: SeriesPoints;
  readonly shownKey: string;
}): JSX.Element {
  const { metric, view, series } = props;
  const [showsAll, setShowsAll] = useState(false);
  const all = rowsOf(series, view.untilMs ?? clock.value);
  const rows = all.filter(({ key }) => key !== TOTAL);
  const totals = all.filter(({ key }) => key === TOTAL);
  const total = rows.reduce((sum, row) => sum + Math.max(row.amount, 0), 0);
  const hasShare =
    shapeOf(metric.definition) === 'bars' && metric.definition['aggregation'] !== 'distinct';
  const visible = showsAll ? rows : rows.slice(0, ROWS_SHOWN);
  const by = view.by.join(' × ');
  return h(
    'section',
    { class: 'series' },
    h(
      'div',
      { class: 'section-head' },
      h('h2', null, t('metric.series', { by })),
      h('span', { class: 'faint' }, t('metric.seriesCount', { n: rows.length })),
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
            h('th', { scope: 'col' }, t('metrics.column.state')),
            h('th', { scope: 'col' }, h('span', { class: 'visually-hidden' }, t('metric.range'))),
          ),
        ),
        h(
          'tbody',
          null,
          [...totals, ...visible].map((row) =>
            h(SeriesRow, { key: row.key, row, ...props, total, hasShare }),
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

function SeriesRow(props: {
  readonly row: Row;
  readonly metric: MetricAnswer;
  readonly route: MetricRoute;
  readonly shownKey: string;
  readonly total: number;
  readonly hasShare: boolean;
}): JSX.Element {
  const { row, metric, total } = props;
  const isShown = row.key === props.shownKey;
  const isTotal = row.key === TOTAL;
  const share = total > 0 ? Math.max(row.amount, 0) / total : 0;
  return h(
    'tr',
    { class: [isShown ? 'is-shown' : '', isTotal ? 'is-total' : ''].join(' ').trim() },
    h(
      'th',
      { scope: 'row' },
      h(
        'button',
        {
          type: 'button',
          class: 'row-button',
          'aria-pressed': isShown,
          title: isShown ? t('metric.shown') : t('metric.show', { name: row.name }),
          onClick: () => {
            const { series: _, ...rest } = props.route;
            go(isTotal ? rest : { ...rest, series: row.key }, 'replace');
          },
        },
        row.name,
      ),
    ),
    h('td', { class: 'end' }, h(LiveNumber, { value: row.point?.value, unit: metric.unit })),
    props.hasShare && isTotal ? h('td', null) : null,
    props.hasShare && !isTotal
      ? h(
          'td',
          { class: 'end share' },
          h(
            'svg',
            { viewBox: '0 0 100 4', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
            h('rect', { width: share * 100, height: 4 }),
          ),
          h('span', null, formatShare(share, locale())),
        )
      : null,
    h('td', null, h(StateBadge, { point: row.point })),
    h('td', { class: 'trend-cell' }, h(Sparkline, { points: row.points })),
  );
}

function rowsOf(series: SeriesPoints, nowMs: number): readonly Row[] {
  return [...series]
    .map(([key, { labels, points }]) => {
      const point = currentPoint(points, nowMs);
      const name = Object.values(labels).join(' · ') || t('metric.total');
      return { key, name, points, point, amount: Number(point?.value ?? 0) };
    })
    .sort((a, b) => b.amount - a.amount || a.name.localeCompare(b.name));
}
