import { h } from 'preact';
import type { JSX } from 'preact';
import type { TablePanel } from '../../../../kernel/catalog/dashboard-panels.ts';
import type { MetricSummary } from '../../../core/answers.ts';
import { clock } from '../../data/clock.ts';
import { comparedPoint } from '../../data/compare.ts';
import { currentPoint } from '../../data/points.ts';
import { windowText } from '../../data/format.ts';
import { dimensionText } from '../../data/metric-names.ts';
import { locale } from '../../i18n/language.ts';
import { t } from '../../i18n/text.ts';
import { LiveNumber } from '../../parts/live-number.ts';
import { Empty, Shown } from '../../parts/notice.ts';
import { StateBadge } from '../../parts/state-badge.ts';
import { DifferenceView, differenceOf } from './difference.ts';
import { PanelFrame, titleOf } from './panel-frame.ts';
import { requestOf } from './panel-query.ts';
import type { PanelView } from './panel-view.ts';
import { usePanel } from './use-panel.ts';

/** The largest members of a breakdown, in the window that holds now. */
export function TableView(props: {
  readonly panel: TablePanel;
  readonly metric: MetricSummary;
  readonly view: PanelView;
}): JSX.Element {
  const { panel, metric, view } = props;
  const { query, unfiltered } = requestOf(panel, metric, view);
  const { resource, series, reload } = usePanel(query);
  const nowMs = view.untilMs ?? clock.value;
  const rows = [...series]
    .map(([key, { labels, points }]) => {
      const point = currentPoint(points, nowMs);
      return { key, labels, point, compared: comparedPoint(points, point) };
    })
    .filter(
      ({ point }) => point !== undefined && (point.value !== null || point.state === 'rebuilding'),
    )
    .toSorted((a, b) => Number(b.point?.value ?? 0) - Number(a.point?.value ?? 0));
  const [first] = rows;
  const place = { locale: locale(), timezone: metric.timezone };
  // Where the window is open, the column tells of the one before it, and says so.
  const before = rows.find(({ point, compared }) => compared && compared !== point)?.compared;
  const note = first?.point ? windowText(first.point, query.grain, place) : '';
  return h(
    PanelFrame,
    { panel, metric, grain: query.grain, unfiltered, note },
    h(Shown, {
      resource,
      reload,
      lines: panel.height,
      render: () =>
        rows.length === 0
          ? h(Empty, { title: t('dashboard.noRows') })
          : h(
              'div',
              {
                class: 'scroll',
                tabIndex: 0,
                role: 'region',
                'aria-label': `${titleOf(panel, metric)} · ${note}`,
              },
              h(
                'table',
                { class: 'table' },
                h(
                  'thead',
                  null,
                  h(
                    'tr',
                    null,
                    panel.by.map((name) =>
                      h('th', { key: name, scope: 'col' }, dimensionText(name, metric)),
                    ),
                    h('th', { scope: 'col', class: 'end' }, t('metric.value')),
                    query.compare
                      ? h(
                          'th',
                          { scope: 'col', class: 'end' },
                          before
                            ? t('dashboard.ofWindow', {
                                window: windowText(before, query.grain, place),
                              })
                            : null,
                          t('dashboard.against', {
                            against: t(`dashboard.compare.${query.compare}`),
                          }),
                        )
                      : null,
                    h('th', { scope: 'col' }, t('metrics.column.state')),
                  ),
                ),
                h(
                  'tbody',
                  null,
                  rows.slice(0, panel.rows).map(({ key, labels, point, compared }) =>
                    h(
                      'tr',
                      { key },
                      panel.by.map((name, i) =>
                        h(
                          i === 0 ? 'th' : 'td',
                          { key: name, ...(i === 0 ? { scope: 'row' } : {}) },
                          labels[name],
                        ),
                      ),
                      h(
                        'td',
                        { class: 'end' },
                        h(LiveNumber, { value: point?.value, unit: metric.unit }),
                      ),
                      query.compare
                        ? h(
                            'td',
                            { class: 'end' },
                            h(DifferenceView, {
                              difference: differenceOf(compared, query.compare),
                              compare: query.compare,
                              direction: metric.direction,
                              unit: metric.unit,
                              isBare: true,
                            }),
                          )
                        : null,
                      h('td', null, h(StateBadge, { point })),
                    ),
                  ),
                ),
              ),
              rows.length > panel.rows
                ? h(
                    'p',
                    { class: 'faint panel-foot' },
                    t('dashboard.more', { n: rows.length - panel.rows }),
                  )
                : null,
            ),
    }),
  );
}
