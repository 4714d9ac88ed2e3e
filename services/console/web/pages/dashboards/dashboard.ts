import { h } from 'preact';
import type { JSX } from 'preact';
import type { DashboardPanel } from '../../../../kernel/catalog/dashboard-panels.ts';
import type { DashboardAnswer } from '../../../core/dashboards/dashboards-answer.ts';
import type { MetricsAnswer, MetricSummary } from '../../../core/answers.ts';
import { ApiError, get, getAll } from '../../data/api.ts';
import { clock } from '../../data/clock.ts';
import { formatTime } from '../../data/format.ts';
import { connection } from '../../data/live.ts';
import { shown, useResource } from '../../data/resource.ts';
import { useShownName } from '../../data/shown-name.ts';
import { THEMES, chooseTheme, theme } from '../../data/theme.ts';
import { useCatalogChanges } from '../../data/use-told.ts';
import { locale } from '../../i18n/language.ts';
import { localized, t } from '../../i18n/text.ts';
import type { RouteTo } from '../../pages.ts';
import { Link } from '../../parts/link.ts';
import { Empty, Shown } from '../../parts/notice.ts';
import { ownerText } from '../../parts/owner.ts';
import { ChartView } from './chart-panel.ts';
import { DashboardControls } from './dashboard-controls.ts';
import { MetricMissing, PanelFrame } from './panel-frame.ts';
import type { PanelView } from './panel-view.ts';
import { TableView } from './table-panel.ts';
import { TextView } from './text-panel.ts';
import { TreeView } from './tree-panel.ts';
import { ValueView } from './value-panel.ts';
import { WallPanels, WallTurner } from './wall-panels.ts';
import { enterWall, leaveWall, useWall, wall } from './wall.ts';

/** One dashboard, as its document says; range and filters are those of the address. */
export function DashboardPage(route: RouteTo<'dashboard'>): JSX.Element {
  const { id } = route;
  const { resource, reload } = useResource(`dashboard ${id}`, (signal) =>
    get<DashboardAnswer>(`/v1/dashboards/${encodeURIComponent(id)}`, signal),
  );
  useCatalogChanges(['Dashboard', 'Person', 'Team'], reload);
  useWall(route.wall);
  const isMissing =
    resource.kind === 'failed' &&
    resource.error instanceof ApiError &&
    resource.error.status === 404;
  return h(
    'div',
    { class: `page dashboard-page ${wall.value ? 'dashboard-wall' : ''}` },
    wall.value ? null : h(Link, { to: { page: 'dashboards' }, class: 'back' }, t('dashboard.back')),
    isMissing
      ? h(Empty, { title: t('dashboard.notFound', { id }), isPage: true })
      : h(Shown<DashboardAnswer>, {
          resource,
          reload,
          lines: 10,
          render: (dashboard) => h(DashboardView, { key: id, dashboard, route }),
        }),
  );
}

function DashboardView(props: {
  readonly dashboard: DashboardAnswer;
  readonly route: RouteTo<'dashboard'>;
}): JSX.Element {
  const { dashboard, route } = props;
  const { resource, reload } = useResource('dashboard metrics', async (signal) => {
    const pages = await getAll<MetricsAnswer>('/v1/metrics', signal, 'overview');
    return new Map(pages.flatMap(({ metrics }) => metrics.map((metric) => [metric.id, metric])));
  });
  useCatalogChanges(['Metric'], reload);
  useShownName(localized(dashboard.name));
  const metrics = shown(resource) ?? NO_METRICS;
  const { rangeMs, untilMs, where } = route;
  const view: PanelView = { dashboardMs: dashboard.rangeMs, rangeMs, untilMs, where, metrics };
  return h(
    'div',
    { class: 'dashboard' },
    h(DashboardHead, { dashboard }),
    wall.value ? null : h(DashboardControls, { dashboard, route, metrics }),
    h(Shown<ReadonlyMap<string, MetricSummary>>, {
      resource,
      reload,
      lines: 8,
      render: () =>
        h(WallPanels, { panels: dashboard.panels, draw: (panel) => drawPanel(panel, view) }),
    }),
  );
}
const NO_METRICS: ReadonlyMap<string, MetricSummary> = new Map();

function drawPanel(panel: DashboardPanel, view: PanelView): JSX.Element {
  if (panel.type === 'text') return h(PanelFrame, { panel }, h(TextView, { panel }));
  const metric = view.metrics.get(panel.metric);
  if (!metric) return h(MetricMissing, { panel });
  switch (panel.type) {
    case 'chart':
      return h(ChartView, { panel, metric, view });
    case 'value':
      return h(ValueView, { panel, metric, view });
    case 'table':
      return h(TableView, { panel, metric, view });
    case 'tree':
      return h(TreeView, { panel, metric, view });
  }
}

/** On a wall nothing else says whether what hangs there is alive. */
function DashboardHead(props: { readonly dashboard: DashboardAnswer }): JSX.Element {
  const { dashboard } = props;
  const isOn = wall.value;
  return h(
    'header',
    { class: 'dashboard-head' },
    h(
      'div',
      null,
      h('h1', null, localized(dashboard.name)),
      dashboard.description === undefined || isOn
        ? null
        : h('p', { class: 'lead' }, localized(dashboard.description)),
    ),
    h(
      'div',
      { class: 'dashboard-tools' },
      isOn
        ? h(WallLight, {})
        : dashboard.owner === undefined
          ? null
          : h('span', { class: 'faint' }, ownerText(dashboard.owner, dashboard.ownerName)),
      isOn ? h(WallTurner, {}) : null,
      isOn ? h(NightSwitch, {}) : null,
      h(
        'button',
        {
          type: 'button',
          class: 'button',
          'aria-keyshortcuts': 'F',
          'aria-pressed': isOn,
          onClick: isOn ? leaveWall : enterWall,
        },
        t(isOn ? 'dashboard.wall.leave' : 'dashboard.wall.enter'),
        h('kbd', { 'aria-hidden': 'true' }, 'F'),
      ),
    ),
  );
}

function WallLight(): JSX.Element {
  const { state } = connection.value;
  return h(
    'span',
    { class: `light light-${state}`, role: 'status' },
    h('span', { class: 'light-mark', 'aria-hidden': 'true' }),
    `${t(`live.${state}`)} · ${formatTime(clock.value, { locale: locale() })}`,
  );
}

function NightSwitch(): JSX.Element {
  const next = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? 'auto';
  return h(
    'button',
    { type: 'button', class: 'button', onClick: () => chooseTheme(next) },
    t(`theme.${theme.value}`),
  );
}
