import type { Catalog, MetricDefinition, SimpleMetric } from '../definitions.ts';
import { firstDayOf } from '../period-name.ts';
import type { NamedPeriod } from '../period-name.ts';
import { DAY_MS } from '../time.ts';
import type { DurationMs, EpochMs } from '../time.ts';
import { zoneCalendar } from '../window.ts';
import type { Window, WindowSize } from '../window.ts';

/** What one value is entered for. */
export type ManualGrain = NamedPeriod;

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

/** The window that a name such as `2026-11` or `2026-W49` stands for. @returns undefined when there is none */
export function manualWindowNamed(metric: ManualMetric, name: string): Window | undefined {
  const date = firstDayOf(metric.manual.grain, name);
  return date && manualWindowAt(metric, date.toZonedDateTime(metric.timezone).epochMilliseconds);
}
