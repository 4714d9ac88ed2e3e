import type { MetricDefinition } from '../definitions.ts';
import { calendarOf } from '../window.ts';
import { usualGrain } from '../window-merge.ts';
import { parseWindowSize } from '../window-size.ts';
import type { DashboardDefinition, DashboardPanel } from './dashboard-panels.ts';
import { checkOwner, checkReference } from './context.ts';
import type { Context } from './context.ts';
import type { DashboardDocument, PanelDocument } from './dashboard-document.ts';
import { DASHBOARD_GRAIN_MS, PANEL_WINDOWS_MAX } from './dashboard-panels.ts';
import type { DocumentPath } from './fault.ts';
import { textOf } from './fields.ts';

type Metrics = ReadonlyMap<string, MetricDefinition>;
type At = { readonly path: DocumentPath; readonly metrics: Metrics; readonly rangeMs: number };

/** @returns the dashboard; its faults are reported, each at the panel that has it */
export function dashboardOf(
  { metadata, spec }: DashboardDocument,
  metrics: Metrics,
  context: Context,
): DashboardDefinition {
  checkOwner(metadata.owner, ['metadata', 'owner'], context);
  const panels = spec.panels.map((panel, i) => {
    checkPanel(panel, { path: ['spec', 'panels', i], metrics, rangeMs: spec.range }, context);
    return panelOf(panel);
  });
  return {
    id: metadata.id,
    name: textOf(metadata.name),
    ...(metadata.description === undefined ? {} : { description: textOf(metadata.description) }),
    ...(metadata.owner === undefined ? {} : { owner: metadata.owner }),
    tags: metadata.tags,
    rangeMs: spec.range,
    panels,
  };
}

/** Ids of the metrics that a dashboard reads. */
export const metricsOfDashboard = ({ panels }: DashboardDefinition): readonly string[] => [
  ...new Set(panels.flatMap((panel) => (panel.type === 'text' ? [] : [panel.metric]))),
];

function panelOf(panel: PanelDocument): DashboardPanel {
  const { title, width, height } = panel;
  const place = { ...(title === undefined ? {} : { title: textOf(title) }), width, height };
  switch (panel.type) {
    case 'text':
      return { type: panel.type, ...place, text: textOf(panel.text) };
    case 'tree':
      return {
        type: panel.type,
        ...place,
        metric: panel.metric,
        grain: panel.grain,
        depth: panel.depth,
      };
    case 'chart':
    case 'value':
    case 'table': {
      const { metric, where, grain, compare } = panel;
      const shared = { ...place, metric, where, grain, ...(compare ? { compare } : {}) };
      if (panel.type === 'value') return { type: panel.type, ...shared };
      if (panel.type === 'table')
        return { type: panel.type, ...shared, by: panel.by, rows: panel.rows };
      const { range } = panel;
      const rangeMs = range === undefined ? {} : { rangeMs: range };
      return { type: panel.type, ...shared, by: panel.by, ...rangeMs };
    }
  }
}

function checkPanel(panel: PanelDocument, at: At, context: Context): void {
  if (panel.type === 'text') return;
  const path = [...at.path, 'metric'];
  if (!checkReference({ kind: 'Metric', id: panel.metric, path }, context)) return;
  const metric = at.metrics.get(panel.metric);
  // A metric with faults of its own is told where it stands.
  if (!metric) return;
  checkGrain(panel, metric, { at, context });
  if (panel.type !== 'tree') {
    checkBreakdown(panel, metric, { at, context });
    checkCompare(panel, { at, context });
  }
  if (panel.type === 'chart') checkRange(panel, { at, context });
}

type Checking = { readonly at: At; readonly context: Context };
type MetricPanel = Exclude<PanelDocument, { readonly type: 'text' }>;
type SeriesPanel = Exclude<MetricPanel, { readonly type: 'tree' }>;

function checkGrain(
  { grain }: MetricPanel,
  { id, grains, ...metric }: MetricDefinition,
  { at, context }: Checking,
): void {
  const size = parseWindowSize(grain);
  if (size && usualGrain(size, grains, calendarOf(metric))) return;
  context.report([...at.path, 'grain'], {
    code: 'grain_unavailable',
    message: `${id} keeps ${grains.join(', ')} cells, which do not tile windows of ${grain}`,
  });
}

function checkBreakdown(
  panel: SeriesPanel,
  { id, breakdowns }: MetricDefinition,
  { at, context }: Checking,
): void {
  const by = panel.type === 'value' ? [] : panel.by;
  const names = [...new Set([...by, ...Object.keys(panel.where)])];
  const wanted = names.toSorted().join();
  if (breakdowns.some((one) => one.toSorted().join() === wanted)) return;
  const field = by.length > 0 ? ['by'] : Object.keys(panel.where).length > 0 ? ['where'] : [];
  context.report([...at.path, ...field], {
    code: 'breakdown_unavailable',
    message: `${id} is kept by ${breakdowns.map((one) => `[${one.join(', ')}]`).join(' ')}, not by [${names.join(', ')}]`,
  });
}

/** A window longer than what lies between has no other to be set against. */
function checkCompare({ grain, compare }: SeriesPanel, { at, context }: Checking): void {
  if (compare === undefined || compare === 'previous') return;
  if (DASHBOARD_GRAIN_MS[grain] <= DASHBOARD_GRAIN_MS[compare]) return;
  context.report([...at.path, 'compare'], {
    code: 'field_invalid',
    message: `a window of a ${grain} has no ${compare} before: it is longer than that`,
  });
}

function checkRange(
  { range, grain }: Extract<PanelDocument, { readonly type: 'chart' }>,
  { at, context }: Checking,
): void {
  const windows = Math.ceil((range ?? at.rangeMs) / DASHBOARD_GRAIN_MS[grain]);
  if (windows <= PANEL_WINDOWS_MAX) return;
  context.report([...at.path, range === undefined ? 'grain' : 'range'], {
    code: 'field_invalid',
    message: `the range holds ${windows} windows of a ${grain}; a chart shows at most ${PANEL_WINDOWS_MAX}`,
  });
}
