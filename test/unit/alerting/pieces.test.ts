import { expect, test } from 'vitest';
import { piecesOf } from '../../../services/alerting/batch.ts';

/** A batch of every third offset from 100 on: compaction and control records leave holes. */
const batchOf = (count: number) => ({
  partition: 0,
  fetchedOffset: 100,
  nextOffset: 5_000,
  records: Array.from({ length: count }, (_, i) => ({
    offset: 100 + 3 * i,
    appendMs: i,
    key: null,
    value: null,
  })),
});

test('a breach waits for no more than 256 records: pieces hold each record once, in order', () => {
  const batch = batchOf(600);
  const pieces = piecesOf(batch);
  expect(pieces.map(({ records }) => records.length)).toEqual([256, 256, 88]);
  expect(pieces.flatMap(({ records }) => records)).toEqual(batch.records);
});

test('each piece ends where the next begins, holes or not, and the last where the batch does', () => {
  const pieces = piecesOf(batchOf(600));
  const begins = pieces.slice(1).map(({ records }) => records[0]?.offset);
  expect(pieces.map(({ nextOffset }) => nextOffset)).toEqual([...begins, 5_000]);
  expect(piecesOf(batchOf(256)).map(({ nextOffset }) => nextOffset)).toEqual([5_000]);
});

test('a batch of control records alone still moves the cursor', () => {
  expect(piecesOf(batchOf(0))).toEqual([{ records: [], nextOffset: 5_000 }]);
});
