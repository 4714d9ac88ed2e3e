import fc from 'fast-check';
import { expect, test } from 'vitest';
import { datesNamed, fiscalName } from '../../../services/kernel/fiscal-name.ts';
import { dateBefore, longestDays, periodDates } from '../../../services/kernel/fiscal-year.ts';
import type { FiscalYear } from '../../../services/kernel/fiscal-year.ts';
import { reachMs } from '../../../services/kernel/look-back.ts';
import { WEEK_PATTERNS, YEAR_ENDS } from '../../../services/kernel/week-year.ts';
import type { WeekYear } from '../../../services/kernel/week-year.ts';
import { cellStarts } from '../../../services/kernel/window-merge.ts';
import { zoneCalendar } from '../../../services/kernel/window.ts';
import type { Period } from '../../../services/kernel/window.ts';

const DAY_MS = 86_400_000;
const PERIODS = ['week', 'month', 'quarter', 'year'] as const;
const years: fc.Arbitrary<FiscalYear & WeekYear> = fc.record({
  id: fc.constant('retail'),
  namedBy: fc.constantFrom('start', 'end'),
  weekStart: fc.integer({ min: 1, max: 7 }),
  weeks: fc.record({
    pattern: fc.constantFrom(...WEEK_PATTERNS),
    lastMonth: fc.integer({ min: 1, max: 12 }),
    end: fc.constantFrom(...YEAR_ENDS),
  }),
});
const ofMonths: fc.Arbitrary<FiscalYear> = fc.record({
  id: fc.constant('fiscal'),
  namedBy: fc.constantFrom('start', 'end'),
  weekStart: fc.integer({ min: 1, max: 7 }),
  firstMonth: fc.integer({ min: 1, max: 12 }),
  firstDay: fc.integer({ min: 1, max: 28 }),
});
const dates = fc
  .integer({ min: Date.UTC(1971, 0) / DAY_MS, max: Date.UTC(2099, 0) / DAY_MS })
  .map((day) => Temporal.PlainDate.from('1970-01-01').add({ days: day }));
const periods = fc.constantFrom(...PERIODS);

/** Whether years end on this day, by comparing it with every day around the ends of months. */
function isYearEnd(date: Temporal.PlainDate, { weekStart, weeks }: WeekYear): boolean {
  if (date.add({ days: 1 }).dayOfWeek !== weekStart) return false;
  const monthEnd = (of: Temporal.PlainDate) => of.with({ day: of.daysInMonth });
  if (weeks.end === 'last')
    return date.month === weeks.lastMonth && date.add({ weeks: 1 }).month !== weeks.lastMonth;
  return [-3, -2, -1, 0, 1, 2, 3]
    .map((days) => date.add({ days }))
    .some((near) => near.month === weeks.lastMonth && near.equals(monthEnd(near)));
}

test('a year begins on the day after the nearest that years end on, and has 52 or 53 weeks', () => {
  fc.assert(
    fc.property(years, dates, (year, date) => {
      const { start, end } = periodDates('year', date, year);
      let from = date;
      while (!isYearEnd(from.subtract({ days: 1 }), year)) from = from.subtract({ days: 1 });
      let last = date;
      while (!isYearEnd(last, year)) last = last.add({ days: 1 });
      expect(start.toString()).toBe(from.toString());
      expect(end.toString()).toBe(last.add({ days: 1 }).toString());
      expect([52 * 7, 53 * 7]).toContain(start.until(end).days);
    }),
    { numRuns: 200 },
  );
});

test('periods of one length tile the dates, and months are those of the pattern', () => {
  fc.assert(
    fc.property(years, periods, dates, (year, period, date) => {
      const { start, end } = periodDates(period, date, year);
      expect(Temporal.PlainDate.compare(start, date)).toBeLessThanOrEqual(0);
      expect(Temporal.PlainDate.compare(date, end)).toBeLessThan(0);
      expect(periodDates(period, end, year).start.toString()).toBe(end.toString());
      expect(periodDates(period, start, year).end.toString()).toBe(end.toString());
      expect(start.until(end).days).toBeLessThanOrEqual(longestDays(period, year));
      const whole = periodDates('year', date, year);
      const weeks: number[] = [];
      for (let at = whole.start; Temporal.PlainDate.compare(at, whole.end) < 0;) {
        const month = periodDates('month', at, year);
        weeks.push(at.until(month.end).days / 7);
        at = month.end;
      }
      const pattern = [1, 2, 3, 4].flatMap(() => year.weeks.pattern.split('-').map(Number));
      pattern[11] = (pattern[11] ?? 0) + whole.start.until(whole.end).days / 7 - 52;
      expect(weeks).toEqual(pattern);
    }),
    { numRuns: 500 },
  );
});

test('years 4-4-5 to the Sunday nearest to 31 December are those of ISO 8601, week by week', () => {
  const iso: FiscalYear = {
    id: 'iso',
    namedBy: 'end',
    weekStart: 1,
    weeks: { pattern: '4-4-5', lastMonth: 12, end: 'nearest' },
  };
  fc.assert(
    fc.property(dates, (date) => {
      const { start } = periodDates('week', date, iso);
      const week = String(date.weekOfYear).padStart(2, '0');
      expect(fiscalName('week', start, iso)).toBe(`FY${date.yearOfWeek} W${week}`);
    }),
    { numRuns: 2_000 },
  );
});

test('a name is found again, whatever it is written like, and is that of one period', () => {
  fc.assert(
    fc.property(fc.oneof(years, ofMonths), periods, dates, (year, period, date) => {
      const { start, end } = periodDates(period, date, year);
      const name = fiscalName(period, start, year);
      if (name === undefined) return;
      const forms = [name, name.toLowerCase(), name.replace(' ', ''), name.replace(' ', '-')];
      for (const text of [...forms, name.replace(/(?<=[MW])0/, '')]) {
        const found = datesNamed(text, year);
        expect(found?.period).toBe(period);
        expect(found?.start.toString()).toBe(start.toString());
        expect(found?.end.toString()).toBe(end.toString());
      }
      expect(fiscalName(period, end, year)).not.toBe(name);
    }),
    { numRuns: 2_000 },
  );
});

test('the same period is the same weekday of the same week, or of the last one, within what is remembered', () => {
  fc.assert(
    fc.property(years, dates, (year, date) => {
      for (const [shift, period, name] of [
        [{ years: 1 }, 'year', 'samePeriodLastYear'],
        [{ months: 1 }, 'month', 'samePeriodLastMonth'],
      ] as const) {
        const found = dateBefore(date, shift, year);
        expect(found.dayOfWeek).toBe(date.dayOfWeek);
        const own = periodDates(period, date, year);
        const before = periodDates(period, own.start.subtract({ days: 1 }), year);
        const days = Math.min(
          own.start.until(date).days,
          before.start.until(before.end).days - 7 + (own.start.until(date).days % 7),
        );
        expect(found.toString()).toBe(before.start.add({ days }).toString());
        expect(found.until(date).days * DAY_MS).toBeLessThan(reachMs([name], year));
      }
    }),
    { numRuns: 1_000 },
  );
});

test('windows tile time in every zone, and days tile them', () => {
  const zones = fc.constantFrom('UTC', 'America/New_York', 'America/Havana', 'Asia/Kolkata');
  const kinds = fc.constantFrom('period', 'to-date');
  fc.assert(
    fc.property(zones, years, periods, kinds, dates, (zone, year, period: Period, kind, date) => {
      const calendar = zoneCalendar(zone, year);
      const size = { kind, period } as const;
      const atMs = date.toZonedDateTime(zone).epochMilliseconds;
      const window = calendar.windowAt(size, atMs);
      const starts = cellStarts(calendar, 'day', window);
      expect(starts[0]).toBe(window.startMs);
      expect(zoneCalendar(zone).cellEnd('day', starts.at(-1) as number)).toBe(window.endMs);
      const step = calendar.stepAt(size, atMs);
      expect(calendar.stepAt(size, step.endMs).startMs).toBe(step.endMs);
      expect(calendar.stepAt(size, step.startMs - 1).endMs).toBe(step.startMs);
    }),
    { numRuns: 200 },
  );
});
