import { expect, test } from 'vitest';
import { recordsToRead } from '../../../../services/aggregator/core/reach.ts';

const at = (...nexts: readonly number[]) => ({
  next: (_topic: string, partition: number) => nexts[partition] ?? 0,
});
const BOUNDS = [
  { partition: 0, first: 0, end: 10 },
  { partition: 1, first: 0, end: 10 },
];

test('of each partition, what the one furthest behind has not taken is to be read', () => {
  expect([...recordsToRead([at(10, 3), at(8, 9)], 't', BOUNDS)]).toEqual([
    [0, 2],
    [1, 7],
  ]);
});

test('nothing is to be read for nobody, nor beyond an end that was seen before the cursor', () => {
  expect([...recordsToRead([], 't', BOUNDS).values()]).toEqual([0, 0]);
  expect([...recordsToRead([at(12, 12)], 't', BOUNDS).values()]).toEqual([0, 0]);
});
