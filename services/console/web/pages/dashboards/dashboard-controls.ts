import { h } from 'preact';
import type { JSX } from 'preact';
import type { DashboardAnswer } from '../../../core/dashboards/dashboards-answer.ts';
import type { MetricSummary, ValuesAnswer } from '../../../core/answers.ts';
import { get } from '../../data/api.ts';
import { formatDateTime } from '../../data/format.ts';
import { dimensionText } from '../../data/metric-names.ts';
import { go } from '../../data/place.ts';
import { isOfBreakdown } from '../../data/points.ts';
import { shown, useResource } from '../../data/resource.ts';
import { useTold } from '../../data/use-told.ts';
import { locale } from '../../i18n/language.ts';
import { t } from '../../i18n/text.ts';
import type { RouteTo } from '../../pages.ts';
import { Segmented } from '../../parts/segmented.ts';
import { RANGES_MS } from './panel-query.ts';

type Props = {
  readonly dashboard: DashboardAnswer;
  readonly route: RouteTo<'dashboard'>;
  readonly metrics: ReadonlyMap<string, MetricSummary>;
};

const AS_DEFINED = 'own';
const DAY_MS = 86_400_000;

/** How far back, until when, and of what: all of it stands in the address. */
export function DashboardControls(props: Props): JSX.Element {
  const { route, dashboard } = props;
  const choices = [
    { value: AS_DEFINED, label: t('dashboard.range.own') },
    ...RANGES_MS.map((ms) => ({ value: String(ms), label: rangeText(ms) })),
  ];
  const move = (by: -1 | 1): void => {
    const stepMs = route.rangeMs ?? dashboard.rangeMs;
    const untilMs = (route.untilMs ?? Date.now()) + by * stepMs;
    go(untilMs >= Date.now() ? followingNow(route) : { ...route, untilMs }, 'replace');
  };
  return h(
    'div',
    { class: 'controls dashboard-controls' },
    h(Segmented, {
      name: 'dashboard-range',
      legend: t('metric.range'),
      value: String(route.rangeMs ?? AS_DEFINED),
      choices,
      onChoose: (value: string) => go(withRange(route, value), 'replace'),
    }),
    h(
      'div',
      { class: 'button-row' },
      h(
        'button',
        { type: 'button', class: 'button', onClick: () => move(-1) },
        t('metric.earlier'),
      ),
      h(
        'button',
        {
          type: 'button',
          class: 'button',
          disabled: route.untilMs === undefined,
          onClick: () => move(1),
        },
        t('metric.later'),
      ),
      h(
        'button',
        {
          type: 'button',
          class: 'button',
          disabled: route.untilMs === undefined,
          onClick: () => go(followingNow(route), 'replace'),
        },
        t('metric.now'),
      ),
    ),
    route.untilMs === undefined
      ? null
      : h(
          'span',
          { class: 'faint' },
          `${t('metric.until')} ${formatDateTime(route.untilMs, { locale: locale() })}`,
        ),
    h(Filters, props),
  );
}

const rangeText = (ms: number): string =>
  ms < DAY_MS
    ? t('dashboard.range.hours', { n: ms / 3_600_000 })
    : t('dashboard.range.days', { n: ms / DAY_MS });

function withRange(route: RouteTo<'dashboard'>, value: string): RouteTo<'dashboard'> {
  const { rangeMs: _before, ...rest } = route;
  return value === AS_DEFINED ? rest : { ...rest, rangeMs: Number(value) };
}
function followingNow(route: RouteTo<'dashboard'>): RouteTo<'dashboard'> {
  const { untilMs: _before, ...rest } = route;
  return rest;
}

/** One line for each dimension that some panel can be asked by. */
function Filters({ dashboard, route, metrics }: Props): JSX.Element | null {
  const own = dashboard.panels.flatMap((panel) => {
    const metric =
      panel.type === 'text' || panel.type === 'tree' ? undefined : metrics.get(panel.metric);
    return metric ? [metric] : [];
  });
  const dimensions = [...new Set(own.flatMap(({ breakdowns }) => breakdowns.flat()))];
  if (dimensions.length === 0) return null;
  return h(
    'div',
    { class: 'button-row' },
    dimensions.map((dimension) =>
      h(Filter, {
        key: dimension,
        dimension,
        name: dimensionText(
          dimension,
          own.find(({ dimensionNames }) => dimensionNames?.[dimension] !== undefined),
        ),
        // One that is kept by this dimension alone knows all of its members.
        metric: own.find(({ breakdowns }) => breakdowns.some((one) => one.join() === dimension)),
        member: route.where[dimension],
        onChoose: (member) => {
          const { [dimension]: _, ...where } = route.where;
          go(
            { ...route, where: member === '' ? where : { ...where, [dimension]: member } },
            'replace',
          );
        },
      }),
    ),
  );
}

const NEW_MEMBERS_AFTER_MS = 2_000;

function Filter(props: {
  readonly dimension: string;
  readonly name: string;
  readonly metric: MetricSummary | undefined;
  readonly member: string | undefined;
  readonly onChoose: (member: string) => void;
}): JSX.Element {
  const { dimension, metric, member = '' } = props;
  const { resource, reload } = useResource(`members ${dimension} ${metric?.id}`, async (signal) => {
    if (!metric) return [];
    const path = `/v1/metrics/${encodeURIComponent(metric.id)}/current?window=day&by=${dimension}&limit=1000`;
    const { series } = await get<ValuesAnswer>(path, signal, 'overview');
    return series.map(({ labels }) => labels[dimension] ?? '').toSorted();
  });
  const members = shown(resource) ?? [];
  useTold('value', {
    isWanted: ({ metric: of, grain, labels }) =>
      of === metric?.id &&
      grain === 'day' &&
      isOfBreakdown(labels, [dimension]) &&
      !members.includes(labels[dimension] ?? ''),
    changed: reload,
    gatherMs: NEW_MEMBERS_AFTER_MS,
  });
  return h(
    'label',
    { class: 'select' },
    h('span', { class: 'select-label' }, props.name),
    h(
      'select',
      {
        value: member,
        onChange: (event: Event) =>
          props.onChoose((event.currentTarget as HTMLSelectElement).value),
      },
      h('option', { value: '' }, t('dashboard.all')),
      [...new Set([...(member === '' ? [] : [member]), ...members])].map((one) =>
        h('option', { key: one, value: one, selected: one === member }, one),
      ),
    ),
  );
}
