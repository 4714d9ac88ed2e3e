import { describe, expect, test } from 'vitest';
import { parseRfc3339 } from '../../../services/kernel/time.ts';
import { parseWindowSize } from '../../../services/kernel/window-size.ts';
import { zoneCalendar } from '../../../services/kernel/window.ts';
import type { WindowSize } from '../../../services/kernel/window.ts';

const HOUR = 3_600_000;
const windowOf = (zone: string, size: string, time: string): { from: string; hours: number } => {
  const at = parseRfc3339(time);
  if (at === undefined) throw new Error(`${time} is no time`);
  const { startMs, endMs } = zoneCalendar(zone).windowAt(parseWindowSize(size) as WindowSize, at);
  return { from: new Date(startMs).toISOString(), hours: (endMs - startMs) / HOUR };
};

describe('F-063 local days and longer windows across changes of the clock', () => {
  // By hand, from the tz database's own rules (tzdata `asia`, `europe`, `northamerica`, `australasia`).
  test.each<[string, string, string, string, number]>([
    [
      'Shanghai, a day like any other',
      'Asia/Shanghai',
      '2026-01-31T15:59:59.999Z',
      '2026-01-30T16:00:00.000Z',
      24,
    ],
    [
      'Shanghai, the next one',
      'Asia/Shanghai',
      '2026-01-31T16:00:00Z',
      '2026-01-31T16:00:00.000Z',
      24,
    ],
    [
      'China put clocks forward on 4 May 1986 at 2:00',
      'Asia/Shanghai',
      '1986-05-04T12:00:00+09:00',
      '1986-05-03T16:00:00.000Z',
      23,
    ],
    [
      'and back on 14 September 1986',
      'Asia/Shanghai',
      '1986-09-14T12:00:00+08:00',
      '1986-09-13T15:00:00.000Z',
      25,
    ],
    [
      'in the last year of it, on 14 April 1991',
      'Asia/Shanghai',
      '1991-04-14T12:00:00+09:00',
      '1991-04-13T16:00:00.000Z',
      23,
    ],
    [
      'and on 15 September 1991',
      'Asia/Shanghai',
      '1991-09-15T12:00:00+08:00',
      '1991-09-14T15:00:00.000Z',
      25,
    ],
    [
      'no more in May 1992',
      'Asia/Shanghai',
      '1992-05-03T12:00:00+08:00',
      '1992-05-02T16:00:00.000Z',
      24,
    ],
    ['Berlin in spring', 'Europe/Berlin', '2026-03-29T12:00:00Z', '2026-03-28T23:00:00.000Z', 23],
    [
      'Berlin in autumn, the first 2:30',
      'Europe/Berlin',
      '2026-10-25T02:30:00+02:00',
      '2026-10-24T22:00:00.000Z',
      25,
    ],
    [
      'Berlin in autumn, the second 2:30',
      'Europe/Berlin',
      '2026-10-25T02:30:00+01:00',
      '2026-10-24T22:00:00.000Z',
      25,
    ],
    [
      'Havana, where the day begins at 1:00',
      'America/Havana',
      '2024-03-10T12:00:00Z',
      '2024-03-10T05:00:00.000Z',
      23,
    ],
    [
      'Lord Howe, by half an hour',
      'Australia/Lord_Howe',
      '2026-10-03T20:00:00Z',
      '2026-10-03T13:30:00.000Z',
      23.5,
    ],
    [
      'Apia, after the day that never was',
      'Pacific/Apia',
      '2011-12-31T00:00:00+14:00',
      '2011-12-30T10:00:00.000Z',
      24,
    ],
  ])('%s', (_, zone, time, from, hours) => {
    expect(windowOf(zone, 'day', time)).toEqual({ from, hours });
  });

  test.each<[string, string, string, string, number]>([
    ['week', 'Europe/Berlin', '2026-03-29T21:59:59.999Z', '2026-03-22T23:00:00.000Z', 7 * 24 - 1],
    ['month', 'Europe/Berlin', '2026-10-31T22:59:59Z', '2026-09-30T22:00:00.000Z', 31 * 24 + 1],
    ['quarter', 'Europe/Berlin', '2026-01-15T00:00:00Z', '2025-12-31T23:00:00.000Z', 90 * 24 - 1],
    ['year', 'Europe/Berlin', '2026-07-01T00:00:00Z', '2025-12-31T23:00:00.000Z', 365 * 24],
    ['year', 'Asia/Shanghai', '1986-07-01T00:00:00Z', '1985-12-31T16:00:00.000Z', 365 * 24],
  ])('a %s of %s at %s', (size, zone, time, from, hours) => {
    expect(windowOf(zone, size, time)).toEqual({ from, hours });
  });
});

describe('F-064 ends of months, leap days and leap seconds', () => {
  test.each<[string, string, string, string]>([
    ['the last millisecond of January', '2026-01-31T23:59:59.999+08:00', 'month', '2026-01'],
    ['the first one of February', '2026-02-01T00:00:00+08:00', 'month', '2026-02'],
    ['the last one of a year', '2025-12-31T23:59:59.999+08:00', 'month', '2025-12'],
    ['29 February', '2024-02-29T12:00:00+08:00', 'day', '2024-02-29'],
    ['29 February in its month', '2024-02-29T23:59:59.999+08:00', 'month', '2024-02'],
    ['29 February of 2000', '2000-02-29T00:00:00+08:00', 'day', '2000-02-29'],
    ['digits beyond milliseconds', '2026-01-31T23:59:59.9999999+08:00', 'month', '2026-01'],
  ])('%s lies in one window', (_, time, size, start) => {
    const at = parseRfc3339(time) ?? Number.NaN;
    const calendar = zoneCalendar('Asia/Shanghai');
    const window = calendar.windowAt(parseWindowSize(size) as WindowSize, at);
    const local = Temporal.Instant.fromEpochMilliseconds(window.startMs).toZonedDateTimeISO(
      'Asia/Shanghai',
    );
    expect(local.toPlainDate().toString()).toBe(start.padEnd(10, '-01'));
    expect(window.startMs <= at && at < window.endMs).toBe(true);
  });

  test.each([
    ['29 February of a common year', '2026-02-29T00:00:00Z'],
    ['29 February of 1900', '1900-02-29T00:00:00Z'],
    ['30 February', '2026-02-30T00:00:00Z'],
    ['31 April', '2026-04-31T00:00:00Z'],
    ['a leap second', '2016-12-31T23:59:60Z'],
    ['a leap second of another zone', '2017-01-01T07:59:60+08:00'],
    ['24:00', '2026-01-31T24:00:00Z'],
    ['no zone', '2026-01-31T08:00:00'],
    ['a lone number', '1'],
    ['an offset of 24 hours', '2026-01-31T08:00:00+24:00'],
    ['an offset of 60 minutes', '2026-01-31T08:00:00+08:60'],
  ])('%s is refused, not bent to another day', (_, text) => {
    expect(parseRfc3339(text)).toBeUndefined();
  });
});
