import { dateBefore, GREGORIAN, periodDates } from './fiscal-year.ts';
import type { FiscalYear, Shift, YearRules } from './fiscal-year.ts';
import { HOUR_MS, MINUTE_MS } from './time.ts';
import type { DurationMs, EpochMs } from './time.ts';

/** The grains that cells are kept at. Every window is a merge of cells of one grain. */
export const GRAINS = ['minute', 'hour', 'day'] as const;
export type Grain = (typeof GRAINS)[number];

/** Half-open: an instant t lies in the window iff startMs ≤ t < endMs. */
export type Window = { readonly startMs: EpochMs; readonly endMs: EpochMs };

/** `open` (provisional) → `closed` (the watermark passed the end) → `revised` (late data within lateness changed it) → `final` → `restated` (by historical events only). */
export const WINDOW_STATES = ['open', 'closed', 'revised', 'final', 'restated'] as const;
export type WindowState = (typeof WINDOW_STATES)[number];

/** Calendar periods longer than a day: of the Gregorian year and weeks from Monday (ISO 8601), or of a metric's own calendar. */
export const PERIODS = ['week', 'month', 'quarter', 'year'] as const;
export type Period = (typeof PERIODS)[number];

/**
 * What a reader or a rule may ask for (kernel/window-size.ts reads it). Every window ends with a step, and the steps of
 * one size tile the time line, so there is one window for each step. A grain, a calendar period and a tumbling window, of a
 * fixed length aligned to the epoch, are one step. A sliding window has length `sizeMs` and its step is `everyMs`; one of
 * `days` local days steps by local days. A window to date begins with its period and steps by local days, day-to-date by
 * hours since local midnight.
 */
export type WindowSize =
  | { readonly kind: 'grain'; readonly grain: Grain }
  | { readonly kind: 'period'; readonly period: Period }
  | { readonly kind: 'tumbling'; readonly sizeMs: DurationMs }
  | { readonly kind: 'sliding'; readonly sizeMs: DurationMs; readonly everyMs: DurationMs }
  | { readonly kind: 'sliding-days'; readonly days: number }
  | { readonly kind: 'to-date'; readonly period: Period | 'day' };

/** Boundaries of windows in one time zone. Minutes, hours and tumbling windows are aligned to the epoch; days and longer to local midnight. */
export type ZoneCalendar = {
  /**
   * The window of this size whose last step holds the instant. Law: `startMs ≤ timeMs < endMs`; the window at `endMs` is the
   * next one; windows of one step tile the time line.
   */
  readonly windowAt: (size: WindowSize, timeMs: EpochMs) => Window;
  /** The last step of the window that `windowAt` gives: all of it where windows do not overlap. Law: steps of one size tile the time line. */
  readonly stepAt: (size: WindowSize, timeMs: EpochMs) => Window;
  /** Start of the grain's cell that holds the instant: the hot path's form of `windowAt`, cached per hour. */
  readonly cellStart: (grain: Grain, timeMs: EpochMs) => EpochMs;
  readonly cellEnd: (grain: Grain, startMs: EpochMs) => EpochMs;
  /** Windows whose last step starts in [fromMs, toMs), in order. */
  readonly windowsBetween: (
    size: WindowSize,
    range: { fromMs: EpochMs; toMs: EpochMs },
  ) => Iterable<Window>;
  /**
   * The same local time on the date that lies so much earlier in the calendar (`dateBefore`). A local time that the clock change skips becomes the one after the
   * gap, one that comes twice the first.
   */
  readonly earlier: (timeMs: EpochMs, shift: Shift) => EpochMs;
};

const floorTo = (timeMs: EpochMs, sizeMs: DurationMs): EpochMs =>
  Math.floor(timeMs / sizeMs) * sizeMs;
const CACHE_HOURS_MAX = 50_000;

/**
 * @param timezone IANA name   @param year of which periods are
 * @throws RangeError when the zone is unknown
 * @see Akidau et al., The Dataflow Model, VLDB 2015 (windows); Temporal (ECMA-262) for local midnight, which is the
 *   first instant of the local date, also where a day begins at 01:00
 */
export function zoneCalendar(timezone: string, year: YearRules = GREGORIAN): ZoneCalendar {
  Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timezone);
  const dayCache = new Map<number, Window | null>();

  const localDay = (timeMs: EpochMs): Window => {
    const local = Temporal.Instant.fromEpochMilliseconds(timeMs).toZonedDateTimeISO(timezone);
    return {
      startMs: local.startOfDay().epochMilliseconds,
      endMs: dateStart(local.toPlainDate().add({ days: 1 })),
    };
  };
  const dateStart = (date: Temporal.PlainDate): EpochMs =>
    date.toZonedDateTime(timezone).epochMilliseconds;

  const dateAt = (timeMs: EpochMs): Temporal.PlainDate =>
    Temporal.Instant.fromEpochMilliseconds(timeMs).toZonedDateTimeISO(timezone).toPlainDate();

  const dayAt = (timeMs: EpochMs): Window => {
    const hour = Math.floor(timeMs / HOUR_MS);
    const cached = dayCache.get(hour);
    if (cached) return cached;
    const day = localDay(timeMs);
    if (cached === null) return day;
    if (dayCache.size >= CACHE_HOURS_MAX) dayCache.clear();
    const wholeHour = day.startMs <= hour * HOUR_MS && (hour + 1) * HOUR_MS <= day.endMs;
    dayCache.set(hour, wholeHour ? day : null);
    return day;
  };

  const periodAt = (period: Period, timeMs: EpochMs): Window => {
    const { start, end } = periodDates(period, dateAt(timeMs), year);
    return { startMs: dateStart(start), endMs: dateStart(end) };
  };

  const fixedAt = (sizeMs: DurationMs, timeMs: EpochMs): Window => {
    const startMs = floorTo(timeMs, sizeMs);
    return { startMs, endMs: startMs + sizeMs };
  };

  /** Hours since local midnight; the last one of a day is shorter where a clock change is. */
  const hourOfDayAt = (timeMs: EpochMs): Window => {
    const day = dayAt(timeMs);
    const startMs = day.startMs + floorTo(timeMs - day.startMs, HOUR_MS);
    return { startMs, endMs: Math.min(startMs + HOUR_MS, day.endMs) };
  };

  const stepAt = (size: WindowSize, timeMs: EpochMs): Window => {
    switch (size.kind) {
      case 'grain':
        if (size.grain === 'day') return dayAt(timeMs);
        return fixedAt(size.grain === 'minute' ? MINUTE_MS : HOUR_MS, timeMs);
      case 'period':
        return periodAt(size.period, timeMs);
      case 'tumbling':
        return fixedAt(size.sizeMs, timeMs);
      case 'sliding':
        return fixedAt(size.everyMs, timeMs);
      case 'sliding-days':
        return dayAt(timeMs);
      case 'to-date':
        return size.period === 'day' ? hourOfDayAt(timeMs) : dayAt(timeMs);
    }
  };

  const windowAt = (size: WindowSize, timeMs: EpochMs): Window => {
    const step = stepAt(size, timeMs);
    switch (size.kind) {
      case 'sliding':
        return { startMs: step.endMs - size.sizeMs, endMs: step.endMs };
      case 'sliding-days':
        return {
          startMs: dateStart(dateAt(timeMs).subtract({ days: size.days - 1 })),
          endMs: step.endMs,
        };
      case 'to-date': {
        const { startMs } = size.period === 'day' ? dayAt(timeMs) : periodAt(size.period, timeMs);
        return { startMs, endMs: step.endMs };
      }
      case 'grain':
      case 'period':
      case 'tumbling':
        return step;
    }
  };

  return {
    windowAt,
    stepAt,
    cellStart: (grain, timeMs) =>
      grain === 'minute'
        ? floorTo(timeMs, MINUTE_MS)
        : grain === 'hour'
          ? floorTo(timeMs, HOUR_MS)
          : dayAt(timeMs).startMs,
    cellEnd: (grain, startMs) =>
      grain === 'minute'
        ? startMs + MINUTE_MS
        : grain === 'hour'
          ? startMs + HOUR_MS
          : dayAt(startMs).endMs,
    *windowsBetween(size, { fromMs, toMs }) {
      let step = stepAt(size, fromMs);
      if (step.startMs < fromMs) step = stepAt(size, step.endMs);
      for (; step.startMs < toMs; step = stepAt(size, step.endMs))
        yield windowAt(size, step.startMs);
    },
    earlier: (timeMs, shift) => {
      const local = Temporal.Instant.fromEpochMilliseconds(timeMs).toZonedDateTimeISO(timezone);
      const plainTime = local.toPlainTime();
      return dateBefore(local.toPlainDate(), shift, year).toZonedDateTime({
        timeZone: timezone,
        plainTime,
      }).epochMilliseconds;
    },
  };
}

/** What says where a metric's windows begin. */
export type Calendared = {
  /** IANA name: days begin at midnight there. */
  readonly timezone: string;
  /** Of what years, quarters, months and weeks are; absent: the Gregorian. */
  readonly calendar?: FiscalYear;
};

/** The windows of a metric: in its zone, of its calendar. */
export const calendarOf = ({ timezone, calendar }: Calendared): ZoneCalendar =>
  zoneCalendar(timezone, calendar);

/** As `calendarOf`, each made once for all metrics that share it. */
export function sharedCalendars(): (metric: Calendared) => ZoneCalendar {
  const made = new Map<string, ZoneCalendar>();
  return (metric) => {
    const key = JSON.stringify([metric.timezone, metric.calendar]);
    const calendar = made.get(key) ?? calendarOf(metric);
    made.set(key, calendar);
    return calendar;
  };
}
