import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GRAINS, grainOf, parseWindowSize, zoneCalendar } from '../../../services/kernel/window.ts';
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

test('cells of the grain that a window is merged from tile it exactly', () => {
  fc.assert(
    fc.property(zones, sizes, times, (zone, size, timeMs) => {
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
