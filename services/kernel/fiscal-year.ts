import type { Period } from './window.ts';

/** When years, and weeks, begin. */
export type YearRules = {
  /** 1–12. */
  readonly firstMonth: number;
  /** 1–28, which every month has: quarters and months begin on it too. */
  readonly firstDay: number;
  /** 1 Monday – 7 Sunday (ISO 8601). */
  readonly weekStart: number;
};
/** A year of a calendar of the catalogue. */
export type FiscalYear = YearRules & {
  /** Id of the calendar. */
  readonly id: string;
  /** Which of the two years that it may reach over it is called by. */
  readonly namedBy: 'start' | 'end';
};

export const GREGORIAN: YearRules = { firstMonth: 1, firstDay: 1, weekStart: 1 };

/** How much earlier a date lies. */
export type Shift =
  | { readonly days: number }
  | { readonly weeks: number }
  | { readonly months: number }
  | { readonly years: number };

type Dates = { readonly start: Temporal.PlainDate; readonly end: Temporal.PlainDate };

const MONTHS = { month: 1, quarter: 3, year: 12 } as const;

/**
 * The period that holds a date: start ≤ date < end. Law: periods of one length tile the dates; a year is four quarters,
 * a quarter three months, and all of them begin on `firstDay`. Weeks are of seven days whatever the year.
 */
export function periodDates(period: Period, date: Temporal.PlainDate, year: YearRules): Dates {
  if (period === 'week') {
    const start = date.subtract({ days: (date.dayOfWeek - year.weekStart + 7) % 7 });
    return { start, end: start.add({ weeks: 1 }) };
  }
  const { monthStart, index } = monthOf(date, year);
  const months = MONTHS[period];
  const start = monthStart.subtract({ months: index % months });
  return { start, end: start.add({ months }) };
}

/** The month of the year that holds a date, counted from 0. */
function monthOf(date: Temporal.PlainDate, { firstMonth, firstDay }: YearRules) {
  const monthStart = date.subtract({ days: firstDay - 1 }).with({ day: firstDay });
  return { monthStart, index: (monthStart.month - firstMonth + 12) % 12 };
}

/**
 * What the period that begins on a date is called: `FY2026`, `FY2026 Q1`, `FY2026 M01`. Weeks belong to no year.
 * @returns undefined of a week
 */
export function fiscalName(
  period: Period,
  start: Temporal.PlainDate,
  year: FiscalYear,
): string | undefined {
  if (period === 'week') return undefined;
  const { index } = monthOf(start, year);
  const whole = periodDates('year', start, year);
  const named = year.namedBy === 'start' ? whole.start : whole.end.subtract({ days: 1 });
  const name = `FY${named.year}`;
  if (period === 'year') return name;
  return period === 'quarter'
    ? `${name} Q${Math.floor(index / 3) + 1}`
    : `${name} M${String(index + 1).padStart(2, '0')}`;
}
