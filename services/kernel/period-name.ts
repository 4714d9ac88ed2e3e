/** How days and calendar periods are written: `2026-11-30`, `2026-W49`, `2026-11`, `2026-Q4`, `2026`. */

export const NAMED_PERIODS = ['day', 'week', 'month', 'quarter', 'year'] as const;
export type NamedPeriod = (typeof NAMED_PERIODS)[number];

const NAMES: Readonly<Record<NamedPeriod, RegExp>> = {
  day: /^(\d{4})-(\d{2})-(\d{2})$/,
  week: /^(\d{4})-W(\d{2})$/,
  month: /^(\d{4})-(\d{2})$/,
  quarter: /^(\d{4})-Q([1-4])$/,
  year: /^(\d{4})$/,
};
export const PERIOD_FORMS: Readonly<Record<NamedPeriod, string>> = {
  day: '2026-11-30',
  week: '2026-W49',
  month: '2026-11',
  quarter: '2026-Q4',
  year: '2026',
};

/** The first day of the period of that length that a name stands for. @returns undefined when there is none */
export function firstDayOf(period: NamedPeriod, name: string): Temporal.PlainDate | undefined {
  const [, year, part = '1', day = '1'] = NAMES[period].exec(name) ?? [];
  if (year === undefined) return undefined;
  try {
    return dateOf(period, { year: Number(year), part: Number(part), day: Number(day) });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/**
 * The days of the period that a name stands for, whatever its length.
 * @returns dates `YYYY-MM-DD`, half-open: from ≤ date < to; undefined when the name is none
 */
export function daysOfPeriod(name: string): { from: string; to: string } | undefined {
  const period = NAMED_PERIODS.find((one) => NAMES[one].test(name));
  const first = period && firstDayOf(period, name);
  if (!first) return undefined;
  return { from: first.toString(), to: first.add(LENGTHS[period]).toString() };
}

const LENGTHS: Readonly<Record<NamedPeriod, Temporal.DurationLikeObject>> = {
  day: { days: 1 },
  week: { weeks: 1 },
  month: { months: 1 },
  quarter: { months: 3 },
  year: { years: 1 },
};

type Numbers = { readonly year: number; readonly part: number; readonly day: number };

/** @throws RangeError when the calendar has no such date */
function dateOf(period: NamedPeriod, { year, part, day }: Numbers): Temporal.PlainDate | undefined {
  const date = (month: number, of: number): Temporal.PlainDate =>
    Temporal.PlainDate.from({ year, month, day: of }, { overflow: 'reject' });
  switch (period) {
    case 'day':
      return date(part, day);
    case 'month':
      return date(part, 1);
    case 'quarter':
      return date(part * 3 - 2, 1);
    case 'year':
      return date(1, 1);
    case 'week': {
      // ISO 8601: the first week is the one with 4 January.
      const fourth = date(1, 4);
      const monday = fourth.add({ days: 1 - fourth.dayOfWeek + 7 * (part - 1) });
      return monday.weekOfYear === part && monday.yearOfWeek === year ? monday : undefined;
    }
  }
}
