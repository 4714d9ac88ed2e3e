import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compare } from '../../../services/kernel/integer.ts';
import { baselineOf, samePeriod } from '../../../services/kernel/look-back.ts';
import { zoneCalendar } from '../../../services/kernel/window.ts';

const ZONES = [
  'UTC',
  'Asia/Shanghai',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'America/Sao_Paulo',
];
const CALENDARS = new Map(ZONES.map((zone) => [zone, zoneCalendar(zone)]));
const calendarOf = (zone: string) => CALENDARS.get(zone) ?? zoneCalendar(zone);

const zone = fc.constantFrom(...ZONES);
const instant = fc.integer({ min: Date.UTC(2001, 0), max: Date.UTC(2037, 0) });
const shift = fc.constantFrom({ weeks: 1 }, { months: 1 }, { years: 1 }, { weeks: 8 });
const local = (zoneName: string, ms: number) =>
  Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zoneName);

test('the same period of a day is the whole local day that the calendar says, in every zone', () => {
  fc.assert(
    fc.property(zone, instant, shift, (timezone, ms, back) => {
      const calendar = calendarOf(timezone);
      const size = { kind: 'grain', grain: 'day' } as const;
      const stepMs = calendar.stepAt(size, ms).startMs;
      const found = samePeriod({ calendar, size, stepMs }, back);
      const wanted = local(timezone, stepMs)
        .toPlainDate()
        .subtract(back, { overflow: 'constrain' });
      expect(local(timezone, found.startMs).toPlainDate().toString()).toBe(wanted.toString());
      expect(calendar.windowAt(size, found.startMs)).toEqual(found);
    }),
    { numRuns: 500 },
  );
});

test('the same period of an hour holds the same local time, but for times that the clock skips', () => {
  fc.assert(
    fc.property(zone, instant, shift, (timezone, ms, back) => {
      const calendar = calendarOf(timezone);
      const size = { kind: 'grain', grain: 'hour' } as const;
      const stepMs = calendar.stepAt(size, ms).startMs;
      const found = samePeriod({ calendar, size, stepMs }, back);
      const wanted = local(timezone, stepMs).toPlainDateTime().subtract(back);
      const earliest = wanted.toZonedDateTime(timezone, { disambiguation: 'compatible' });
      expect(found.startMs).toBeLessThanOrEqual(earliest.epochMilliseconds);
      expect(found.endMs).toBeGreaterThan(earliest.epochMilliseconds);
      expect(found.startMs).toBeLessThan(stepMs);
    }),
    { numRuns: 500 },
  );
});

test('days of different order keep it: a later day never has an earlier same period', () => {
  fc.assert(
    fc.property(
      zone,
      instant,
      fc.integer({ min: 1, max: 40 }),
      shift,
      (timezone, ms, days, back) => {
        const calendar = calendarOf(timezone);
        const size = { kind: 'grain', grain: 'day' } as const;
        const of = (at: number) =>
          samePeriod({ calendar, size, stepMs: calendar.stepAt(size, at).startMs }, back).startMs;
        const later = local(timezone, ms).add({ days }).epochMilliseconds;
        expect(of(later)).toBeGreaterThanOrEqual(of(ms));
      },
    ),
    { numRuns: 300 },
  );
});

const value = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n });

test('the baseline is that of any order, lies among the known values, and is null below four', () => {
  fc.assert(
    fc.property(fc.array(fc.option(value), { maxLength: 8 }), fc.nat(), (values, turn) => {
      const known = values.filter((one) => one !== null);
      const found = baselineOf(values);
      expect(found === null).toBe(known.length < 4);
      if (found === null) return;
      const at = turn % values.length;
      const turned = [...values.slice(at), ...values.slice(0, at)].toReversed();
      expect(compare(baselineOf(turned) ?? NaN, found)).toBe(0);
      const below = known.filter((one) => one <= BigInt(found)).length;
      const above = known.filter((one) => one >= BigInt(found)).length;
      expect(below * 2).toBeGreaterThanOrEqual(known.length - 1);
      expect(above * 2).toBeGreaterThanOrEqual(known.length - 1);
    }),
    { numRuns: 500 },
  );
});

test('up to three wild values among eight move the baseline no farther than the calm ones lie', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 100, max: 110 }), { minLength: 5, maxLength: 8 }),
      fc.array(value, { minLength: 3, maxLength: 3 }),
      (calm, wild) => {
        const all = [...calm, ...wild.slice(0, 8 - calm.length)];
        const found = baselineOf(all) ?? 0;
        expect(compare(found, Math.min(...calm))).toBeGreaterThanOrEqual(0);
        expect(compare(found, Math.max(...calm))).toBeLessThanOrEqual(0);
      },
    ),
    { numRuns: 300 },
  );
});
