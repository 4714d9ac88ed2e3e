import { signal } from '@preact/signals';
import { Fragment, h } from 'preact';
import type { JSX } from 'preact';
import type { Grain } from '../../../kernel/window.ts';
import type { MetricSummary, MetricsAnswer } from '../../core/answers.ts';
import { getAll } from '../data/api.ts';
import { clock } from '../data/clock.ts';
import { GRAINS, trendGrain } from '../data/grain.ts';
import { matches } from '../data/search.ts';
import { chooseWindow, shownWindow } from '../data/shown-window.ts';
import { currentPoint, pointBefore, TOTAL } from '../data/points.ts';
import { useResource } from '../data/resource.ts';
import { SUMMARY_KINDS } from '../data/use-many.ts';
import { useCatalogChanges } from '../data/use-told.ts';
import { useValues } from '../data/use-values.ts';
import { localized, t } from '../i18n/text.ts';
import { Link } from '../parts/link.ts';
import { ManualBadge } from '../parts/manual-badge.ts';
import { LiveNumber } from '../parts/live-number.ts';
import { Empty, Shown } from '../parts/notice.ts';
import { ownerText } from '../parts/owner.ts';
import { Segmented } from '../parts/segmented.ts';
import { Sparkline } from '../parts/sparkline.ts';
import { StateBadge } from '../parts/state-badge.ts';

const searched = signal('');

/** Every metric with its number of the window that runs now. */
export function MetricsPage(): JSX.Element {
  const { resource, reload } = useResource('metrics', async (signal) => {
    const pages = await getAll<MetricsAnswer>('/v1/metrics', signal);
    return pages.flatMap((page) => page.metrics);
  });
  useCatalogChanges(SUMMARY_KINDS, reload);
  return h(
    'div',
    { class: 'page' },
    h(
      'div',
      { class: 'page-head' },
      h('h1', null, t('metrics.title')),
      h(
        'div',
        { class: 'controls' },
        h('input', {
          type: 'search',
          class: 'input',
          placeholder: t('metrics.search'),
          'aria-label': t('metrics.search'),
          value: searched.value,
          onInput: (event: Event) => {
            searched.value = (event.currentTarget as HTMLInputElement).value;
          },
        }),
        h(Segmented<Grain>, {
          name: 'window',
          legend: t('metrics.window'),
          value: shownWindow.value,
          choices: GRAINS.map((value) => ({ value, label: t(`window.current.${value}`) })),
          onChoose: chooseWindow,
        }),
      ),
    ),
    h(Shown<readonly MetricSummary[]>, {
      resource,
      reload,
      lines: 8,
      render: (metrics) => h(Ledger, { metrics }),
    }),
  );
}

function Ledger(props: { readonly metrics: readonly MetricSummary[] }): JSX.Element {
  if (props.metrics.length === 0)
    return h(Empty, { title: t('metrics.empty'), help: t('metrics.emptyHelp') });
  const matching = props.metrics.filter((metric) => matches(metric, searched.value));
  if (matching.length === 0)
    return h(Empty, { title: t('metrics.noMatch', { text: searched.value }) });
  const grain = shownWindow.value;
  return h(
    'div',
    { class: 'ledger' },
    h(
      'div',
      { class: 'ledger-row ledger-head', 'aria-hidden': 'true' },
      h('span', null, t('metrics.column.metric')),
      h('span', { class: 'end' }, t(`window.current.${grain}`)),
      h('span', null, t('metrics.column.state')),
      h('span', { class: 'end' }, t(`window.previous.${grain}`)),
      h('span', null, t(`metrics.trend.${grain}`)),
      h('span', null, t('metrics.column.owner')),
    ),
    domainsOf(matching).map(([domain, metrics]) =>
      h(
        Fragment,
        { key: domain },
        domain === ''
          ? null
          : h(
              'h2',
              { class: 'ledger-domain' },
              localized(metrics[0]?.domainName ?? { en: domain }),
            ),
        h(
          'ul',
          { class: 'ledger-list' },
          metrics.map((metric) => h(MetricRow, { key: metric.id, metric, wanted: grain })),
        ),
      ),
    ),
  );
}

/** Those without a domain come first: below another one's heading they would pass for its own. */
function domainsOf(metrics: readonly MetricSummary[]): [string, MetricSummary[]][] {
  const domains = Map.groupBy(metrics, (metric) => metric.domain ?? '');
  return [...domains].toSorted(([a], [b]) => Number(a !== '') - Number(b !== ''));
}

function MetricRow(props: { readonly metric: MetricSummary; readonly wanted: Grain }): JSX.Element {
  const { metric } = props;
  const grain = metric.grains.includes(props.wanted) ? props.wanted : (metric.grains[0] ?? 'day');
  // What keeps no window as the heading says names its own beside the number.
  const isOther = grain !== props.wanted;
  const finer = trendGrain(grain, metric.grains);
  const trendOf = finer === 'day' ? 'days' : grain;
  const view = 'overview';
  const now = useValues({ metric: metric.id, grain, by: [], count: 2, view });
  const trend = useValues({
    metric: metric.id,
    grain: finer,
    by: [],
    count: finer === 'minute' ? 60 : 24,
    view,
  });
  const points = now.series.get(TOTAL)?.points ?? [];
  const point = currentPoint(points, clock.value);
  const before = pointBefore(points, point);
  return h(
    'li',
    null,
    h(
      Link,
      {
        to: { page: 'metric', id: metric.id, by: [], grain: finer },
        class: 'ledger-row ledger-link',
      },
      h(
        'span',
        { class: 'ledger-name' },
        h('strong', null, localized(metric.name), ' ', h(ManualBadge, { metric })),
        h('span', { class: 'faint' }, metric.id),
      ),
      h(
        'span',
        { class: 'end' },
        now.resource.kind === 'failed'
          ? h('span', { class: 'faint', title: now.resource.error.message }, t('state.failed'))
          : h(LiveNumber, { value: point?.value, unit: metric.unit, class: 'number-row' }),
        isOther ? h('span', { class: 'ledger-window' }, t(`window.current.${grain}`)) : null,
      ),
      h('span', null, h(StateBadge, { point })),
      h(
        'span',
        { class: 'end faint ledger-before' },
        isOther
          ? null
          : h('span', { class: 'visually-hidden' }, `${t(`window.previous.${grain}`)} `),
        h(LiveNumber, { value: before?.value, unit: metric.unit }),
        isOther ? h('span', { class: 'ledger-window' }, t(`window.previous.${grain}`)) : null,
      ),
      h(
        'span',
        { class: 'ledger-trend' },
        h(Sparkline, { points: trend.series.get(TOTAL)?.points ?? [] }),
        trendOf === props.wanted
          ? null
          : h('span', { class: 'ledger-window' }, t(`metrics.trend.${trendOf}`)),
      ),
      h('span', { class: 'ledger-owner faint' }, ownerText(metric.owner, metric.ownerName)),
    ),
  );
}
