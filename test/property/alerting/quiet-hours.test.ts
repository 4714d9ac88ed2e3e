import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dueDigest } from '../../../services/alerting/core/sending/digest-time.ts';
import { QUIET_MAX_MS, quietUntil } from '../../../services/alerting/core/people/quiet-hours.ts';
import type { DigestTime, QuietHours } from '../../../services/kernel/definitions.ts';
import { WEEKDAYS } from '../../../services/kernel/catalog/people-fields.ts';

const zone = fc.constantFrom(
  'Asia/Shanghai',
  'Europe/London',
  'America/New_York',
  'Australia/Lord_Howe',
  'America/Sao_Paulo',
  'Pacific/Apia',
  'UTC',
);
const clock = fc
  .record({ hour: fc.integer({ min: 0, max: 23 }), minute: fc.constantFrom(0, 15, 30, 59) })
  .map(({ hour, minute }) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`);
const days = fc.uniqueArray(fc.constantFrom(...WEEKDAYS), { minLength: 1 });
const hours: fc.Arbitrary<QuietHours> = fc
  .record({ from: clock, to: fc.oneof(clock, fc.constant('24:00')), days })
  .filter(({ from, to }) => from !== to);
const MINUTE = 60_000;
const moment = fc
  .integer({ min: Date.UTC(2011, 0, 1) / MINUTE, max: Date.UTC(2030, 0, 1) / MINUTE })
  .map((minute) => minute * MINUTE);

test('the end of quiet hours lies ahead, within seven days, and is not quiet itself', () => {
  fc.assert(
    fc.property(fc.array(hours, { maxLength: 4 }), zone, moment, (list, timezone, atMs) => {
      const untilMs = quietUntil(list, timezone, atMs);
      if (untilMs === null) return;
      expect(untilMs).toBeGreaterThan(atMs);
      expect(untilMs - atMs).toBeLessThanOrEqual(QUIET_MAX_MS);
      if (untilMs - atMs < QUIET_MAX_MS) expect(quietUntil(list, timezone, untilMs)).toBeNull();
    }),
  );
});

test('every minute before the end has the same end', () => {
  fc.assert(
    fc.property(
      hours,
      zone,
      moment,
      fc.integer({ min: 1, max: 600 }),
      (one, timezone, atMs, later) => {
        const untilMs = quietUntil([one], timezone, atMs);
        const thenMs = atMs + later * MINUTE;
        if (untilMs === null || thenMs >= untilMs) return;
        const thenUntil = quietUntil([one], timezone, thenMs) ?? 0;
        // Only the bound of seven days moves with the moment.
        if (untilMs - atMs < QUIET_MAX_MS) expect(thenUntil).toBe(untilMs);
      },
    ),
  );
});

test('without a change of the clocks it is quiet exactly when the local time says so', () => {
  fc.assert(
    fc.property(hours, moment, (one, atMs) => {
      const local = new Date(atMs).toISOString();
      const time = local.slice(11, 16);
      const weekday = (ms: number) => WEEKDAYS[(new Date(ms).getUTCDay() + 6) % 7] as 'mon';
      const today = one.days?.includes(weekday(atMs)) ?? true;
      const yesterday = one.days?.includes(weekday(atMs - 24 * 60 * MINUTE)) ?? true;
      const isQuiet =
        one.from < one.to
          ? today && one.from <= time && time < one.to
          : (today && one.from <= time) || (yesterday && time < one.to);
      expect(quietUntil([one], 'UTC', atMs) !== null).toBe(isQuiet);
    }),
  );
});

test('a clock that goes on in steps of any length tells each date at most once, in order', () => {
  const digest: fc.Arbitrary<DigestTime> = fc.oneof(
    fc.record({ every: fc.constant('day' as const), at: clock }),
    fc.record({
      every: fc.constant('week' as const),
      at: clock,
      weekday: fc.constantFrom(...WEEKDAYS),
    }),
  );
  const steps = fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(digest, zone, moment, steps, (time, timezone, startMs, minutes) => {
      const dates: string[] = [];
      let atMs = startMs;
      for (const step of minutes) {
        const untilMs = atMs + step * MINUTE;
        const due = dueDigest(time, timezone, { afterMs: atMs, untilMs });
        if (due) {
          expect(due.atMs).toBeGreaterThan(atMs);
          expect(due.atMs).toBeLessThanOrEqual(untilMs);
          expect(due.fromMs).toBeLessThan(due.atMs);
          dates.push(due.date);
        }
        atMs = untilMs;
      }
      expect(dates).toEqual([...new Set(dates)].sort());
    }),
  );
});
