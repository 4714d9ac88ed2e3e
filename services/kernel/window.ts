import { DAY_MS, HOUR_MS, MINUTE_MS, parseDuration } from './time.ts';
import type { DurationMs, EpochMs } from './time.ts';

/** The grains that cells are kept at. Every window is a merge of cells of one grain. */
export const GRAINS = ['minute', 'hour', 'day'] as const;
export type Grain = (typeof GRAINS)[number];

/** Half-open: an instant t lies in the window iff startMs ≤ t < endMs. */
export type Window = { readonly startMs: EpochMs; readonly endMs: EpochMs };

/** `open` (provisional) → `closed` (the watermark passed the end) → `revised` (late data within lateness changed it) → `final` → `restated` (by historical events only). */
export const WINDOW_STATES = ['open', 'closed', 'revised', 'final', 'restated'] as const;
export type WindowState = (typeof WINDOW_STATES)[number];

/** Calendar periods longer than a day. Weeks start on Monday (ISO 8601). */
export type Period = 'week' | 'month' | 'quarter' | 'year';

/** What a reader or a rule may ask for: a grain, a calendar period, or tumbling windows of a fixed length aligned to the epoch. */
export type WindowSize =
  | { readonly kind: 'grain'; readonly grain: Grain }
  | { readonly kind: 'period'; readonly period: Period }
  | { readonly kind: 'tumbling'; readonly sizeMs: DurationMs };

/**
 * Reads `minute`, `hour`, `day`, `week`, `month`, `quarter`, `year`, or an ISO 8601 duration of whole minutes
 * (`PT1H` is the hour grain; `P1D` is the local day).
 * @returns undefined when the text names no window
 */
export function parseWindowSize(text: string): WindowSize | undefined {
  if (text === 'minute' || text === 'hour' || text === 'day') return { kind: 'grain', grain: text };
  if (text === 'week' || text === 'month' || text === 'quarter' || text === 'year')
    return { kind: 'period', period: text };
  if (text === 'P1D') return { kind: 'grain', grain: 'day' };
  const sizeMs = parseDuration(text);
  if (
    sizeMs === undefined ||
    sizeMs < MINUTE_MS ||
    sizeMs % MINUTE_MS !== 0 ||
    /[YMWD]/.test(text.split('T')[0] ?? '')
  )
    return undefined;
  if (sizeMs === MINUTE_MS) return { kind: 'grain', grain: 'minute' };
  if (sizeMs === HOUR_MS) return { kind: 'grain', grain: 'hour' };
  if (DAY_MS % sizeMs !== 0) return undefined;
  return { kind: 'tumbling', sizeMs };
}

/** The coarsest grain whose cells tile every window of this size. */
export function grainOf(size: WindowSize): Grain {
  if (size.kind === 'grain') return size.grain;
  if (size.kind === 'period') return 'day';
  return size.sizeMs % HOUR_MS === 0 ? 'hour' : 'minute';
}

/** Boundaries of windows in one time zone. Minutes, hours and tumbling windows are aligned to the epoch; days and longer to local midnight. */
export type ZoneCalendar = {
  /** The window of this size that holds the instant. Law: `startMs ≤ timeMs < endMs`, and windows of one size tile the time line. */
  readonly windowAt: (size: WindowSize, timeMs: EpochMs) => Window;
  /** Start of the grain's cell that holds the instant: the hot path's form of `windowAt`, cached per hour. */
  readonly cellStart: (grain: Grain, timeMs: EpochMs) => EpochMs;
  readonly cellEnd: (grain: Grain, startMs: EpochMs) => EpochMs;
  /** Windows whose start lies in [fromMs, toMs), in order. */
  readonly windowsBetween: (
    size: WindowSize,
    range: { fromMs: EpochMs; toMs: EpochMs },
  ) => Iterable<Window>;
};

const floorTo = (timeMs: EpochMs, sizeMs: DurationMs): EpochMs =>
  Math.floor(timeMs / sizeMs) * sizeMs;
const CACHE_HOURS_MAX = 50_000;

/**
 * @param timezone IANA name
 * @throws RangeError when the zone is unknown
 * @see Akidau et al., The Dataflow Model, VLDB 2015 (windows); Temporal (ECMA-262) for local midnight, which is the
 *   first instant of the local date, also where a day begins at 01:00
 */
export function zoneCalendar(timezone: string): ZoneCalendar {
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
    const date = Temporal.Instant.fromEpochMilliseconds(timeMs)
      .toZonedDateTimeISO(timezone)
      .toPlainDate();
    switch (period) {
      case 'week': {
        const start = date.subtract({ days: date.dayOfWeek - 1 });
        return { startMs: dateStart(start), endMs: dateStart(start.add({ weeks: 1 })) };
      }
      case 'month': {
        const start = date.with({ day: 1 });
        return { startMs: dateStart(start), endMs: dateStart(start.add({ months: 1 })) };
      }
      case 'quarter': {
        const start = date.with({ day: 1, month: date.month - ((date.month - 1) % 3) });
        return { startMs: dateStart(start), endMs: dateStart(start.add({ months: 3 })) };
      }
      case 'year': {
        const start = date.with({ day: 1, month: 1 });
        return { startMs: dateStart(start), endMs: dateStart(start.add({ years: 1 })) };
      }
    }
  };

  const fixedAt = (sizeMs: DurationMs, timeMs: EpochMs): Window => {
    const startMs = floorTo(timeMs, sizeMs);
    return { startMs, endMs: startMs + sizeMs };
  };

  const windowAt = (size: WindowSize, timeMs: EpochMs): Window => {
    if (size.kind === 'period') return periodAt(size.period, timeMs);
    if (size.kind === 'tumbling') return fixedAt(size.sizeMs, timeMs);
    if (size.grain === 'day') return dayAt(timeMs);
    return fixedAt(size.grain === 'minute' ? MINUTE_MS : HOUR_MS, timeMs);
  };

  return {
    windowAt,
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
      let window = windowAt(size, fromMs);
      if (window.startMs < fromMs) window = windowAt(size, window.endMs);
      for (; window.startMs < toMs; window = windowAt(size, window.endMs)) yield window;
    },
  };
}
