import { h } from 'preact';
import type { JSX } from 'preact';
import type { MetricSummary } from '../../../core/answers.ts';
import { clock } from '../../data/clock.ts';
import { formatShort, formatValue } from '../../data/format.ts';
import { formatPercent } from '../../data/format-change.ts';
import { shareOf, toneOf, totalOf } from '../../data/home.ts';
import { formatRoute } from '../../data/route.ts';
import { treeState } from '../../data/tree.ts';
import type { TreeRow, TreeState } from '../../data/tree.ts';
import { later, watermarks } from '../../data/watermarks.ts';
import { locale } from '../../i18n/language.ts';
import { localized, t } from '../../i18n/text.ts';
import { ChangeMark } from '../../parts/change.ts';
import { LiveNumber } from '../../parts/live-number.ts';
import { ManualBadge } from '../../parts/manual-badge.ts';
import type { Placed, Shown } from './grid.ts';

export function Row(
  props: Shown & {
    readonly row: TreeRow;
    readonly isClosed: boolean;
    readonly isFocusable: boolean;
    readonly contribution: Placed | undefined;
    readonly onFocus: () => void;
    readonly onToggle: () => void;
  },
): JSX.Element {
  const { row, contribution } = props;
  const metric = props.summaries.get(row.metric ?? '');
  const state = row.metric === undefined ? undefined : stateOf(row.metric, metric, props);
  const point = totalOf(props.currents.get(row.metric ?? ''));
  const previous = point?.compare?.previous;
  return h(
    'div',
    {
      class: `tree-row ${state ? `tree-${state}` : 'tree-objective'}`,
      role: 'row',
      'aria-level': row.level,
      'aria-setsize': row.siblings,
      'aria-posinset': row.place,
      ...(row.children > 0 ? { 'aria-expanded': !props.isClosed } : {}),
      tabIndex: props.isFocusable ? 0 : -1,
      'data-path': row.path,
      onFocus: props.onFocus,
    },
    h('span', { role: 'gridcell', class: 'tree-name' }, h(Name, props)),
    h(
      'span',
      { role: 'gridcell', class: 'end' },
      metric ? h(LiveNumber, { value: point?.value, unit: metric.unit }) : null,
    ),
    h(
      'span',
      { role: 'gridcell', class: 'end' },
      metric
        ? h(ChangeMark, {
            share: shareOf(previous),
            direction: metric.direction,
            title: previous ? formatValue(previous.value, metric.unit, locale()) : undefined,
          })
        : null,
    ),
    h(
      'span',
      { role: 'gridcell', class: 'tree-effect' },
      contribution
        ? h(Effect, { contribution, above: props.summaries.get(contribution.above) })
        : null,
    ),
    h(
      'span',
      { role: 'gridcell' },
      state
        ? h('span', { class: `tree-state tree-state-${state}` }, t(`tree.state.${state}`))
        : null,
    ),
  );
}

function Name(props: Parameters<typeof Row>[0]): JSX.Element {
  const { row } = props;
  const name = row.name ? localized(row.name) : (row.metric ?? t('tree.noObjective'));
  const operators = [...new Set(row.edges.map(({ operator }) => operator))];
  return h(
    'span',
    { class: 'tree-indent', 'data-level': Math.min(row.level, LEVELS_MAX) },
    h(
      'span',
      {
        class: `tree-toggle ${row.children === 0 ? 'tree-leaf' : ''}`,
        'aria-hidden': 'true',
        onClick: props.onToggle,
      },
      row.children === 0 ? '' : props.isClosed ? '▸' : '▾',
    ),
    operators.map((operator) =>
      h(
        'span',
        { key: operator, class: 'tree-operator', title: t(`tree.operator.${operator}`) },
        h('span', { 'aria-hidden': 'true' }, SIGNS[operator]),
        h('span', { class: 'visually-hidden' }, t(`tree.operator.${operator}`)),
      ),
    ),
    row.metric === undefined
      ? h('strong', null, name)
      : // The row is what tabs stop at; Enter follows the link.
        h(
          'a',
          { href: formatRoute({ page: 'metric', id: row.metric, by: [] }), tabIndex: -1 },
          name,
        ),
    h(ManualBadge, { metric: props.summaries.get(row.metric ?? '') }),
  );
}

const LEVELS_MAX = 8;
const SIGNS = { '+': '+', '-': '−', '*': '×', '/': '÷', influence: '⤳' } as const;

/** The effect of a driver, as a bar from the middle and as a number in the unit of the metric above. */
function Effect(props: {
  readonly contribution: Placed;
  readonly above: MetricSummary | undefined;
}): JSX.Element {
  const { share, effect, most } = props.contribution;
  const unit = props.above?.unit ?? { code: '1', scale: 2 };
  const direction = props.above?.direction ?? 'none';
  if (effect === undefined) return h('span', { class: 'faint' }, '–');
  const length = most === 0 ? 0 : (effect / most) * HALF;
  return h(
    'span',
    { class: 'tree-effect-parts', 'data-effect': effect },
    h(
      'svg',
      { viewBox: `${-HALF} 0 ${2 * HALF} 10`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
      h('rect', {
        x: Math.min(0, length),
        y: 1,
        width: Math.abs(length),
        height: 8,
        class: `tree-bar tree-bar-${toneOf(direction, effect)}`,
      }),
      h('path', { d: 'M0 0v10', class: 'tree-axis' }),
    ),
    h(
      'span',
      { class: 'number' },
      `${effect > 0 ? '+' : ''}${formatShort(effect, unit, locale())}`,
    ),
    share === undefined
      ? null
      : h('span', { class: 'faint' }, t('tree.share', { share: formatPercent(share, locale()) })),
  );
}
const HALF = 50;

function stateOf(
  id: string,
  metric: MetricSummary | undefined,
  { alerts, tree, currents }: Pick<Shown, 'alerts' | 'tree' | 'currents'>,
): TreeState {
  const mark = later(watermarks.value.get(id)?.watermark ?? null, metric?.watermark ?? null);
  return treeState({
    isFiring: alerts.some((alert) => alert.metric === id && alert.state === 'firing'),
    isRebuilding: metric !== undefined && metric.projection !== 'live',
    behindMs: mark === null ? 0 : clock.value - Date.parse(mark),
    hasValue: totalOf(currents.get(id))?.value != null,
    rules: tree.metrics.find((one) => one.id === id)?.rules ?? 0,
  });
}
