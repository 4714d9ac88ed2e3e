import type { Catalog, MetricDefinition, SimpleMetric } from '../definitions.ts';
import { DAY_MS } from '../time.ts';
import type { DurationMs, EpochMs } from '../time.ts';
import { zoneCalendar } from '../window.ts';
import type { Window, WindowSize } from '../window.ts';

/** What one value is entered for. */
export const MANUAL_GRAINS = ['day', 'week', 'month', 'quarter', 'year'] as const;
export type ManualGrain = (typeof MANUAL_GRAINS)[number];

/** What people may enter of a manual metric. */
export type ManualForm = {
  /** What one value is entered for. */
  readonly grain: ManualGrain;
  /** The members of each dimension; a value is entered for each combination. */
  readonly members: Readonly<Record<string, readonly string[]>>;
  /** Decimals, both included. */
  readonly min?: string;
  readonly max?: string;
};

export type ManualMetric = SimpleMetric & { readonly manual: ManualForm };
export const isManual = (metric: MetricDefinition | undefined): metric is ManualMetric =>
  metric?.kind === 'simple' && metric.manual !== undefined;

/** The manual metrics that a metric's values rest on, by id: itself, or those that its formula reads. */
export function manualSources(
  metric: MetricDefinition,
  { metrics }: Pick<Catalog, 'metrics'>,
): readonly string[] {
  const ids = metric.kind === 'simple' ? [metric.id] : metric.inputs;
  return ids.filter((id) => isManual(id === metric.id ? metric : metrics.get(id)));
}

export const manualSize = (grain: ManualGrain): WindowSize =>
  grain === 'day' ? { kind: 'grain', grain } : { kind: 'period', period: grain };

/** Days of the longest window. */
const DAYS_MAX: Readonly<Record<ManualGrain, number>> = {
  day: 1,
  week: 7,
  month: 31,
  quarter: 92,
  year: 366,
};
/**
 * Lateness counts from the end of the cell that holds the event time. An entry lies in the first day of its window, so
 * that the rest of the window is added: what is said of a month begins when the month is over.
 */
export const cellLateness = (grain: ManualGrain, latenessMs: DurationMs): DurationMs =>
  latenessMs + (DAYS_MAX[grain] - 1) * DAY_MS;

/** The window of the metric that holds an instant. */
export const manualWindowAt = ({ manual, timezone }: ManualMetric, timeMs: EpochMs): Window =>
  zoneCalendar(timezone).windowAt(manualSize(manual.grain), timeMs);

const NAMES: Readonly<Record<ManualGrain, RegExp>> = {
  day: /^(\d{4})-(\d{2})-(\d{2})$/,
  week: /^(\d{4})-W(\d{2})$/,
  month: /^(\d{4})-(\d{2})$/,
  quarter: /^(\d{4})-Q([1-4])$/,
  year: /^(\d{4})$/,
};
export const MANUAL_WINDOW_FORMS: Readonly<Record<ManualGrain, string>> = {
  day: '2026-11-30',
  week: '2026-W49',
  month: '2026-11',
  quarter: '2026-Q4',
  year: '2026',
};

/** The window that a name such as `2026-11` or `2026-W49` stands for. @returns undefined when there is none */
export function manualWindowNamed(metric: ManualMetric, name: string): Window | undefined {
  const { grain } = metric.manual;
  const [, year, part = '1', day = '1'] = NAMES[grain].exec(name) ?? [];
  if (year === undefined) return undefined;
  try {
    const date = dateOf(grain, { year: Number(year), part: Number(part), day: Number(day) });
    return date && manualWindowAt(metric, date.toZonedDateTime(metric.timezone).epochMilliseconds);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

type Numbers = { readonly year: number; readonly part: number; readonly day: number };

/** @throws RangeError when the calendar has no such date */
function dateOf(grain: ManualGrain, { year, part, day }: Numbers): Temporal.PlainDate | undefined {
  const date = (month: number, of: number): Temporal.PlainDate =>
    Temporal.PlainDate.from({ year, month, day: of }, { overflow: 'reject' });
  switch (grain) {
    case 'day':
      return date(part, day);
    case 'month':
      return date(part, 1);
    case 'quarter':
      return date(part * 3 - 2, 1);
    case 'year':
      return date(1, 1);
    case 'week': {
      // ISO 8601: the first week is the one with 4 January.
      const fourth = date(1, 4);
      const monday = fourth.add({ days: 1 - fourth.dayOfWeek + 7 * (part - 1) });
      return monday.weekOfYear === part && monday.yearOfWeek === year ? monday : undefined;
    }
  }
}
