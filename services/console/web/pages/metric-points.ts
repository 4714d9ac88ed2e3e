import { h } from 'preact';
import type { JSX } from 'preact';
import type { Grain } from '../../../kernel/window.ts';
import type { Point } from '../../core/answers.ts';
import type { Unit } from '../data/format.ts';
import { formatCount, formatShare, formatValue, formatWindow } from '../data/format.ts';
import { useState } from 'preact/hooks';
import { locale } from '../i18n/language.ts';
import { t } from '../i18n/text.ts';
import { StateBadge } from '../parts/state-badge.ts';

/** The chart's values as a table, newest first: for screen readers, and for copying. Built when it is opened. */
export function PointsTable(props: {
  readonly points: readonly Point[];
  readonly grain: Grain;
  readonly unit: Unit;
  readonly timezone: string;
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
  readonly grain: Grain;
  readonly unit: Unit;
  readonly timezone: string;
}): JSX.Element {
  const place = { locale: locale(), timezone: props.timezone };
  const columns = [
    'metric.window',
    'metric.value',
    'metric.count',
    'metrics.column.state',
    'metric.completeness',
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
          columns.map((key) => h('th', { key, scope: 'col' }, t(key))),
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
              h(
                'th',
                { scope: 'row' },
                formatWindow(
                  { startMs: Date.parse(point.start), endMs: Date.parse(point.end) },
                  props.grain,
                  place,
                ),
              ),
              h('td', { class: 'number' }, formatValue(point.value, props.unit, place.locale)),
              h('td', { class: 'number' }, formatCount(point.count, place.locale)),
              h('td', null, h(StateBadge, { point })),
              h('td', { class: 'number' }, formatShare(point.completeness, place.locale)),
            ),
          ),
      ),
    ),
  );
}
