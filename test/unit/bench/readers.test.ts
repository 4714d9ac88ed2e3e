import { expect, test } from 'vitest';
import type { ReadersRun } from '../../../bench/readers.ts';
import { readersRatio, readersSection } from '../../../bench/report/readers.ts';

const of = (p99: number): ReadersRun['read'] => ({ samples: 100, p50: p99 / 2, p99, max: 2 * p99 });
const run = (alone: number, read: number): ReadersRun => ({
  readers: 200,
  eventsPerSecond: 5_000,
  alone: of(alone),
  read: of(read),
  lost: 1,
  answered: 1_000,
  failed: 2,
  p50: 3,
  p99: 9,
  streamedBytes: 1_500_000,
});

test('readers are judged by the medians of the rounds, one strange round does not count', () => {
  expect(readersRatio([run(100, 110), run(80, 88), run(90, 900)])).toBeCloseTo(110 / 90);
  expect(readersRatio([])).toBeUndefined();
});

test('what was lost and what failed is said, and the worst of all rounds', () => {
  const text = readersSection([run(100, 110), run(80, 88)]).join('\n');
  expect(text).toContain('Lost: 2; questions: 2,000 answered, 4 failed');
  expect(text).toMatch(/with readers *\| *44 *\| *88 *\| *220/);
});
