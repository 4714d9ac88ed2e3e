import { foreignZone } from '../data/format.ts';
import type { Place } from '../data/format.ts';
import type { LocalClock } from '../data/local-day.ts';

/** Where an axis is labelled. */
export type Splits = {
  readonly at: readonly number[];
  /** What lies between two of them; a month and more is so long on average. */
  readonly step: number;
};

/**
 * Multiples of 1, 2, 2.5 or 5 times a power of ten, as many as there is room for.
 * @param roomMin the least distance of two that there is room for, > 0
 * @param places decimal places of the unit: between two values of it nothing is labelled
 */
export function numberSplits(
  [from, to]: readonly [number, number],
  roomMin: number,
  places: number,
): Splits {
  const gapMin = Math.max(roomMin, 10 ** -places);
  const power = 10 ** Math.floor(Math.log10(gapMin));
  const factors = power > 10 ** -places ? [1, 2, 2.5, 5] : [1, 2, 5];
  const step = power * (factors.find((factor) => factor * power >= gapMin) ?? 10);
  const first = Math.ceil(from / step);
  const count = Math.max(Math.floor(to / step) - first + 1, 0);
  // The digits that a double adds are no part of the number.
  const at = Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12)));
  return { at, step };
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** On average. */
const MONTH_MS = (365.25 / 12) * DAY_MS;
const times = (ms: number, ...counts: number[]): number[] => counts.map((count) => count * ms);
const STEPS_MS = [
  ...times(1_000, 1, 5, 10, 30),
  ...times(MINUTE_MS, 1, 5, 10, 15, 30),
  ...times(HOUR_MS, 1, 2, 3, 4, 6, 12),
  ...times(DAY_MS, 1, 2, 7, 14),
  ...times(MONTH_MS, 1, 2, 3, 6, 12, 24, 60, 120),
];
/** 1970 began on a Thursday: steps of weeks are Mondays. */
const MONDAY_MS = 4 * DAY_MS;

/**
 * Round times by the clocks of a time zone, as many as there is room for.
 * @param gapMinMs the least distance of two, > 0   @returns epoch ms
 */
export function timeSplits(
  [fromMs, toMs]: readonly [number, number],
  gapMinMs: number,
  clock: LocalClock,
): Splits {
  const step = STEPS_MS.find((ms) => ms >= gapMinMs) ?? gapMinMs;
  const months = Math.round(step / MONTH_MS);
  const shownMs = (n: number): number =>
    months > 0 ? Date.UTC(1970, n * months) : MONDAY_MS + n * step;
  const at: number[] = [];
  // A month or a week before the first is passed over.
  for (let n = Math.floor(clock.at(fromMs) / step) - 1 - Math.ceil(MONDAY_MS / step); ; n++) {
    const atMs = clock.instant(shownMs(n));
    if (!(atMs <= toMs)) return { at, step };
    if (atMs >= fromMs && atMs > (at.at(-1) ?? fromMs - 1)) at.push(atMs);
  }
}

/**
 * Labels of the time axis in the metric's zone: times, and where a day begins its date, with the zone if that is not the
 * reader's own.
 * @param splits epoch ms, `stepMs` apart
 */
export function timeLabels(
  splits: readonly number[],
  stepMs: number,
  place: Place & { readonly timezone: string },
): string[] {
  const format = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
    new Intl.DateTimeFormat(place.locale, { ...options, timeZone: place.timezone });
  const time = format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const date = format(
    stepMs < MONTH_MS ? { month: 'short', day: 'numeric' } : { year: 'numeric', month: 'short' },
  );
  let before = '';
  return splits.map((split) => {
    const day = date.format(split);
    const isNewDay = day !== before;
    before = day;
    if (stepMs >= DAY_MS) return day;
    if (!isNewDay) return time.format(split);
    return `${time.format(split)}\n${day} ${foreignZone(split, place)}`.trimEnd();
  });
}
