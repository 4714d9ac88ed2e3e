import type { Dates, Shift } from './fiscal-year.ts';
import type { Period } from './window.ts';

/** Weeks of the three months of each quarter. */
export const WEEK_PATTERNS = ['4-4-5', '4-5-4', '5-4-4'] as const;
/** On which day of its kind years end: the last one in a month, or the one nearest to its last day. */
export const YEAR_ENDS = ['last', 'nearest'] as const;

/**
 * A year of whole weeks, 52 of them and every fifth or sixth time 53: four quarters of 13 weeks, split into months by the
 * pattern. The 53rd week belongs to the last month.
 * @see NRF 4-5-4 calendar: weeks from Sunday, `{ pattern: '4-5-4', lastMonth: 1, end: 'nearest' }`
 */
export type WeekYear = {
  /** 1 Monday – 7 Sunday (ISO 8601). Years end on the day before. */
  readonly weekStart: number;
  readonly weeks: {
    readonly pattern: (typeof WEEK_PATTERNS)[number];
    /** 1–12: the month at whose end years end. */
    readonly lastMonth: number;
    readonly end: (typeof YEAR_ENDS)[number];
  };
};

const WEEKS_MIN = 52;
const MONTHS = { month: 1, quarter: 3, year: 12 } as const;

/** A year by the year of the last day of the month at whose end it ends. */
type Year = Dates & {
  readonly endYear: number;
  /** Weeks before each month, and those of the whole year at the end. */
  readonly monthWeeks: readonly number[];
};

/**
 * The period that holds a date: start ≤ date < end. Law: periods of one length tile the dates and are whole weeks; a year
 * has 52 or 53 of them.
 */
export function weekPeriod(
  period: Exclude<Period, 'week'>,
  date: Temporal.PlainDate,
  rules: WeekYear,
): Dates {
  const { year, month } = placeOf(date, rules);
  const first = month - (month % MONTHS[period]);
  return { start: monthStart(year, first), end: monthStart(year, first + MONTHS[period]) };
}

/** Where a date lies: months and weeks are counted from 0. */
export function placeOf(date: Temporal.PlainDate, rules: WeekYear) {
  const year = yearHolding(date, rules);
  const days = year.start.until(date).days;
  const week = Math.floor(days / 7);
  const month = year.monthWeeks.findLastIndex((before) => before <= week);
  return { year, month, week, weekday: days % 7 };
}

/**
 * The same weekday of the same week so much earlier: of the same week of the month for months, of the year for years. A
 * week that is not there, such as the 53rd, becomes the last one.
 */
export function weekDateBefore(
  date: Temporal.PlainDate,
  shift: Shift,
  rules: WeekYear,
): Temporal.PlainDate {
  if ('days' in shift || 'weeks' in shift) return date.subtract(shift);
  const { year, month, week, weekday } = placeOf(date, rules);
  const ofYear = 'years' in shift;
  const months = ofYear ? shift.years * 12 : shift.months;
  const earlier = yearEnding(year.endYear + Math.floor((month - months) / 12), rules);
  const first = ofYear ? 0 : (((month - months) % 12) + 12) % 12;
  const end = weeksBefore(earlier, ofYear ? 12 : first + 1);
  const within = week - weeksBefore(year, ofYear ? 0 : month);
  const same = Math.min(weeksBefore(earlier, first) + within, end - 1);
  return earlier.start.add({ days: same * 7 + weekday });
}

/** The year that ends with this month of the year. */
export function yearEnding(endYear: number, rules: WeekYear): Year {
  const start = lastDay(endYear - 1, rules).add({ days: 1 });
  const end = lastDay(endYear, rules).add({ days: 1 });
  const weeks = start.until(end).days / 7;
  const quarter = rules.weeks.pattern.split('-').map(Number);
  const monthWeeks = [0];
  for (let month = 0; month < 12; month++)
    monthWeeks.push((monthWeeks[month] ?? 0) + (quarter[month % 3] ?? 0));
  monthWeeks[12] = weeks;
  return { endYear, start, end, monthWeeks };
}

/** The first day of a month of the year, or of the next year for the thirteenth. */
const monthStart = (year: Year, month: number): Temporal.PlainDate =>
  year.start.add({ weeks: weeksBefore(year, month) });

const weeksBefore = ({ monthWeeks }: Year, month: number): number => monthWeeks[month] ?? WEEKS_MIN;

/** Years end some days before or after the month does, so that the date's own one is not always theirs. */
function yearHolding(date: Temporal.PlainDate, rules: WeekYear): Year {
  let endYear = date.year - 1;
  while (Temporal.PlainDate.compare(lastDay(endYear, rules), date) < 0) endYear++;
  return yearEnding(endYear, rules);
}

function lastDay(endYear: number, { weekStart, weeks }: WeekYear): Temporal.PlainDate {
  const first = Temporal.PlainDate.from({ year: endYear, month: weeks.lastMonth, day: 1 });
  const monthEnd = first.add({ months: 1 }).subtract({ days: 1 });
  // The newest such day up to three days later is the nearest one: seven days hold one of each.
  const latest = weeks.end === 'last' ? monthEnd : monthEnd.add({ days: 3 });
  return latest.subtract({ days: (latest.dayOfWeek - weekStart + 8) % 7 });
}
