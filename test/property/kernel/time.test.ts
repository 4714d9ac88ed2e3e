import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatRfc3339, parseRfc3339, rfc3339Writer } from '../../../services/kernel/time.ts';

const two = (max: number) => fc.integer({ min: 0, max }).map((n) => String(n).padStart(2, '0'));
/** Dates and times of the usual form, of which some are none; now and then with a character that does not belong. */
const stem = fc
  .tuple(
    fc.integer({ min: 0, max: 9999 }).map((year) => String(year).padStart(4, '0')),
    two(13),
    two(32),
    two(25),
    two(61),
    two(61),
    fc.option(fc.integer({ min: 0, max: 999 }).map((ms) => `.${String(ms).padStart(3, '0')}`)),
    fc.option(fc.tuple(fc.nat({ max: 23 }), fc.constantFrom('x', ' ', '-', ':', '٣')), { freq: 9 }),
  )
  .map(([year, month, day, hour, minute, second, fraction, stray]) => {
    const text = `${year}-${month}-${day}T${hour}:${minute}:${second}${fraction ?? ''}`;
    return stray && stray[0] < text.length
      ? `${text.slice(0, stray[0])}${stray[1]}${text.slice(stray[0] + 1)}`
      : text;
  });

test('times of the usual form are read as those that spell out their zone', () => {
  fc.assert(
    fc.property(stem, (text) => {
      expect(parseRfc3339(`${text}Z`)).toBe(parseRfc3339(`${text}+00:00`));
    }),
    { numRuns: 2_000 },
  );
});

test('what was formatted is read back', () => {
  const from = Date.UTC(100, 0, 1);
  fc.assert(
    fc.property(fc.integer({ min: from, max: Date.UTC(9999, 11, 31) }), (ms) => {
      expect(parseRfc3339(formatRfc3339(ms))).toBe(ms);
    }),
  );
});

test('many times at once are written as each by itself', () => {
  const times = fc.integer({ min: Date.UTC(1900, 0), max: Date.UTC(2200, 0) });
  fc.assert(
    fc.property(fc.array(fc.oneof(times, fc.integer({ min: -100, max: 100 }))), (list) => {
      const write = rfc3339Writer();
      expect(list.map(write)).toEqual(list.map(formatRfc3339));
      expect(list.map(write)).toEqual(list.map(formatRfc3339));
    }),
  );
});

test('a writer of more times than it keeps writes each as it is', () => {
  const write = rfc3339Writer();
  const times = Array.from({ length: 45_000 }, (_, minute) => minute * 60_000);
  for (const ms of [...times, ...times.slice(0, 100)])
    if (write(ms) !== formatRfc3339(ms)) expect(write(ms)).toBe(formatRfc3339(ms));
});
