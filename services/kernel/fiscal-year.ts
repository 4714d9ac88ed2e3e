import { weekDateBefore, weekPeriod } from './week-year.ts';
import type { WeekYear } from './week-year.ts';
import type { Period } from './window.ts';

/** A year of twelve months of the Gregorian calendar, or of days between two of them. */
export type MonthYear = {
  /** 1–12. */
  readonly firstMonth: number;
  /** 1–28, which every month has: quarters and months begin on it too. */
  readonly firstDay: number;
  /** 1 Monday – 7 Sunday (ISO 8601). */
  readonly weekStart: number;
};
/** When years, and weeks, begin. */
export type YearRules = MonthYear | WeekYear;
/** A year of a calendar of the catalogue. */
export type FiscalYear = YearRules & {
  /** Id of the calendar. */
  readonly id: string;
  /** Which of the two years that it may reach over it is called by. */
  readonly namedBy: 'start' | 'end';
};

export const GREGORIAN: MonthYear = { firstMonth: 1, firstDay: 1, weekStart: 1 };

/** How much earlier a date lies. */
export type Shift =
  | { readonly days: number }
  | { readonly weeks: number }
  | { readonly months: number }
  | { readonly years: number };

/** Half-open: start ≤ date < end. */
export type Dates = { readonly start: Temporal.PlainDate; readonly end: Temporal.PlainDate };

const MONTHS = { month: 1, quarter: 3, year: 12 } as const;

export const isOfWeeks = (year: YearRules): year is WeekYear => 'weeks' in year;

/**
 * The period that holds a date: start ≤ date < end. Law: periods of one length tile the dates; a year is four quarters,
 * a quarter three months. Weeks are of seven days whatever the year.
 */
export function periodDates(period: Period, date: Temporal.PlainDate, year: YearRules): Dates {
  if (period === 'week') {
    const start = date.subtract({ days: (date.dayOfWeek - year.weekStart + 7) % 7 });
    return { start, end: start.add({ weeks: 1 }) };
  }
  if (isOfWeeks(year)) return weekPeriod(period, date, year);
  const { monthStart, index } = monthOf(date, year);
  const months = MONTHS[period];
  const start = monthStart.subtract({ months: index % months });
  return { start, end: start.add({ months }) };
}

/** The month of the year that holds a date, counted from 0. All of them begin on `firstDay`. */
export function monthOf(date: Temporal.PlainDate, { firstMonth, firstDay }: MonthYear) {
  const monthStart = date.subtract({ days: firstDay - 1 }).with({ day: firstDay });
  return { monthStart, index: (monthStart.month - firstMonth + 12) % 12 };
}

/**
 * The same date so much earlier. Of months the same day, or the last one that there is; of a year of weeks the same
 * weekday of the same week (`weekDateBefore`).
 */
export const dateBefore = (
  date: Temporal.PlainDate,
  shift: Shift,
  year: YearRules,
): Temporal.PlainDate =>
  isOfWeeks(year) ? weekDateBefore(date, shift, year) : date.subtract(shift);

/** Days of the longest period: for deciding what may be forgotten. A sixth week is the 53rd of its year. */
export function longestDays(period: Period | 'day', year: YearRules = GREGORIAN): number {
  const { week, month, quarter, years } = isOfWeeks(year)
    ? { week: 7, month: 6 * 7, quarter: 14 * 7, years: 53 * 7 }
    : { week: 7, month: 31, quarter: 92, years: 366 };
  return { day: 1, week, month, quarter, year: years }[period];
}
