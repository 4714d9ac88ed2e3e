import { describe, expect, test } from 'vitest';
import {
  baselineOf,
  LOOK_BACK_CELLS_MAX,
  lookBackFault,
  lookBackWindows,
  samePeriod,
} from '../../../services/kernel/look-back.ts';
import type { Shift } from '../../../services/kernel/fiscal-year.ts';
import { zoneCalendar } from '../../../services/kernel/window.ts';
import type { WindowSize } from '../../../services/kernel/window.ts';
import { parseWindowSize } from '../../../services/kernel/window-size.ts';

const sizeOf = (text: string): WindowSize => {
  const size = parseWindowSize(text);
  if (!size) throw new Error(`${text} is no window`);
  return size;
};

/** Start and end in local time of the window so much before the one whose last step begins then. */
function before(shift: Shift, at: { zone: string; window: string; local: string }): string {
  const { zone, window, local } = at;
  const size = sizeOf(window);
  const instant = Temporal.ZonedDateTime.from(`${local}[${zone}]`).epochMilliseconds;
  const calendar = zoneCalendar(zone);
  const stepMs = calendar.stepAt(size, instant).startMs;
  const found = samePeriod({ calendar, size, stepMs }, shift);
  const show = (ms: number): string =>
    Temporal.Instant.fromEpochMilliseconds(ms)
      .toZonedDateTimeISO(zone)
      .toString({ timeZoneName: 'never', smallestUnit: 'minute' });
  return `${show(found.startMs)} ${show(found.endMs)}`;
}

describe('the same period', () => {
  test.each([
    ['2026-03-31', '2026-02-28'],
    ['2026-03-30', '2026-02-28'],
    ['2026-03-29', '2026-02-28'],
    ['2024-03-31', '2024-02-29'],
    ['2026-05-31', '2026-04-30'],
    ['2026-01-31', '2025-12-31'],
  ])('of last month: the day of %s has %s', (day, wanted) => {
    const at = { zone: 'Asia/Shanghai', window: 'day', local: `${day}T00:00` };
    expect(before({ months: 1 }, at)).toMatch(new RegExp(`^${wanted}T00:00`));
  });

  test('of last year: 29 February has 28 February', () => {
    const at = { zone: 'Asia/Shanghai', window: 'day', local: '2024-02-29T00:00' };
    expect(before({ years: 1 }, at)).toBe('2023-02-28T00:00+08:00 2023-03-01T00:00+08:00');
  });

  test('of a month is the month before, whatever their lengths', () => {
    const at = { zone: 'Europe/Berlin', window: 'month', local: '2026-03-01T00:00' };
    expect(before({ months: 1 }, at)).toBe('2026-02-01T00:00+01:00 2026-03-01T00:00+01:00');
    expect(before({ years: 1 }, at)).toBe('2025-03-01T00:00+01:00 2025-04-01T00:00+02:00');
  });

  test('of a month so far ends with the same day, or the last one that there is', () => {
    const at = { zone: 'Asia/Shanghai', window: 'month-to-date', local: '2026-03-30T00:00' };
    expect(before({ months: 1 }, at)).toBe('2026-02-01T00:00+08:00 2026-03-01T00:00+08:00');
  });

  test('of an hour across a clock change is the hour of the same name', () => {
    const at = { zone: 'Europe/Berlin', window: 'hour', local: '2026-03-30T09:00' };
    expect(before({ weeks: 1 }, at)).toBe('2026-03-23T09:00+01:00 2026-03-23T10:00+01:00');
  });

  test('of an hour that the clock change skipped is the one after the gap', () => {
    const at = { zone: 'Europe/Berlin', window: 'hour', local: '2026-04-05T02:00' };
    expect(before({ weeks: 1 }, at)).toBe('2026-03-29T03:00+02:00 2026-03-29T04:00+02:00');
  });

  test('of an hour that came twice is the first of the two', () => {
    const at = { zone: 'Europe/Berlin', window: 'hour', local: '2026-11-01T02:00' };
    // To the minute the second hour begins where the first one ends.
    expect(before({ weeks: 1 }, at)).toBe('2026-10-25T02:00+02:00 2026-10-25T02:00+01:00');
  });

  test('of the day of a clock change is a whole day on either side', () => {
    const at = { zone: 'Europe/Berlin', window: 'day', local: '2026-03-29T00:00' };
    expect(before({ weeks: 1 }, at)).toBe('2026-03-22T00:00+01:00 2026-03-23T00:00+01:00');
    const after = { zone: 'Europe/Berlin', window: 'day', local: '2026-04-05T00:00' };
    expect(before({ weeks: 1 }, after)).toBe('2026-03-29T00:00+01:00 2026-03-30T00:00+02:00');
  });

  test('of a day in a zone whose days may begin at one', () => {
    // São Paulo, 2018-11-04: the day begins at 01:00.
    const at = { zone: 'America/Sao_Paulo', window: 'day', local: '2018-11-11T00:00' };
    expect(before({ weeks: 1 }, at)).toBe('2018-11-04T01:00-02:00 2018-11-05T00:00-02:00');
  });
});

describe('the baseline', () => {
  test.each([
    ['of an odd number the middle one', [5, 1, 9, 3, 7], 5],
    ['of an even number the mean of the middle two', [1, 2, 4, 100], 3],
    ['rounded half to even', [1, 2, 3, 100], 2],
    ['rounded half to even, upwards', [1, 3, 4, 100], 4],
    ['of negative ones too', [-1, -2, -3, -100], -2],
    ['of what is known', [null, 1, null, 2, null, 3, 4], 2],
    ['of less than four known ones: none', [1, null, 2, 3], null],
    ['of nothing: none', [], null],
  ])('%s', (_, values, wanted) => {
    expect(baselineOf(values)).toBe(wanted);
  });

  test('is exact beyond what a double holds', () => {
    const big = 9_007_199_254_740_993n;
    expect(baselineOf([big, big, big, big + 2n])).toBe(big);
  });

  test('stands on the same hour of eight weeks, the newest first', () => {
    const zone = 'Europe/Berlin';
    const calendar = zoneCalendar(zone);
    const size = sizeOf('hour');
    const stepMs = Temporal.ZonedDateTime.from(`2026-04-14T09:00[${zone}]`).epochMilliseconds;
    const windows = lookBackWindows('baseline', { calendar, size, stepMs });
    const shown = windows.map(({ startMs }) =>
      Temporal.Instant.fromEpochMilliseconds(startMs).toZonedDateTimeISO(zone),
    );
    expect(shown.map((one) => one.toPlainDate().toString())).toEqual([
      '2026-04-07',
      '2026-03-31',
      '2026-03-24',
      '2026-03-17',
      '2026-03-10',
      '2026-03-03',
      '2026-02-24',
      '2026-02-17',
    ]);
    expect(new Set(shown.map(({ hour }) => hour))).toEqual(new Set([9]));
  });
});

describe('a window without the look-back is refused when the rule is saved', () => {
  test.each([
    ['month', 'samePeriodLastWeek'],
    ['month', 'baseline'],
    ['quarter', 'samePeriodLastMonth'],
    ['year', 'samePeriodLastMonth'],
    ['month-to-date', 'baseline'],
    ['minute', 'samePeriodLastYear'],
    ['minute', 'samePeriodLastMonth'],
    ['PT15M', 'baseline'],
    ['PT30M/PT1M', 'samePeriodLastYear'],
  ] as const)('%s has no %s', (window, name) => {
    expect(lookBackFault(name, sizeOf(window))).toMatch(/has no|reaches back/);
  });

  test.each([
    ['minute', 'samePeriodLastWeek'],
    ['hour', 'samePeriodLastYear'],
    ['hour', 'baseline'],
    ['day', 'samePeriodLastYear'],
    ['week', 'samePeriodLastWeek'],
    ['week', 'baseline'],
    ['month', 'samePeriodLastMonth'],
    ['year', 'samePeriodLastYear'],
    ['day-to-date', 'baseline'],
    ['month-to-date', 'samePeriodLastMonth'],
    ['P7D/P1D', 'samePeriodLastWeek'],
  ] as const)('%s has %s', (window, name) => {
    expect(lookBackFault(name, sizeOf(window))).toBeUndefined();
  });

  test('the bound holds a year of hours and a week of minutes', () => {
    expect(LOOK_BACK_CELLS_MAX).toBeGreaterThan(366 * 24 + 2);
    expect(LOOK_BACK_CELLS_MAX).toBeGreaterThan(7 * 1_440 + 60);
  });
});
