import { describe, expect, test } from 'vitest';
import { datesNamed, fiscalName } from '../../../services/kernel/fiscal-name.ts';
import { longestDays, periodDates } from '../../../services/kernel/fiscal-year.ts';
import type { FiscalYear, Shift } from '../../../services/kernel/fiscal-year.ts';
import { parseRfc3339 } from '../../../services/kernel/time.ts';
import { parseWindowSize } from '../../../services/kernel/window-size.ts';
import { zoneCalendar } from '../../../services/kernel/window.ts';
import type { Period, WindowSize } from '../../../services/kernel/window.ts';

/** As the National Retail Federation publishes it. */
const NRF: FiscalYear = {
  id: 'nrf',
  namedBy: 'start',
  weekStart: 7,
  weeks: { pattern: '4-5-4', lastMonth: 1, end: 'nearest' },
};
/** Years of ISO 8601 weeks. */
const ISO: FiscalYear = {
  id: 'iso',
  namedBy: 'end',
  weekStart: 1,
  weeks: { pattern: '4-4-5', lastMonth: 12, end: 'nearest' },
};
/** Ends on the last Saturday of September, as Apple's years do. */
const LAST: FiscalYear = {
  id: 'last',
  namedBy: 'end',
  weekStart: 7,
  weeks: { pattern: '5-4-4', lastMonth: 9, end: 'last' },
};
const date = (text: string) => Temporal.PlainDate.from(text);
const shown = (period: Period, day: string, year: FiscalYear): string => {
  const { start, end } = periodDates(period, date(day), year);
  const last = end.subtract({ days: 1 });
  return `${fiscalName(period, start, year)} ${start.toString()} ${last.toString()}`;
};

describe('the 4-5-4 calendar of the NRF', () => {
  test.each([
    [2006, '2006-01-29', '2007-02-03', 53],
    [2011, '2011-01-30', '2012-01-28', 52],
    [2012, '2012-01-29', '2013-02-02', 53],
    [2013, '2013-02-03', '2014-02-01', 52],
    [2014, '2014-02-02', '2015-01-31', 52],
    [2015, '2015-02-01', '2016-01-30', 52],
    [2016, '2016-01-31', '2017-01-28', 52],
    [2017, '2017-01-29', '2018-02-03', 53],
    [2018, '2018-02-04', '2019-02-02', 52],
    [2019, '2019-02-03', '2020-02-01', 52],
    [2020, '2020-02-02', '2021-01-30', 52],
    [2021, '2021-01-31', '2022-01-29', 52],
    [2022, '2022-01-30', '2023-01-28', 52],
    [2023, '2023-01-29', '2024-02-03', 53],
    [2024, '2024-02-04', '2025-02-01', 52],
    [2025, '2025-02-02', '2026-01-31', 52],
  ])('%d is from %s to %s, of %d weeks', (name, from, to, weeks) => {
    for (const day of [from, to]) expect(shown('year', day, NRF)).toBe(`FY${name} ${from} ${to}`);
    expect(date(from).until(date(to)).days + 1).toBe(weeks * 7);
    expect(shown('week', to, NRF)).toContain(`FY${name} W${weeks} `);
  });

  test('2023 has months of 4, 5, 4 weeks, and a January of 5', () => {
    const starts = [
      '2023-01-29 2023-02-25',
      '2023-02-26 2023-04-01',
      '2023-04-02 2023-04-29',
      '2023-04-30 2023-05-27',
      '2023-05-28 2023-07-01',
      '2023-07-02 2023-07-29',
      '2023-07-30 2023-08-26',
      '2023-08-27 2023-09-30',
      '2023-10-01 2023-10-28',
      '2023-10-29 2023-11-25',
      '2023-11-26 2023-12-30',
      '2023-12-31 2024-02-03',
    ];
    for (const [i, days] of starts.entries())
      for (const day of days.split(' '))
        expect(shown('month', day, NRF)).toBe(`FY2023 M${String(i + 1).padStart(2, '0')} ${days}`);
    expect(shown('quarter', '2024-02-03', NRF)).toBe('FY2023 Q4 2023-10-29 2024-02-03');
  });
});

describe('other years of weeks', () => {
  // Ends of Apple's fiscal years, of its annual reports (form 10-K).
  test.each([
    [2011, '2011-09-24'],
    [2012, '2012-09-29'],
    [2016, '2016-09-24'],
    [2017, '2017-09-30'],
    [2018, '2018-09-29'],
    [2022, '2022-09-24'],
    [2023, '2023-09-30'],
    [2024, '2024-09-28'],
  ])('of the last Saturday in September: %d ends on %s', (name, day) => {
    expect(shown('year', day, LAST)).toMatch(new RegExp(`^FY${name} .* ${day}$`));
  });

  test('of ISO weeks: a year has the weeks of that year, and its months 4, 4 and 5 of them', () => {
    expect(shown('year', '2026-06-01', ISO)).toBe('FY2026 2025-12-29 2027-01-03');
    expect(shown('month', '2026-01-25', ISO)).toBe('FY2026 M01 2025-12-29 2026-01-25');
    expect(shown('month', '2026-02-23', ISO)).toBe('FY2026 M03 2026-02-23 2026-03-29');
    expect(shown('month', '2027-01-03', ISO)).toBe('FY2026 M12 2026-11-23 2027-01-03');
    expect(shown('week', '2027-01-03', ISO)).toBe('FY2026 W53 2026-12-28 2027-01-03');
  });

  test('of ISO weeks are called by the year at whose end they end, also where they begin before it', () => {
    const byStart: FiscalYear = { ...ISO, namedBy: 'start' };
    for (const day of ['2014-12-29', '2015-12-31', '2016-01-04'])
      expect(shown('year', day, byStart)).toBe(shown('year', day, ISO));
    expect(shown('year', '2014-12-29', ISO)).toContain('FY2015 ');
  });

  test('have a sixth week of a month where the 53rd is added to one of five', () => {
    const { start, end } = periodDates('month', date('2027-01-03'), ISO);
    expect(start.until(end).days).toBe(longestDays('month', ISO));
    const whole = periodDates('quarter', date('2027-01-03'), ISO);
    expect(whole.start.until(whole.end).days).toBe(longestDays('quarter', ISO));
  });
});

describe('a name', () => {
  const fiscal: FiscalYear = { id: 'f', namedBy: 'end', weekStart: 1, firstMonth: 4, firstDay: 1 };
  test.each([
    ['fy2023-w53', NRF, '2024-01-28 2024-02-04'],
    ['FY2023', NRF, '2023-01-29 2024-02-04'],
    ['FY2026 Q1', fiscal, '2025-04-01 2025-07-01'],
    ['FY2026M12', fiscal, '2026-03-01 2026-04-01'],
  ] as const)('%s is of dates', (text, year, dates) => {
    const found = datesNamed(text, year);
    expect(`${found?.start.toString()} ${found?.end.toString()}`).toBe(dates);
  });

  test.each([
    ['FY2022 W53', NRF, 'a year of 52 weeks has none'],
    ['FY2026 W01', fiscal, 'weeks belong to no year of months'],
    ['FY2026 M13', fiscal, 'there are twelve months'],
    ['FY2026 Q0', fiscal, 'quarters are counted from 1'],
    ['2026-04', fiscal, 'it is a name of the Gregorian calendar'],
    ['FY26', fiscal, 'years have four digits'],
  ] as const)('%s of %o is none: %s', (text, year, why) => {
    expect(datesNamed(text, year), why).toBeUndefined();
  });
});

describe('the same period before', () => {
  const ZONE = 'America/New_York';
  const before = (size: string, day: string, shift: Shift, of: FiscalYear = NRF): string => {
    const calendar = zoneCalendar(ZONE, of);
    const at = date(day).toZonedDateTime({ timeZone: ZONE, plainTime: '09:30' });
    const found = calendar.windowAt(
      parseWindowSize(size) as WindowSize,
      calendar.earlier(at.epochMilliseconds, shift),
    );
    const local = (ms: number) =>
      Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(ZONE).toPlainDateTime();
    const { startMs, endMs } = found;
    return `${local(startMs).toString().slice(0, 16)} ${local(endMs).toString().slice(0, 16)}`;
  };

  test.each<[string, string, string, Shift, string]>([
    // Thanksgiving week is week 43 of both.
    ['a week', 'week', '2022-11-24', { years: 1 }, '2021-11-21T00:00 2021-11-28T00:00'],
    ['a month', 'month', '2024-02-04', { years: 1 }, '2023-01-29T00:00 2023-02-26T00:00'],
    [
      'the month with week 53',
      'month',
      '2024-01-31',
      { years: 1 },
      '2023-01-01T00:00 2023-01-29T00:00',
    ],
    [
      'week 1 after a year of 53',
      'week',
      '2024-02-04',
      { years: 1 },
      '2023-01-29T00:00 2023-02-05T00:00',
    ],
    ['week 53: week 52', 'week', '2024-01-31', { years: 1 }, '2023-01-22T00:00 2023-01-29T00:00'],
    [
      'week 52 of a year of 53',
      'week',
      '2024-01-25',
      { years: 1 },
      '2023-01-22T00:00 2023-01-29T00:00',
    ],
    ['a year of 53 weeks', 'year', '2023-06-01', { years: 1 }, '2022-01-30T00:00 2023-01-29T00:00'],
    ['a year after one', 'year', '2024-06-01', { years: 1 }, '2023-01-29T00:00 2024-02-04T00:00'],
    [
      'a day: the weekday of the week',
      'day',
      '2022-11-24',
      { years: 1 },
      '2021-11-25T00:00 2021-11-26T00:00',
    ],
    ['a day of week 53', 'day', '2024-02-03', { years: 1 }, '2023-01-28T00:00 2023-01-29T00:00'],
    ['an hour', 'hour', '2024-03-13', { years: 1 }, '2023-03-08T09:00 2023-03-08T10:00'],
    [
      'a year to date',
      'year-to-date',
      '2024-03-13',
      { years: 1 },
      '2023-01-29T00:00 2023-03-09T00:00',
    ],
    ['a month before', 'month', '2024-02-20', { months: 1 }, '2023-12-31T00:00 2024-02-04T00:00'],
    [
      'the fifth week of a month of five',
      'week',
      '2023-03-29',
      { months: 1 },
      '2023-02-19T00:00 2023-02-26T00:00',
    ],
    [
      'a quarter before the first',
      'quarter',
      '2024-02-04',
      { months: 3 },
      '2023-10-29T00:00 2024-02-04T00:00',
    ],
    [
      'weeks are seven days',
      'day',
      '2024-02-04',
      { weeks: 1 },
      '2024-01-28T00:00 2024-01-29T00:00',
    ],
    ['days are days', 'day', '2024-02-04', { days: 1 }, '2024-02-03T00:00 2024-02-04T00:00'],
  ])('of %s', (_, size, day, shift, wanted) => {
    expect(before(size, day, shift)).toBe(wanted);
  });

  test('begins at local midnight across changes of the clock', () => {
    const at = parseRfc3339('2024-03-15T12:00:00Z') as number;
    const { startMs, endMs } = zoneCalendar(ZONE, NRF).windowAt(
      { kind: 'period', period: 'month' },
      at,
    );
    expect(new Date(startMs).toISOString()).toBe('2024-03-03T05:00:00.000Z');
    expect(new Date(endMs).toISOString()).toBe('2024-04-07T04:00:00.000Z');
  });
});
