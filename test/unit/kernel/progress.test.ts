import { expect, test } from 'vitest';
import { remember, secondsLeft } from '../../../services/kernel/progress.ts';
import type { Seen } from '../../../services/kernel/progress.ts';

const all = (...seen: (readonly [number, number])[]): readonly Seen[] =>
  seen.reduce<readonly Seen[]>((known, [atMs, done]) => remember(known, { atMs, done }), []);

test('what is left is estimated by the pace of what was seen', () => {
  const seen = all([0, 100], [2_000, 300]);
  expect(secondsLeft(seen, 1_300)).toBe(10);
  expect(secondsLeft(seen, 301)).toBe(1);
  expect(secondsLeft(seen, 300)).toBe(0);
});

test('nothing is estimated of what was seen once, stands still or was never seen', () => {
  expect(secondsLeft([], 10)).toBe(null);
  expect(secondsLeft(all([0, 5]), 10)).toBe(null);
  expect(secondsLeft(all([0, 5], [1_000, 5]), 10)).toBe(null);
});

test('the pace is that of the last minute, and what began anew has none of before', () => {
  // 100 a second in the first minute, 1 a second from then on.
  const slower = all([0, 0], [60_000, 6_000], [120_000, 6_060], [180_000, 6_120]);
  expect(secondsLeft(slower, 6_130)).toBe(10);
  const anew = all([0, 0], [10_000, 10_000], [20_000, 0], [21_000, 10]);
  expect(secondsLeft(anew, 110)).toBe(10);
});

test('it forgets: as many looks as there may be leave 60', () => {
  const often = all(...Array.from({ length: 500 }, (_, i) => [i, i] as const));
  expect(often.length).toBe(60);
});
