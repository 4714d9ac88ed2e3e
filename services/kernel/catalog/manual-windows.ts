import type { Catalog, MetricDefinition, SimpleMetric } from '../definitions.ts';
import { datesNamed, FISCAL_FORMS, fiscalName, isNamed } from '../fiscal-name.ts';
import { longestDays } from '../fiscal-year.ts';
import type { FiscalYear, YearRules } from '../fiscal-year.ts';
import { firstDayOf, PERIOD_FORMS } from '../period-name.ts';
import type { NamedPeriod } from '../period-name.ts';
import { DAY_MS } from '../time.ts';
import type { DurationMs, EpochMs } from '../time.ts';
import { calendarOf } from '../window.ts';
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

/**
 * Lateness counts from the end of the cell that holds the event time. An entry lies in the first day of its window, so
 * that the rest of the window is added: what is said of a month begins when the month is over.
 */
export const cellLateness = (
  grain: ManualGrain,
  latenessMs: DurationMs,
  year?: YearRules,
): DurationMs => latenessMs + (longestDays(grain, year) - 1) * DAY_MS;

/** The window of the metric that holds an instant. */
export const manualWindowAt = (metric: ManualMetric, timeMs: EpochMs): Window =>
  calendarOf(metric).windowAt(manualSize(metric.manual.grain), timeMs);

/**
 * The window that a name stands for: `FY2026 M01` where the metric's calendar has names for such windows, so that no name
 * is taken for a month of another calendar; else `2026-11` or `2026-W49`.
 * @returns undefined when there is none
 */
export function manualWindowNamed(metric: ManualMetric, name: string): Window | undefined {
  const date = dateNamed(metric, name);
  return date && manualWindowAt(metric, date.toZonedDateTime(metric.timezone).epochMilliseconds);
}

function dateNamed(metric: ManualMetric, name: string): Temporal.PlainDate | undefined {
  const { grain } = metric.manual;
  const year = namingYear(metric);
  if (year) {
    const found = datesNamed(name, year);
    return found?.period === grain ? found.start : undefined;
  }
  const first = firstDayOf(grain, name);
  // An ISO week is told by its Thursday: wherever weeks begin, the one with it has most of its days.
  return grain === 'week' ? first?.add({ days: 3 }) : first;
}

/** The calendar that has names for what values are entered for. */
function namingYear({ manual: { grain }, calendar }: ManualMetric): FiscalYear | undefined {
  return calendar && grain !== 'day' && isNamed(grain, calendar) ? calendar : undefined;
}

/** How a window is written. */
export const manualWindowForm = (metric: ManualMetric): string => {
  const { grain } = metric.manual;
  return namingYear(metric) && grain !== 'day' ? FISCAL_FORMS[grain] : PERIOD_FORMS[grain];
};

/**
 * What the metric's calendar calls a window.
 * @returns undefined where it has no name, and of one that was entered before years began on other days
 */
export function manualWindowName(metric: ManualMetric, window: Window): string | undefined {
  const year = namingYear(metric);
  const { grain } = metric.manual;
  if (!year || grain === 'day') return undefined;
  const now = manualWindowAt(metric, window.startMs);
  if (now.startMs !== window.startMs || now.endMs !== window.endMs) return undefined;
  const start = Temporal.Instant.fromEpochMilliseconds(window.startMs);
  return fiscalName(grain, start.toZonedDateTimeISO(metric.timezone).toPlainDate(), year);
}
