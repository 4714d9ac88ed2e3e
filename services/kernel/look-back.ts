import { longestDays } from './fiscal-year.ts';
import type { Shift, YearRules } from './fiscal-year.ts';
import { add, compare, divideHalfEven } from './integer.ts';
import type { Integer } from './integer.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from './time.ts';
import type { DurationMs, EpochMs } from './time.ts';
import { grainOf } from './window-size.ts';
import type { Grain, Window, WindowSize, ZoneCalendar } from './window.ts';

/** What conditions of rules may compare a window with, beside the one before it: windows that lie further back. */
export const LOOK_BACKS = [
  'samePeriodLastWeek',
  'samePeriodLastMonth',
  'samePeriodLastYear',
  'baseline',
] as const;
export type LookBack = (typeof LOOK_BACKS)[number];

export const isLookBack = (name: string): name is LookBack =>
  (LOOK_BACKS as readonly string[]).includes(name);

/** Weeks whose windows of the same weekday and hour make the baseline, and how many of them must be known. */
export const BASELINE_WEEKS = 8;
export const BASELINE_KNOWN_MIN = 4;

/** Cells of one series that a rule may make alerting remember: a year of hours, a week of minutes. */
export const LOOK_BACK_CELLS_MAX = 12_000;

/** An upper bound of how far before a window's last step the windows' last steps lie. @param year absent: the Gregorian */
export function reachMs(names: readonly LookBack[], year?: YearRules): DurationMs {
  const days: Readonly<Record<LookBack, number>> = {
    samePeriodLastWeek: 7,
    samePeriodLastMonth: longestDays('month', year),
    samePeriodLastYear: longestDays('year', year),
    baseline: BASELINE_WEEKS * 7,
  };
  return Math.max(0, ...names.map((name) => days[name] * DAY_MS + HOUR_MS));
}

/** Cells of this grain that look-backs span, for one series. */
export const cellsSpanned = (grain: Grain, spanMs: DurationMs): number =>
  Math.ceil(spanMs / { minute: MINUTE_MS, hour: HOUR_MS, day: DAY_MS }[grain]);

/** Why this window has no such look-back; undefined where it has. */
export function lookBackFault(name: LookBack, size: WindowSize): string | undefined {
  if (isTooShort(name, size))
    return `a window of ${spoken(size)} has no ${name}: it is longer than that lies back`;
  const grain = grainOf(size);
  const cells = cellsSpanned(grain, reachMs([name]));
  return cells > LOOK_BACK_CELLS_MAX
    ? `${name} reaches back over ${cells} cells of a ${grain}, of at most ${LOOK_BACK_CELLS_MAX}; take a window of whole hours or days`
    : undefined;
}

const spoken = (size: WindowSize): string =>
  size.kind === 'period'
    ? `a ${size.period}`
    : size.kind === 'to-date'
      ? `${size.period}-to-date`
      : 'this length';

function isTooShort(name: LookBack, size: WindowSize): boolean {
  if (size.kind === 'to-date')
    return name === 'baseline' && size.period !== 'day' && size.period !== 'week';
  if (size.kind !== 'period' || size.period === 'week') return false;
  if (name === 'samePeriodLastYear') return false;
  return size.period !== 'month' || name !== 'samePeriodLastMonth';
}

const SHIFTS: Readonly<Record<Exclude<LookBack, 'baseline'>, Shift>> = {
  samePeriodLastWeek: { weeks: 1 },
  samePeriodLastMonth: { months: 1 },
  samePeriodLastYear: { years: 1 },
};

/**
 * The windows whose values make the look-back of this window: one for a same period, eight for the baseline (the newest
 * first).
 * @param stepMs start of the window's last step
 */
export function lookBackWindows(
  name: LookBack,
  at: { calendar: ZoneCalendar; size: WindowSize; stepMs: EpochMs },
): readonly Window[] {
  if (name !== 'baseline') return [samePeriod(at, SHIFTS[name])];
  return Array.from({ length: BASELINE_WEEKS }, (_, i) => samePeriod(at, { weeks: i + 1 }));
}

/**
 * The window of the same size whose last step holds the same local time so much earlier. Law: the local date and time at
 * which the window's last step begins is moved back by the calendar. Of one of months a day that the month does not have becomes its last
 * one (31 March − 1 month = 28 or 29 February, 29 February − 1 year = 28 February); a local time that the clock change
 * skips becomes the one after the gap, one that comes twice the first. So the day of 31 March, 30 March and 29 March all
 * have 28 February as their same period last month. Of one of weeks it is the same weekday of the same week of the month or
 * the year, of the last one where there is no such week: week 53 has week 52.
 * @see ECMA-262 Temporal.ZonedDateTime.subtract, overflow constrain, disambiguation compatible
 */
export function samePeriod(
  at: { calendar: ZoneCalendar; size: WindowSize; stepMs: EpochMs },
  shift: Shift,
): Window {
  return at.calendar.windowAt(at.size, at.calendar.earlier(at.stepMs, shift));
}

/**
 * The baseline of these values: their median, which no single outlier moves; of an even number the mean of the middle
 * two, rounded half to even. Law: permuting the values changes nothing; it lies between the smallest and the largest.
 * @param values of the windows at one scale, null where unknown   @returns null when fewer than four are known
 */
export function baselineOf(values: readonly (Integer | null)[]): Integer | null {
  const known = values.filter((value) => value !== null).sort(compare);
  if (known.length < BASELINE_KNOWN_MIN) return null;
  const middle = known.length >> 1;
  const upper = known[middle] as Integer;
  if (known.length % 2 === 1) return upper;
  return divideHalfEven(add(known[middle - 1] as Integer, upper), 2);
}
