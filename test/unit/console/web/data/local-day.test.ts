import { describe, expect, it } from 'vitest';
import {
  endOfLocalDay,
  localClock,
  localDate,
} from '../../../../../services/console/web/data/local-day.ts';

describe('a local day', () => {
  it.each([
    ['2026-01-15', 'Europe/London', '2026-01-15T23:59:59Z'],
    ['2026-07-15', 'Europe/London', '2026-07-15T22:59:59Z'],
    ['2026-03-29', 'Europe/London', '2026-03-29T22:59:59Z'],
    ['2026-10-25', 'Europe/London', '2026-10-25T23:59:59Z'],
    ['2026-11-25', 'Asia/Shanghai', '2026-11-25T15:59:59Z'],
    ['2026-11-25', 'America/Los_Angeles', '2026-11-26T07:59:59Z'],
  ])('%s in %s ends at %s', (date, timezone, end) => {
    const endMs = Date.parse(end);
    expect(endOfLocalDay(date, timezone)).toBe(endMs);
    expect(localDate(endMs, timezone)).toBe(date);
    expect(localDate(endMs + 1_000, timezone)).not.toBe(date);
  });

  it('is none where there is no date', () => {
    expect(endOfLocalDay('', 'Europe/London')).toBeUndefined();
  });
});

describe('local clocks', () => {
  it.each([
    ['America/Santiago', '2026-09-06', '2026-09-06T04:00:00Z'],
    ['Africa/Cairo', '2026-04-24', '2026-04-23T22:00:00Z'],
    ['America/Havana', '2026-03-08', '2026-03-08T05:00:00Z'],
  ])('of %s skip the midnight of %s: its day begins with one o’clock', (timezone, date, start) => {
    const startMs = localClock(timezone).instant(Date.parse(date));
    expect(startMs).toBe(Date.parse(start));
    expect(localDate(startMs, timezone)).toBe(date);
    expect(localDate(startMs - 1, timezone)).not.toBe(date);
  });

  it.each(['America/Santiago', 'Africa/Cairo', 'America/Havana', 'Europe/London', 'Asia/Kolkata'])(
    'of %s show at the instant what was asked for, unless they skip it',
    (timezone) => {
      const clock = localClock(timezone);
      for (let hour = 0; hour < 366 * 24; hour++) {
        const shownMs = Date.UTC(2026, 0, 1, hour);
        const lateMs = clock.at(clock.instant(shownMs)) - shownMs;
        expect([0, 3_600_000]).toContain(lateMs);
      }
    },
  );
});
