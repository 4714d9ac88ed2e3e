import fc from 'fast-check';
import { expect, test } from 'vitest';
import { grainOf, parseWindowSize } from '../../../services/kernel/window-size.ts';
import { GRAINS, zoneCalendar } from '../../../services/kernel/window.ts';
import type { WindowSize } from '../../../services/kernel/window.ts';

/** Zones with half hours, without a midnight on some days (Havana, Beirut), with a day that never was (Apia), with double summer time. */
const ZONES = [
  'UTC',
  'Europe/London',
  'America/New_York',
  'America/Havana',
  'Asia/Beirut',
  'Asia/Kolkata',
  'Asia/Shanghai',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Africa/Casablanca',
] as const;
const SIZES = ['minute', 'hour', 'day', 'week', 'month', 'quarter', 'year', 'PT15M', 'PT6H'].map(
  (text) => parseWindowSize(text) as WindowSize,
);

const OVERLAPPING = [
  'PT30M/PT1M',
  'PT90M/PT15M',
  'PT24H/PT1H',
  'P7D/P1D',
  'P4W/P1D',
  'day-to-date',
  'week-to-date',
  'month-to-date',
  'quarter-to-date',
  'year-to-date',
].map((text) => parseWindowSize(text) as WindowSize);

const zones = fc.constantFrom(...ZONES);
const sizes = fc.constantFrom(...SIZES);
const instants = fc.integer({
  min: Date.UTC(1985, 0, 1),
  max: Date.UTC(2045, 0, 1),
});
/** Just around changes of the clock: every hour of the last three months' ends that many zones change at. */
const changes = fc
  .tuple(
    fc.constantFrom(
      '2011-12-30',
      '2024-03-10',
      '2024-03-31',
      '2024-10-27',
      '2024-11-03',
      '2025-03-30',
    ),
    fc.integer({ min: -36 * 60, max: 60 * 60 }),
  )
  .map(([day, minutes]) => Date.parse(`${day}T00:00:00Z`) + minutes * 60_000);
const times = fc.oneof(instants, changes);

test('every instant lies in its window, and windows follow each other without gap or overlap', () => {
  fc.assert(
    fc.property(zones, sizes, times, (zone, size, timeMs) => {
      const calendar = zoneCalendar(zone);
      const window = calendar.windowAt(size, timeMs);
      expect(window.startMs <= timeMs && timeMs < window.endMs).toBe(true);
      expect(calendar.windowAt(size, window.startMs)).toEqual(window);
      expect(calendar.windowAt(size, window.endMs - 1)).toEqual(window);
      expect(calendar.windowAt(size, window.endMs).startMs).toBe(window.endMs);
      expect(calendar.windowAt(size, window.startMs - 1).endMs).toBe(window.startMs);
    }),
    { numRuns: 2_000 },
  );
});

test('steps follow each other without gap or overlap, and each ends one window that holds it', () => {
  fc.assert(
    fc.property(zones, fc.constantFrom(...SIZES, ...OVERLAPPING), times, (zone, size, timeMs) => {
      const calendar = zoneCalendar(zone);
      const step = calendar.stepAt(size, timeMs);
      const window = calendar.windowAt(size, timeMs);
      expect(step.startMs <= timeMs && timeMs < step.endMs).toBe(true);
      expect(calendar.stepAt(size, step.startMs)).toEqual(step);
      expect(calendar.stepAt(size, step.endMs).startMs).toBe(step.endMs);
      expect(calendar.stepAt(size, step.startMs - 1).endMs).toBe(step.startMs);
      expect(window.endMs).toBe(step.endMs);
      expect(window.startMs).toBeLessThanOrEqual(step.startMs);
      expect(calendar.windowAt(size, window.endMs).endMs).toBeGreaterThan(window.endMs);
    }),
    { numRuns: 2_000 },
  );
});

test('a window to date begins where its period does, and the last one of the period is the period', () => {
  const periods = fc.constantFrom('day', 'week', 'month', 'quarter', 'year');
  fc.assert(
    fc.property(zones, periods, times, (zone, period, timeMs) => {
      const calendar = zoneCalendar(zone);
      const size = parseWindowSize(`${period}-to-date`) as WindowSize;
      const whole = calendar.windowAt(parseWindowSize(period) as WindowSize, timeMs);
      expect(calendar.windowAt(size, timeMs).startMs).toBe(whole.startMs);
      expect(calendar.windowAt(size, whole.endMs - 1)).toEqual(whole);
    }),
    { numRuns: 1_000 },
  );
});

test('cells of the grain that a window is merged from tile it exactly', () => {
  const wholeHours = OVERLAPPING.filter((size) => grainOf(size) !== 'hour');
  fc.assert(
    fc.property(zones, fc.constantFrom(...SIZES, ...wholeHours), times, (zone, size, timeMs) => {
      const calendar = zoneCalendar(zone);
      const window = calendar.windowAt(size, timeMs);
      const grain = grainOf(size);
      expect(calendar.cellStart(grain, window.startMs)).toBe(window.startMs);
      const last = calendar.cellStart(grain, window.endMs - 1);
      expect(calendar.cellEnd(grain, last)).toBe(window.endMs);
    }),
    { numRuns: 1_000 },
  );
});

test('the hot path, cached per hour, gives the same cells as the windows', () => {
  fc.assert(
    fc.property(zones, fc.array(times, { minLength: 1, maxLength: 20 }), (zone, list) => {
      const cached = zoneCalendar(zone);
      for (const timeMs of list)
        for (const grain of GRAINS) {
          const window = zoneCalendar(zone).windowAt({ kind: 'grain', grain }, timeMs);
          const startMs = cached.cellStart(grain, timeMs);
          expect({ startMs, endMs: cached.cellEnd(grain, startMs) }).toEqual(window);
        }
    }),
  );
});

test('windows between two instants are those that start there, in order', () => {
  fc.assert(
    fc.property(zones, times, (zone, fromMs) => {
      const calendar = zoneCalendar(zone);
      const toMs = fromMs + 40 * 86_400_000;
      const days = [...calendar.windowsBetween({ kind: 'grain', grain: 'day' }, { fromMs, toMs })];
      expect(days.every(({ startMs }) => startMs >= fromMs && startMs < toMs)).toBe(true);
      for (let i = 1; i < days.length; i++) expect(days[i]?.startMs).toBe(days[i - 1]?.endMs);
      expect(days.length).toBeGreaterThanOrEqual(39);
    }),
  );
});
