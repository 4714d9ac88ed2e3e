import {
  DASHBOARD_GRAIN_MS,
  grainForRange,
  isKept,
} from '../../../../kernel/catalog/dashboard-panels.ts';
import type {
  ChartPanel,
  Comparison,
  DashboardGrain,
  TablePanel,
  ValuePanel,
} from '../../../../kernel/catalog/dashboard-panels.ts';
import type { MetricSummary } from '../../../core/answers.ts';
import { cellsOf } from '../../data/grain.ts';

/** What the link to a dashboard says beside its name. */
export type DashboardView = {
  /** Absent: what the panels say. */
  readonly rangeMs?: number | undefined;
  /** Absent: follows now. */
  readonly untilMs?: number | undefined;
  /** Dimension → member. */
  readonly where: Readonly<Record<string, string>>;
};

/** What a panel asks for. */
export type PanelQuery = {
  readonly metric: string;
  readonly grain: DashboardGrain;
  /** Dimensions of the series, those of `where` among them. */
  readonly by: readonly string[];
  readonly where: Readonly<Record<string, string>>;
  /** Windows. */
  readonly count: number;
  readonly untilMs: number | undefined;
  readonly compare: Comparison | undefined;
};
export type PanelRequest = {
  readonly query: PanelQuery;
  /** Of the link's filters those that the metric cannot be asked by: the panel shows all of them, and says so. */
  readonly unfiltered: readonly string[];
};

type Metric = Pick<MetricSummary, 'id' | 'breakdowns' | 'grains' | 'timezone'>;

/** Windows beside a value, for its trend. */
const TREND = 24;

export function requestOf(
  panel: ChartPanel | ValuePanel | TablePanel,
  metric: Metric,
  view: DashboardView & { readonly dashboardMs: number },
): PanelRequest {
  const own = panel.type === 'value' ? [] : panel.by;
  const { where, by, unfiltered } = filtered(metric, view.where, { by: own, where: panel.where });
  const rangeMs = view.rangeMs ?? (panel.type === 'chart' ? panel.rangeMs : undefined);
  const spanMs = rangeMs ?? view.dashboardMs;
  const grain =
    panel.type === 'chart' ? grainForRange(panel.grain, spanMs, cellsOf(metric)) : panel.grain;
  const count =
    panel.type === 'chart'
      ? Math.max(1, Math.ceil(spanMs / DASHBOARD_GRAIN_MS[grain]))
      : panel.type === 'value'
        ? TREND
        : 2;
  const query = { metric: metric.id, grain, by, where, count, untilMs: view.untilMs };
  return { query: { ...query, compare: panel.compare }, unfiltered };
}

/** As many filters as the metric keeps a breakdown for, in their order. */
function filtered(
  { breakdowns }: Metric,
  filters: Readonly<Record<string, string>>,
  panel: { readonly by: readonly string[]; readonly where: Readonly<Record<string, string>> },
): Pick<PanelQuery, 'by' | 'where'> & { readonly unfiltered: readonly string[] } {
  let where = panel.where;
  const unfiltered: string[] = [];
  const namesOf = (of: Readonly<Record<string, string>>): readonly string[] => [
    ...new Set([...panel.by, ...Object.keys(of)]),
  ];
  for (const [name, member] of Object.entries(filters)) {
    // What the panel itself is about is not for the link to change.
    const wanted = { [name]: member, ...where };
    if (where[name] === undefined && hasBreakdown(breakdowns, namesOf(wanted))) where = wanted;
    else if (where[name] !== member) unfiltered.push(name);
  }
  return { by: namesOf(where), where, unfiltered };
}

const hasBreakdown = (
  breakdowns: readonly (readonly string[])[],
  names: readonly string[],
): boolean =>
  breakdowns.some(
    (one) => one.length === names.length && names.every((name) => one.includes(name)),
  );

/** The longest that a window of the grain may be, so that the newest is in the range whatever the calendar. */
const LONGEST_MS: Readonly<Record<DashboardGrain, number>> = {
  ...DASHBOARD_GRAIN_MS,
  day: 25 * 3_600_000,
  week: 7.1 * 86_400_000,
  month: 42.1 * 86_400_000,
  quarter: 98.1 * 86_400_000,
  year: 371.1 * 86_400_000,
};

type Span = Pick<PanelQuery, 'grain' | 'count' | 'untilMs'>;

/** Windows that a panel shows begin in this time; the later end is one of it. */
function spanOf({ grain, count, untilMs: fixedMs }: Span, nowMs: number) {
  const untilMs = fixedMs ?? nowMs;
  return { fromMs: untilMs - (count - 1) * DASHBOARD_GRAIN_MS[grain] - LONGEST_MS[grain], untilMs };
}

/** Whether a window, or a cell that is a part of one, is among those that the panel shows. */
export function isInRange(
  { start }: { readonly start: string },
  query: Span,
  nowMs: number,
): boolean {
  const { fromMs, untilMs } = spanOf(query, nowMs);
  const startMs = Date.parse(start);
  // The window that holds the later end has cells after it.
  const lastMs = isCellGrain(query.grain) ? untilMs : untilMs + LONGEST_MS[query.grain];
  return startMs >= fromMs && startMs <= lastMs;
}

/** The address of the values that a panel shows, as of `nowMs` where it follows now. */
export function valuesPath(query: PanelQuery, nowMs: number): string {
  const { fromMs, untilMs } = spanOf(query, nowMs);
  const parameters = new URLSearchParams({
    from: new Date(fromMs).toISOString(),
    to: new Date(untilMs + 1).toISOString(),
    grain: query.grain,
    limit: '10000',
  });
  if (query.by.length > 0) parameters.set('by', query.by.join(','));
  for (const [name, member] of Object.entries(query.where))
    parameters.append('where', `${name}:${member}`);
  if (query.compare) parameters.set('compare', query.compare);
  return `/v1/metrics/${encodeURIComponent(query.metric)}/values?${parameters}`;
}

/** The longest range of the link that some chart can show. */
export const RANGES_MS = [3_600_000, 86_400_000, 7 * 86_400_000, 30 * 86_400_000] as const;

/** Whether a grain of cells is that of the panel's windows, so that live values need no question. */
export const isCellGrain = (grain: DashboardGrain): boolean =>
  grain === 'minute' || grain === 'hour' || grain === 'day';

/**
 * The windows of a tree that the metric has: those of the panel, else days.
 * @returns undefined where it has neither: hours alone tile no day where clocks are not whole hours from UTC
 */
export const treeGrain = (
  grain: DashboardGrain,
  metric: Pick<MetricSummary, 'grains' | 'timezone'>,
): DashboardGrain | undefined =>
  [grain, 'day' as const].find((one) => isKept(one, cellsOf(metric)));
