import { h } from 'preact';
import type { JSX } from 'preact';
import type { MetricAnswer, Point } from '../../core/answers.ts';
import type { Contribution } from '../data/contribution.ts';
import { formatShare, formatValue } from '../data/format.ts';
import { formatChange, formatPercent } from '../data/format-change.ts';
import { go } from '../data/place.ts';
import { TOTAL } from '../data/points.ts';
import type { MetricRoute } from '../data/route.ts';
import { locale } from '../i18n/language.ts';
import { t } from '../i18n/text.ts';
import { LiveNumber } from '../parts/live-number.ts';
import { Sparkline } from '../parts/sparkline.ts';
import { StateBadge } from '../parts/state-badge.ts';

export type Row = {
  readonly key: string;
  readonly name: string;
  readonly points: readonly Point[];
  readonly point: Point | undefined;
  readonly amount: number;
};

type RowProps = {
  readonly row: Row;
  readonly metric: MetricAnswer;
  readonly route: MetricRoute;
  readonly shownKey: string;
  readonly total: number;
  readonly hasShare: boolean;
  readonly isCompared: boolean;
  readonly contribution: Contribution | undefined;
};

/** One series; whoever presses its name sees it in the chart. */
export function SeriesRow(props: RowProps): JSX.Element {
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
    props.isCompared ? comparedCells(props) : null,
    h('td', null, h(StateBadge, { point: row.point })),
    h('td', { class: 'trend-cell' }, h(Sparkline, { points: row.points })),
  );
}

/** What the other window held, how far this one differs, and its part in the change of the total. */
function comparedCells(props: RowProps): readonly JSX.Element[] {
  const { contribution, metric } = props;
  const value = (text: string | null): string => formatValue(text, metric.unit, locale());
  const share = contribution?.share;
  const ofChange = contribution?.ofChange;
  return [
    h('td', { key: 'base', class: 'number' }, value(contribution?.base ?? null)),
    h(
      'td',
      { key: 'difference', class: 'number' },
      value(contribution?.difference ?? null),
      share === undefined
        ? null
        : h('span', { class: 'change-faint' }, formatChange(share, locale())),
    ),
    ...(props.hasShare
      ? [
          h(
            'td',
            { key: 'share', class: 'number' },
            ofChange === undefined ? '–' : formatPercent(ofChange, locale()),
          ),
        ]
      : []),
  ];
}
