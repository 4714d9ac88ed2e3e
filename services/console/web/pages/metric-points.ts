import { h } from 'preact';
import type { JSX } from 'preact';
import type { Point } from '../../core/answers.ts';
import { baseOf, differenceOf } from '../data/compare.ts';
import type { Beside } from '../data/compare.ts';
import type { Unit } from '../data/format.ts';
import { formatChange } from '../data/format-change.ts';
import { formatCount, formatShare, formatValue, windowText } from '../data/format.ts';
import type { ShownGrain } from '../data/grain.ts';
import { useState } from 'preact/hooks';
import { locale } from '../i18n/language.ts';
import { t } from '../i18n/text.ts';
import { StateBadge } from '../parts/state-badge.ts';

/** The chart's values as a table, newest first: for screen readers, and for copying. Built when it is opened. */
export function PointsTable(props: {
  readonly points: readonly Point[];
  readonly grain: ShownGrain;
  readonly unit: Unit;
  readonly timezone: string;
  readonly beside: Beside | undefined;
}): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  return h(
    'details',
    {
      class: 'points',
      onToggle: (event: Event) => setOpen((event.currentTarget as HTMLDetailsElement).open),
    },
    h('summary', null, t('metric.table')),
    isOpen ? h(Rows, props) : null,
  );
}

function Rows(props: {
  readonly points: readonly Point[];
  readonly grain: ShownGrain;
  readonly unit: Unit;
  readonly timezone: string;
  readonly beside: Beside | undefined;
}): JSX.Element {
  const place = { locale: locale(), timezone: props.timezone };
  const { beside } = props;
  const hasTarget = props.points.some(({ target }) => target !== undefined);
  const columns = [
    { key: 'metric.window', isNumber: false },
    { key: 'metric.value', isNumber: true },
    ...(beside === undefined
      ? []
      : [
          { key: `compare.${beside}`, isNumber: true } as const,
          { key: 'metric.difference', isNumber: true } as const,
        ]),
    ...(hasTarget ? [{ key: 'metric.target', isNumber: true } as const] : []),
    { key: 'metric.count', isNumber: true },
    { key: 'metrics.column.state', isNumber: false },
    { key: 'metric.completeness', isNumber: true },
  ] as const;
  return h(
    'div',
    { class: 'scroll scroll-tall', tabIndex: 0, role: 'region', 'aria-label': t('metric.table') },
    h(
      'table',
      { class: 'table' },
      h(
        'thead',
        null,
        h(
          'tr',
          null,
          columns.map(({ key, isNumber }) =>
            h('th', { key, scope: 'col', class: isNumber ? 'end' : '' }, t(key)),
          ),
        ),
      ),
      h(
        'tbody',
        null,
        props.points
          .toReversed()
          .map((point) =>
            h(
              'tr',
              { key: point.start },
              h('th', { scope: 'row' }, windowText(point, props.grain, place)),
              h('td', { class: 'number' }, formatValue(point.value, props.unit, place.locale)),
              ...(beside === undefined ? [] : comparedCells(point, { ...props, beside })),
              hasTarget
                ? h(
                    'td',
                    { class: 'number' },
                    formatValue(point.target ?? null, props.unit, place.locale),
                  )
                : null,
              h('td', { class: 'number' }, formatCount(point.count, place.locale)),
              h('td', null, h(StateBadge, { point })),
              h('td', { class: 'number' }, formatShare(point.completeness, place.locale)),
            ),
          ),
      ),
    ),
  );
}

/** Of the other window its value, and how far this one differs. */
function comparedCells(
  point: Point,
  of: { readonly beside: Beside; readonly unit: Unit },
): readonly JSX.Element[] {
  const found = differenceOf(point, of.beside);
  const share = found?.share;
  return [
    h('td', { class: 'number' }, formatValue(baseOf(point, of.beside), of.unit, locale())),
    h(
      'td',
      { class: 'number' },
      formatValue(found?.difference ?? null, of.unit, locale()),
      share === undefined
        ? null
        : h('span', { class: 'change-faint' }, formatChange(share, locale())),
    ),
  ];
}
