import type { LocalizedText, OwnerRef } from '../definitions.ts';
import type { DurationMs } from '../time.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../time.ts';
import { GRAINS } from '../window.ts';
import type { Grain } from '../window.ts';

/** Windows that panels show. */
export const DASHBOARD_GRAINS = [...GRAINS, 'week', 'month', 'quarter', 'year'] as const;
export type DashboardGrain = (typeof DASHBOARD_GRAINS)[number];

/** What a value may be set against. */
export const COMPARISONS = ['previous', 'week', 'month', 'quarter', 'year'] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** A window's usual length: days and longer ones vary with clocks and calendars. */
export const DASHBOARD_GRAIN_MS: Readonly<Record<DashboardGrain, DurationMs>> = {
  minute: MINUTE_MS,
  hour: HOUR_MS,
  day: DAY_MS,
  week: 7 * DAY_MS,
  month: 30 * DAY_MS,
  quarter: 91 * DAY_MS,
  year: 365 * DAY_MS,
};

/** Windows of one panel; more would be dots that nobody can tell apart. */
export const PANEL_WINDOWS_MAX = 1_000;

/**
 * The grain in which a stretch of time is shown: the panel's own, or the next longer one that the metric keeps with at
 * most so many windows.
 */
export function grainForRange(
  grain: DashboardGrain,
  rangeMs: DurationMs,
  kept: KeptCells,
): DashboardGrain {
  const fits = (one: DashboardGrain): boolean =>
    rangeMs / DASHBOARD_GRAIN_MS[one] <= PANEL_WINDOWS_MAX && isKept(one, kept);
  const from = DASHBOARD_GRAINS.indexOf(grain);
  return fits(grain) ? grain : (DASHBOARD_GRAINS.slice(from).find(fits) ?? grain);
}

/** What windows can be merged from. */
export type KeptCells = {
  readonly grains: readonly Grain[];
  /** Whether hours tile days: where clocks are whole hours from UTC. */
  readonly hasWholeHours: boolean;
};

/** Whether cells of one of the grains tile windows of that one. */
export function isKept(grain: DashboardGrain, { grains, hasWholeHours }: KeptCells): boolean {
  const coarsest = (GRAINS as readonly string[]).indexOf(grain);
  const usable = coarsest < 0 ? GRAINS : GRAINS.slice(0, coarsest + 1);
  return usable.some(
    (one) => grains.includes(one) && (one !== 'hour' || grain === 'hour' || hasWholeHours),
  );
}

/** Columns of twelve, and rows. */
type PanelPlace = {
  /** Absent: the name of the metric. */
  readonly title?: LocalizedText;
  readonly width: number;
  readonly height: number;
};
type SeriesPanel = PanelPlace & {
  readonly metric: string;
  readonly where: Readonly<Record<string, string>>;
  readonly grain: DashboardGrain;
  readonly compare?: Comparison;
};
export type ChartPanel = SeriesPanel & {
  readonly type: 'chart';
  readonly by: readonly string[];
  /** Absent: that of the dashboard. */
  readonly rangeMs?: DurationMs;
};
export type ValuePanel = SeriesPanel & { readonly type: 'value' };
export type TablePanel = SeriesPanel & {
  readonly type: 'table';
  readonly by: readonly string[];
  readonly rows: number;
};
export type TreePanel = PanelPlace & {
  readonly type: 'tree';
  readonly metric: string;
  readonly grain: DashboardGrain;
  readonly depth: number;
};
/** Markdown, of which the console shows a subset. */
export type TextPanel = PanelPlace & { readonly type: 'text'; readonly text: LocalizedText };
export type DashboardPanel = ChartPanel | ValuePanel | TablePanel | TreePanel | TextPanel;
export type DashboardDefinition = {
  readonly id: string;
  readonly name: LocalizedText;
  readonly description?: LocalizedText;
  readonly owner?: OwnerRef;
  readonly tags: readonly string[];
  readonly rangeMs: DurationMs;
  readonly panels: readonly DashboardPanel[];
};
