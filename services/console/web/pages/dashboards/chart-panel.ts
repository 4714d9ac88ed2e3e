import { signal } from '@preact/signals';
import { h } from 'preact';
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { ChartPanel } from '../../../../kernel/catalog/dashboard-panels.ts';
import type { MetricSummary, Point } from '../../../core/answers.ts';
import { Chart } from '../../chart/chart.ts';
import { clock } from '../../data/clock.ts';
import { baseOf, comparedPoint } from '../../data/compare.ts';
import { formatCount, formatValue, windowText } from '../../data/format.ts';
import { currentPoint } from '../../data/points.ts';
import type { SeriesPoints } from '../../data/points.ts';
import { shown } from '../../data/resource.ts';
import { later, watermarks } from '../../data/watermarks.ts';
import { locale } from '../../i18n/language.ts';
import { localized, t } from '../../i18n/text.ts';
import { LiveNumber } from '../../parts/live-number.ts';
import { Empty, Shown } from '../../parts/notice.ts';
import { Sparkline } from '../../parts/sparkline.ts';
import { StateBadge, shownState } from '../../parts/state-badge.ts';
import { targetTexts } from '../metric-target.ts';
import { DifferenceView, differenceOf } from './difference.ts';
import { PanelFrame } from './panel-frame.ts';
import { requestOf } from './panel-query.ts';
import type { PanelQuery } from './panel-query.ts';
import type { PanelView } from './panel-view.ts';
import { usePanel } from './use-panel.ts';
import type { Panel } from './use-panel.ts';

/** Members of a breakdown that have a chart of their own. */
const MEMBERS_MAX = 12;

type Props = {
  readonly panel: ChartPanel;
  readonly metric: MetricSummary;
  readonly view: PanelView;
};

/** Values over time: one series as the metric's own page draws it, or one small chart for each member. */
export function ChartView(props: Props): JSX.Element {
  const { panel, metric, view } = props;
  const { query, unfiltered } = requestOf(panel, metric, view);
  const own = usePanel(query);
  const isOne = query.by.every((name) => query.where[name] !== undefined);
  return h(
    PanelFrame,
    {
      panel,
      metric,
      grain: query.grain,
      unfiltered,
      note: [
        t(`dashboard.grain.${query.grain}`),
        ...Object.values(query.where),
        ...(isOne && query.compare ? [t('dashboard.dotted', { against: againstOf(query) })] : []),
      ].join(' · '),
    },
    h(Shown, {
      resource: own.resource,
      reload: own.reload,
      lines: panel.height,
      render: () => {
        const hasValues = [...own.series.values()].some(({ points }) =>
          points.some((point) => point.value !== null || point.state === 'rebuilding'),
        );
        if (!hasValues) return h(Empty, { title: t('metric.noPoints') });
        return isOne
          ? h(OneSeries, { ...props, query, own })
          : h(Members, { ...props, query, series: own.series });
      },
    }),
  );
}

/** Start of the window chosen in each chart, by what it shows: none at first. */
const chosen = signal<{ readonly of: string; readonly start: string } | undefined>(undefined);

function OneSeries(
  props: Props & { readonly query: PanelQuery; readonly own: Panel },
): JSX.Element {
  const { metric, query, own, view } = props;
  const [first] = [...own.series.values()];
  const points = first?.points ?? [];
  const of = JSON.stringify(query);
  const answer = shown(own.resource)?.answer;
  const watermark = later(
    watermarks.value.get(metric.id)?.watermark ?? null,
    answer?.watermark ?? metric.watermark,
  );
  const describe = useMemo(() => describer(metric, query), [of, locale()]);
  return h(Chart, {
    points,
    fromMs: Date.parse(points[0]?.start ?? ''),
    toMs: Math.max(view.untilMs ?? 0, Date.parse(points.at(-1)?.end ?? '')),
    watermark,
    unit: metric.unit,
    timezone: metric.timezone,
    shape: metric.kind === 'simple' && metric.manual === undefined ? 'bars' : 'dots',
    beside: query.compare,
    label: t('metric.chart', { name: localized(metric.name) }),
    chosen: chosen.value?.of === of ? chosen.value.start : undefined,
    onChoose: (start) => {
      chosen.value = { of, start };
    },
    describe,
  });
}

const describer =
  (metric: MetricSummary, query: PanelQuery) =>
  (point: Point): string => {
    const place = { locale: locale(), timezone: metric.timezone };
    return [
      formatValue(point.value, metric.unit, place.locale),
      windowText(point, query.grain, place),
      `${t(`state.${shownState(point)}`)} · ${t('metric.count')} ${formatCount(point.count, place.locale)}`,
      ...(query.compare
        ? [
            `${againstOf(query)}: ${formatValue(baseOf(point, query.compare), metric.unit, place.locale)}`,
          ]
        : []),
      ...targetTexts(point, metric.unit),
    ].join('\n');
  };

const againstOf = ({ compare = 'previous' }: PanelQuery): string =>
  t(`dashboard.compare.${compare}`);

/** The largest members now, each with its course and its number. */
function Members(
  props: Props & { readonly query: PanelQuery; readonly series: SeriesPoints },
): JSX.Element {
  const { metric, query, view } = props;
  const place = { locale: locale(), timezone: metric.timezone };
  const rows = [...props.series]
    .map(([key, { labels, points }]) => {
      const point = currentPoint(points, view.untilMs ?? clock.value);
      return { key, labels, points, point, compared: comparedPoint(points, point) };
    })
    .map(({ labels, points, ...row }) => ({
      ...row,
      points,
      name: query.by.map((name) => labels[name] ?? '').join(' × '),
      sum: points.reduce((total, { value }) => total + Math.abs(Number(value ?? 0)), 0),
    }))
    .toSorted((a, b) => b.sum - a.sum);
  return h(
    'ul',
    { class: 'members' },
    rows.slice(0, MEMBERS_MAX).map(({ key, name, point, compared, points }) =>
      h(
        'li',
        { key },
        h('span', { class: 'member-name' }, name),
        h(LiveNumber, { value: point?.value, unit: metric.unit }),
        h(Sparkline, { points }),
        h('span', { class: 'member-foot' }, [
          h(StateBadge, { point }),
          h(DifferenceView, {
            difference: differenceOf(compared, query.compare),
            compare: query.compare,
            direction: metric.direction,
            unit: metric.unit,
            window:
              compared && compared !== point ? windowText(compared, query.grain, place) : undefined,
          }),
        ]),
      ),
    ),
    rows.length > MEMBERS_MAX
      ? h('li', { class: 'faint' }, t('dashboard.more', { n: rows.length - MEMBERS_MAX }))
      : null,
  );
}
