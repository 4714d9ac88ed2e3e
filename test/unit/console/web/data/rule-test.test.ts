import { expect, test } from 'vitest';
import { shortHistory } from '../../../../../services/console/web/data/rule-test.ts';

const HOUR_MS = 3_600_000;
const of = (coveredFrom: string | null) => ({
  from: '2026-11-01T00:00:00.000Z',
  to: '2026-11-30T21:00:00.000Z',
  coveredFrom,
});
const askedMs = (29 * 24 + 21) * HOUR_MS;

test('an hour of history does not pass for the month that was asked for', () => {
  expect(shortHistory(of('2026-11-30T20:00:00.000Z'))).toEqual({ coveredMs: HOUR_MS, askedMs });
  expect(shortHistory(of(null))).toEqual({ coveredMs: 0, askedMs });
});

test('that the first window begins a little after the time asked for is no lack of history', () => {
  expect(shortHistory(of('2026-11-02T00:00:00.000Z'))).toBeUndefined();
  expect(shortHistory(of('2026-11-01T00:00:00.000Z'))).toBeUndefined();
});
