import { signal } from '@preact/signals';
import { h } from 'preact';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { MetricAnswer, Point } from '../../core/answers.ts';
import { Chart } from '../chart/chart.ts';
import { shapeOf } from '../chart/chart-data.ts';
import { Legend } from '../chart/legend.ts';
import { ApiError, get } from '../data/api.ts';
import { clock } from '../data/clock.ts';
import { baseOf, differenceOf } from '../data/compare.ts';
import type { Beside } from '../data/compare.ts';
import { episodesIn } from '../data/episodes.ts';
import { formatCount, formatValue, windowText } from '../data/format.ts';
import { formatChange } from '../data/format-change.ts';
import { rangeOf } from '../data/grain.ts';
import { notedAt, notesIn, notesOf, useNotes } from '../data/notes.ts';
import { usePeopleNames } from '../data/people-names.ts';
import { currentPoint, pointBefore } from '../data/points.ts';
import type { SeriesOfPoints } from '../data/points.ts';
import { shown, useResource } from '../data/resource.ts';
import type { MetricRoute } from '../data/route.ts';
import { useShownName } from '../data/shown-name.ts';
import { seriesText, shownSeries } from '../data/shown-series.ts';
import { usePipelineReload } from '../data/use-pipeline-reload.ts';
import { useCatalogChanges } from '../data/use-told.ts';
import { useValues } from '../data/use-values.ts';
import type { LiveValues } from '../data/use-values.ts';
import { useHistory, versionsIn } from '../data/versions.ts';
import { viewOf } from '../data/view.ts';
import type { View } from '../data/view.ts';
import { later, watermarks } from '../data/watermarks.ts';
import { locale } from '../i18n/language.ts';
import { localized, t } from '../i18n/text.ts';
import { Link } from '../parts/link.ts';
import { EntryLink, isEntered, ManualBadge } from '../parts/manual-badge.ts';
import { Empty, Shown, Warnings } from '../parts/notice.ts';
import { shownState } from '../parts/state-badge.ts';
import { Definition } from './metric-definition.ts';
import { MetricAlerts, useMetricAlerts } from './metric-alerts.ts';
import { Quality } from './metric-quality.ts';
import { Export } from './metric-export.ts';
import { Headline } from './metric-headline.ts';
import { MetricControls } from './metric-controls.ts';
import { MetricNotes } from './metric-notes.ts';
import { SeriesTable } from './metric-series.ts';
import { PointsTable } from './metric-points.ts';
import { targetTexts } from './metric-target.ts';
import { MetricVersions } from './metric-versions.ts';
import { Why } from './metric-why.ts';

/** Documents that a metric's answer is made from. */
const METRIC_KINDS = ['Metric', 'AlertRule', 'EventType', 'Person', 'Team'];
const QUALITY_REFRESH_MS = 10_000;

/** Start of the window chosen in the chart, by metric and grain. */
const chosen = signal<{ readonly of: string; readonly start: string } | undefined>(undefined);

const NO_SERIES: SeriesOfPoints = { labels: {}, points: [] };

export function MetricPage(route: MetricRoute): JSX.Element {
  const { id } = route;
  const { resource, reload } = useResource(`metric ${id}`, (signal) =>
    get<MetricAnswer>(`/v1/metrics/${encodeURIComponent(id)}`, signal),
  );
  useCatalogChanges(METRIC_KINDS, reload);
  // What its rules of quality find changes with its values, and with time alone.
  usePipelineReload(reload, QUALITY_REFRESH_MS);
  const isMissing =
    resource.kind === 'failed' &&
    resource.error instanceof ApiError &&
    resource.error.status === 404;
  return h(
    'div',
    { class: 'page' },
    h(Link, { to: { page: 'metrics' }, class: 'back' }, t('metric.back')),
    isMissing
      ? h(Empty, { title: t('metric.notFound', { id }), isPage: true })
      : h(Shown<MetricAnswer>, {
          resource,
          reload,
          lines: 10,
          render: (metric) => h(MetricView, { key: metric.id, metric, route, reload }),
        }),
  );
}

function MetricView(props: {
  readonly metric: MetricAnswer;
  readonly route: MetricRoute;
  readonly reload: () => void;
}): JSX.Element {
  const { metric, route } = props;
  useShownName(localized(metric.name));
  const view = viewOf(metric, route);
  const hasTotal = metric.breakdowns.some((names) => names.length === 0);
  const values = useValues({ metric: metric.id, ...view, withTotal: hasTotal });
  useCatalogChanges(['Target'], values.reload);
  const watermark = useWatermark(metric, values, props.reload);
  const seriesKey = shownSeries(values.series, route.series);
  const { points, labels } = values.series.get(seriesKey) ?? NO_SERIES;
  const member = view.by.length === 0 ? undefined : seriesText(labels, metric);
  const of = `${metric.id} ${view.grain}`;
  const current = view.untilMs === undefined ? currentPoint(points, clock.value) : points.at(-1);
  const selected =
    (chosen.value?.of === of && points.find((point) => point.start === chosen.value?.start)) ||
    current;
  return h(
    'div',
    { class: 'metric' },
    h(
      'header',
      { class: 'metric-head' },
      h('h1', null, localized(metric.name), ' ', h(ManualBadge, { metric })),
      metric.purpose === undefined ? null : h('p', { class: 'lead' }, localized(metric.purpose)),
      isEntered(metric) ? h('p', null, h(EntryLink, { metric })) : null,
    ),
    h(
      'div',
      { class: 'metric-main' },
      h(Headline, {
        metric,
        member,
        grain: view.grain,
        point: selected,
        before: pointBefore(points, selected),
        beside: view.compare,
        watermark,
        isCurrent: selected === current && view.untilMs === undefined,
      }),
      h(MetricControls, { metric, route, view }),
      h(ChartSection, {
        metric,
        member,
        labels,
        view,
        values,
        points,
        watermark,
        chosen: chosen.value?.of === of ? chosen.value.start : undefined,
        onChoose: (start) => {
          chosen.value = { of, start };
        },
      }),
      view.by.length === 0
        ? null
        : h(SeriesTable, {
            metric,
            route,
            view,
            series: values.series,
            shownKey: seriesKey,
            point: selected,
          }),
      h(
        'div',
        { class: 'metric-foot' },
        h(PointsTable, {
          points,
          grain: view.grain,
          unit: metric.unit,
          timezone: metric.timezone,
          beside: view.compare,
        }),
        h(Export, { metric: metric.id, view, beside: view.compare }),
      ),
    ),
    h(
      'aside',
      { class: 'metric-side' },
      h(Why, { metric, member, grain: view.grain, point: selected, watermark }),
      h(Quality, { metric }),
      h(Definition, { metric }),
    ),
  );
}

function ChartSection(props: {
  readonly metric: MetricAnswer;
  /** Which series is drawn, where the metric is broken down. */
  readonly member: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly view: View;
  readonly values: LiveValues;
  readonly points: readonly Point[];
  readonly watermark: string | null;
  readonly chosen: string | undefined;
  readonly onChoose: (start: string) => void;
}): JSX.Element {
  const { metric, view, values, points } = props;
  const name = [localized(metric.name), ...(props.member === undefined ? [] : [props.member])].join(
    ' · ',
  );
  const range = rangeOf(view.grain, view.count, view.untilMs ?? clock.peek());
  const firstMs = Date.parse(points[0]?.start ?? '') || range.fromMs;
  const toMs = view.untilMs ?? Math.max(range.toMs, Date.parse(points.at(-1)?.end ?? '') || 0);
  const asked = { fromMs: Math.min(firstMs, range.fromMs), toMs };
  const versions = versionsIn(useHistory(metric.id), asked);
  const noted = useNotes(metric.id);
  const names = usePeopleNames();
  const notes = notesIn(noted.notes, asked);
  const marked = notesOf(notes, props.labels);
  // A young metric's chart begins with its first value, or with what was published or noted before it.
  const fromMs = Math.min(firstMs, ...[...versions, ...marked].map(({ atMs }) => atMs));
  const episodes = episodesIn(useMetricAlerts(metric.id), { fromMs, toMs });
  const describe = (point: Point): string =>
    [
      describePoint(point, metric, view),
      ...notesIn(marked, { fromMs: Date.parse(point.start), toMs: Date.parse(point.end) }).map(
        ({ text }) => `“${text}”`,
      ),
    ].join('\n');
  return h(
    'section',
    { class: 'chart-section' },
    h(Shown, {
      resource: values.resource,
      reload: values.reload,
      lines: 6,
      render: () => {
        if (!points.some((point) => point.value !== null || point.state === 'rebuilding'))
          return isEntered(metric)
            ? h(
                Empty,
                { title: t('metric.noPoints'), help: t('manual.noPointsHelp') },
                h(EntryLink, { metric }),
              )
            : h(Empty, { title: t('metric.noPoints'), help: t('metric.noPointsHelp') });
        return h(Chart, {
          points,
          fromMs,
          toMs,
          episodes,
          versions,
          notes: marked,
          watermark: props.watermark,
          unit: metric.unit,
          timezone: metric.timezone,
          shape: shapeOf(metric.definition),
          beside: view.compare,
          label: `${t('metric.chart', { name })}. ${t('metric.chartHelp')}`,
          chosen: props.chosen,
          onChoose: props.onChoose,
          describe,
        });
      },
    }),
    h(Warnings, { warnings: shown(values.resource)?.answer.warnings ?? [] }),
    h(Legend, {
      beside: view.compare,
      hasEpisodes: episodes.length > 0,
      hasVersions: versions.length > 0,
      hasNotes: marked.length > 0,
      hasTarget: points.some(({ target }) => target !== undefined),
    }),
    h(MetricAlerts, { metric, episodes }),
    h(MetricVersions, { metric, versions, names }),
    h(MetricNotes, {
      metric,
      notes,
      names,
      labels: props.labels,
      mayAdd: noted.mayAdd,
      at: notedAt(points, { chosen: props.chosen, untilMs: view.untilMs }),
      reload: noted.reload,
    }),
  );
}

function describePoint(point: Point, metric: MetricAnswer, { grain, compare }: View): string {
  const place = { locale: locale(), timezone: metric.timezone };
  return [
    formatValue(point.value, metric.unit, place.locale),
    windowText(point, grain, place),
    `${t(`state.${shownState(point)}`)} · ${t('metric.count')} ${formatCount(point.count, place.locale)}`,
    ...(compare === undefined ? [] : [besideText(point, metric, compare)]),
    ...targetTexts(point, metric.unit),
  ].join('\n');
}

/** `Last week £1,200.00, +12.3%`. */
function besideText(point: Point, metric: MetricAnswer, name: Beside): string {
  const share = differenceOf(point, name)?.share;
  const base = formatValue(baseOf(point, name), metric.unit, locale());
  const change = share === undefined ? '' : `, ${formatChange(share, locale())}`;
  return `${t(`compare.${name}`)} ${base}${change}`;
}

/** The metric's watermark, moved on by the stream. A new version of the definition is read anew. */
function useWatermark(metric: MetricAnswer, values: LiveValues, reload: () => void): string | null {
  const told = watermarks.value.get(metric.id);
  const isOther = told !== undefined && told.version !== metric.version;
  useEffect(() => {
    if (isOther) reload();
  }, [isOther, told?.version]);
  const answered = shown(values.resource)?.answer.watermark ?? metric.watermark;
  return later(isOther ? null : (told?.watermark ?? null), answered);
}
