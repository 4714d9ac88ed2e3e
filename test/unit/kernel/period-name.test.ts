import { expect, test } from 'vitest';
import { daysOfPeriod } from '../../../services/kernel/period-name.ts';

test.each([
  ['2026-11-30', '2026-11-30', '2026-12-01'],
  ['2026-W49', '2026-11-30', '2026-12-07'],
  ['2026-W01', '2025-12-29', '2026-01-05'],
  ['2026-W53', '2026-12-28', '2027-01-04'],
  ['2026-11', '2026-11-01', '2026-12-01'],
  ['2026-Q4', '2026-10-01', '2027-01-01'],
  ['2026', '2026-01-01', '2027-01-01'],
])('%s is the days from %s to before %s', (name, from, to) => {
  expect(daysOfPeriod(name)).toEqual({ from, to });
});

test.each(['2026-13', '2026-Q5', '2025-W53', '2026-W00', '2026-02-30', 'November', '26', ''])(
  '%s is no period',
  (name) => {
    expect(daysOfPeriod(name)).toBeUndefined();
  },
);
