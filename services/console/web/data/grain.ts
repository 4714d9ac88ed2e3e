import { isKept } from '../../../kernel/catalog/dashboard-panels.ts';
import type { DashboardGrain, KeptCells } from '../../../kernel/catalog/dashboard-panels.ts';
import type { Grain } from '../../../kernel/window.ts';
import { localClock } from './local-day.ts';

/** The grains of cells, finest first: the stream tells each change of them. */
export const GRAINS = ['minute', 'hour', 'day'] as const satisfies readonly Grain[];
/** Windows in which a metric's page shows values, shortest first. */
export const SHOWN_GRAINS = [
  ...GRAINS,
  'week',
  'month',
  'quarter',
  'year',
] as const satisfies readonly DashboardGrain[];
export type ShownGrain = DashboardGrain;

/** How many windows the chart may show, by grain; the first is shown at once. */
export const WINDOW_COUNTS: Readonly<Record<ShownGrain, readonly number[]>> = {
  minute: [60, 180, 720],
  hour: [24, 72, 168],
  day: [14, 30, 90, 365],
  week: [13, 26, 52],
  month: [12, 24, 36],
  quarter: [8, 12, 20],
  year: [5, 10],
};

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A year is its mean over the leap years. */
const LENGTH_MS: Readonly<Record<ShownGrain, number>> = {
  minute: 60_000,
  hour: HOUR_MS,
  day: DAY_MS,
  week: 7 * DAY_MS,
  month: (365.25 / 12) * DAY_MS,
  quarter: (365.25 / 4) * DAY_MS,
  year: 365.25 * DAY_MS,
};

/** A window's usual length; a local day may be an hour shorter or longer, a month two days. */
export const lengthOf = (grain: ShownGrain): number => LENGTH_MS[grain];

/** Whether windows of it are cells, which the stream tells of; others are merged from them when asked for. */
export const isCell = (grain: ShownGrain): boolean => GRAINS.some((one) => one === grain);

/** What changes within this time in windows of many cells is one question: the more cells one reads, the longer. */
export const gatherMs = (grain: ShownGrain): number =>
  grain === 'week' ? 5_000 : grain === 'month' ? 10_000 : 30_000;

/** What a metric that keeps these cells can show: hours tile no day where the clocks are not whole hours from UTC. */
export const shownGrains = (metric: Kept): readonly ShownGrain[] => {
  const cells = cellsOf(metric);
  return SHOWN_GRAINS.filter((grain) =>
    isCell(grain) ? metric.grains.some((one) => one === grain) : isKept(grain, cells),
  );
};
type Kept = { readonly grains: readonly Grain[]; readonly timezone: string };

/** What its windows can be merged from. */
export const cellsOf = ({ grains, timezone }: Kept): KeptCells => ({
  grains,
  hasWholeHours: isWholeHours(timezone),
});

/** In winter and in summer: some put their clocks on by half an hour. */
function isWholeHours(timezone: string): boolean {
  const clock = localClock(timezone);
  const hourMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  return [hourMs, hourMs - 183 * DAY_MS].every((atMs) => clock.at(atMs) % HOUR_MS === 0);
}

/**
 * The stretch of time that holds the last `count` windows before `untilMs`, its own window included.
 * Days and weeks get an hour more at the start, so that no change of the clocks costs one; longer windows six days, by which
 * so many of them may be longer than the mean: a year of 53 weeks is 371 days.
 */
export function rangeOf(
  grain: ShownGrain,
  count: number,
  untilMs: number,
): { readonly fromMs: number; readonly toMs: number } {
  const lengthMs = LENGTH_MS[grain];
  const slackMs = lengthMs < DAY_MS ? 0 : HOUR_MS + (lengthMs > 7 * DAY_MS ? 6 * DAY_MS : 0);
  return { fromMs: Math.floor(untilMs - count * lengthMs - slackMs), toMs: untilMs + 1 };
}

/** The grain one step finer, for the trend beside a value. */
export const trendGrain = (grain: Grain, kept: readonly Grain[]): Grain => {
  const wanted = grain === 'day' ? 'hour' : 'minute';
  return kept.includes(wanted) ? wanted : grain;
};
