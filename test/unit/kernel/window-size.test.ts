import { describe, expect, test } from 'vitest';
import { formatWindowSize, parseWindowSize } from '../../../services/kernel/window-size.ts';
import type { WindowSize } from '../../../services/kernel/window.ts';
import { zoneCalendar } from '../../../services/kernel/window.ts';

const HOUR = 3_600_000;

describe('the name of a window', () => {
  test.each<[string, WindowSize]>([
    ['hour', { kind: 'grain', grain: 'hour' }],
    ['PT1H', { kind: 'grain', grain: 'hour' }],
    ['P1D', { kind: 'grain', grain: 'day' }],
    ['PT15M', { kind: 'tumbling', sizeMs: HOUR / 4 }],
    ['PT30M/PT1M', { kind: 'sliding', sizeMs: HOUR / 2, everyMs: HOUR / 60 }],
    ['PT36H/PT1H', { kind: 'sliding', sizeMs: 36 * HOUR, everyMs: HOUR }],
    ['P7D/P1D', { kind: 'sliding-days', days: 7 }],
    ['P2W/P1D', { kind: 'sliding-days', days: 14 }],
    ['month-to-date', { kind: 'to-date', period: 'month' }],
    ['day-to-date', { kind: 'to-date', period: 'day' }],
  ])('%s is read', (text, size) => {
    expect(parseWindowSize(text)).toEqual(size);
    expect(parseWindowSize(formatWindowSize(size))).toEqual(size);
  });

  test.each([
    'PT7M',
    'PT90S',
    'P7D',
    'PT30M/PT7M',
    'PT30M/PT30M',
    'PT1M/PT30M',
    'P1D/P1D',
    'P400D/P1D',
    'P7D/PT1H',
    'PT24H/P1D',
    'P1M/P1D',
    'PT30M/PT1M/PT1M',
    'hour-to-date',
    'to-date',
    '',
  ])('%s is none', (text) => {
    expect(parseWindowSize(text)).toBeUndefined();
  });
});

describe('around a change of the clock in Berlin', () => {
  const calendar = zoneCalendar('Europe/Berlin');
  const at = (text: string): number => Date.parse(text);
  const windows = (size: string, [from, to]: readonly [string, string]): string[] =>
    [
      ...calendar.windowsBetween(parseWindowSize(size) as WindowSize, {
        fromMs: at(from),
        toMs: at(to),
      }),
    ].map(
      ({ startMs, endMs }) =>
        `${new Date(startMs).toISOString()} ${(endMs - startMs) / HOUR} hours`,
    );

  test('three days that slide are 71 hours long while the lost hour is in them', () => {
    expect(windows('P3D/P1D', ['2026-03-28T23:00:00Z', '2026-04-01T22:00:00Z'])).toEqual([
      '2026-03-26T23:00:00.000Z 71 hours',
      '2026-03-27T23:00:00.000Z 71 hours',
      '2026-03-28T23:00:00.000Z 71 hours',
      '2026-03-29T22:00:00.000Z 72 hours',
    ]);
  });

  test('the month to date grows by 25 hours on the day that has one more, and begins anew', () => {
    expect(windows('month-to-date', ['2026-10-29T23:00:00Z', '2026-11-01T23:00:00Z'])).toEqual([
      '2026-09-30T22:00:00.000Z 721 hours',
      '2026-09-30T22:00:00.000Z 745 hours',
      '2026-10-31T23:00:00.000Z 24 hours',
    ]);
    expect(windows('month-to-date', ['2026-10-23T22:00:00Z', '2026-10-25T23:00:00Z'])).toEqual([
      '2026-09-30T22:00:00.000Z 576 hours',
      '2026-09-30T22:00:00.000Z 601 hours',
    ]);
  });

  test('the day to date has 23 steps in spring', () => {
    const steps = windows('day-to-date', ['2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z']);
    expect(steps).toHaveLength(23);
    expect(steps.at(-1)).toBe('2026-03-28T23:00:00.000Z 23 hours');
  });

  test('windows that slide by hours are as long as ever', () => {
    expect(windows('PT6H/PT1H', ['2026-03-29T00:00:00Z', '2026-03-29T02:00:00Z'])).toEqual([
      '2026-03-28T19:00:00.000Z 6 hours',
      '2026-03-28T20:00:00.000Z 6 hours',
    ]);
  });
});
