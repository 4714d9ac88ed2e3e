import { isOfWeeks, monthOf, periodDates } from './fiscal-year.ts';
import type { Dates, FiscalYear } from './fiscal-year.ts';
import { placeOf, yearEnding } from './week-year.ts';
import type { Period } from './window.ts';

/** What periods of a calendar of the catalogue are called: `FY2026`, `FY2026 Q1`, `FY2026 M01`, `FY2026 W01`. */

/** How they are written, for messages to people. */
export const FISCAL_FORMS: Readonly<Record<Period, string>> = {
  week: 'FY2026 W01',
  month: 'FY2026 M01',
  quarter: 'FY2026 Q1',
  year: 'FY2026',
};

/** Whether periods have names in the calendar. Weeks belong to a year only where years are made of weeks. */
export const isNamed = (period: Period, year: FiscalYear): boolean =>
  period !== 'week' || isOfWeeks(year);

/**
 * What the period that begins on a date is called. Law: `datesNamed` finds the period again.
 * @returns undefined where it has no name
 */
export function fiscalName(
  period: Period,
  start: Temporal.PlainDate,
  year: FiscalYear,
): string | undefined {
  if (!isNamed(period, year)) return undefined;
  const { number, month, week } = numbersOf(start, year);
  const name = `FY${number}`;
  switch (period) {
    case 'year':
      return name;
    case 'quarter':
      return `${name} Q${Math.floor(month / 3) + 1}`;
    case 'month':
      return `${name} M${two(month + 1)}`;
    case 'week':
      return `${name} W${two(week + 1)}`;
  }
}

const two = (number: number): string => String(number).padStart(2, '0');

function numbersOf(start: Temporal.PlainDate, year: FiscalYear) {
  if (isOfWeeks(year)) {
    const { year: own, month, week } = placeOf(start, year);
    // Of the months at whose ends years end: their own days may lie in one year twice, and in the next one never.
    const isWhole = year.weeks.lastMonth === 12;
    const number = year.namedBy === 'start' && !isWhole ? own.endYear - 1 : own.endYear;
    return { number, month, week };
  }
  const whole = periodDates('year', start, year);
  const named = year.namedBy === 'start' ? whole.start : whole.end.subtract({ days: 1 });
  return { number: named.year, month: monthOf(start, year).index, week: 0 };
}

const NAME = /^FY ?(\d{4})(?:[ -]?(?:Q([1-4])|M(0?[1-9]|1[0-2])|W(0?[1-9]|[1-4]\d|5[0-3])))?$/i;

/**
 * The period that a name stands for, as people type it: `FY2026 M01`, `fy2026-m1`, `FY2026Q1`.
 * @returns undefined when it is no name of the calendar
 */
export function datesNamed(
  text: string,
  year: FiscalYear,
): (Dates & { readonly period: Period }) | undefined {
  const [, number, quarter, month, week] = NAME.exec(text.trim()) ?? [];
  if (number === undefined) return undefined;
  const period = week ? 'week' : month ? 'month' : quarter ? 'quarter' : 'year';
  if (!isNamed(period, year)) return undefined;
  const months = quarter ? (Number(quarter) - 1) * 3 : Number(month ?? 1) - 1;
  const start = startOf(year, { number: Number(number), months, weeks: Number(week ?? 1) - 1 });
  return start && { period, ...periodDates(period, start, year) };
}

function startOf(
  year: FiscalYear,
  { number, months, weeks }: { number: number; months: number; weeks: number },
): Temporal.PlainDate | undefined {
  if (isOfWeeks(year)) {
    const isLater = year.namedBy === 'start' && year.weeks.lastMonth !== 12;
    const { start, end, monthWeeks } = yearEnding(isLater ? number + 1 : number, year);
    const first = start.add({ weeks: (monthWeeks[months] ?? 0) + weeks });
    return Temporal.PlainDate.compare(first, end) < 0 ? first : undefined;
  }
  const isWhole = year.firstMonth === 1 && year.firstDay === 1;
  const first = year.namedBy === 'start' || isWhole ? number : number - 1;
  return Temporal.PlainDate.from({
    year: first,
    month: year.firstMonth,
    day: year.firstDay,
  }).add({ months });
}
