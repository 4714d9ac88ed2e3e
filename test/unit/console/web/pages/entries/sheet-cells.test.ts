import { describe, expect, test } from 'vitest';
import type { Point } from '../../../../../../services/console/core/answers.ts';
import type { EntryItem } from '../../../../../../services/console/core/entries/booked-entry.ts';
import {
  cellKey,
  combinations,
  missingOf,
  nextPlace,
  sheetCells,
} from '../../../../../../services/console/web/pages/entries/sheet-cells.ts';

const windows = [
  { start: '2026-11-30T00:00:00.000Z', end: '2026-12-01T00:00:00.000Z' },
  { start: '2026-11-29T00:00:00.000Z', end: '2026-11-30T00:00:00.000Z' },
];
const [today, yesterday] = windows as [(typeof windows)[0], (typeof windows)[0]];
const point = (window: typeof today, value: string | null, count: number): Point => ({
  ...window,
  value,
  count,
  state: 'open',
  revision: 0,
  completeness: 1,
});
const item = (value: string, labels: Record<string, string>): EntryItem => ({
  id: value,
  start: yesterday.start,
  end: yesterday.end,
  labels,
  value,
  note: null,
  by: 'person:anna',
  at: '',
  historical: false,
  position: value,
});

test('every combination of members has a cell in every window; of no dimension there is one', () => {
  expect(combinations({ team: ['a', 'b'], shift: ['1', '2'] })).toEqual([
    { team: 'a', shift: '1' },
    { team: 'a', shift: '2' },
    { team: 'b', shift: '1' },
    { team: 'b', shift: '2' },
  ]);
  expect(combinations({})).toEqual([{}]);
});

test('the key of a cell does not depend on the order of its labels', () => {
  expect(cellKey('s', { a: '1', b: '2' })).toBe(cellKey('s', { b: '2', a: '1' }));
});

test('a value is one that was entered: a sum of nothing is none', () => {
  const members = { team: ['a', 'b'] };
  const series = [
    { labels: { team: 'a' }, points: [point(yesterday, '5', 2), point(today, '0', 0)] },
    { labels: { team: 'b' }, points: [point(yesterday, null, 0)] },
  ];
  const entries = [item('5', { team: 'a' }), item('3', { team: 'a' })];
  const cells = sheetCells({ windows, members }, series, entries);
  const of = (window: typeof today, team: string) => cells.get(cellKey(window.start, { team }));
  expect(of(yesterday, 'a')).toMatchObject({
    value: '5',
    history: [{ value: '5' }, { value: '3' }],
  });
  expect(of(today, 'a')).toMatchObject({ value: undefined, history: [] });
  expect(of(yesterday, 'b')).toMatchObject({ value: undefined });
  // Today is not over: nothing is missing of it yet.
  const missing = missingOf(cells.values(), Date.parse('2026-11-30T12:00:00Z'));
  expect(missing.map(({ labels }) => labels)).toEqual([{ team: 'b' }]);
});

describe('keys go from cell to cell and stay within the grid', () => {
  const size = { rows: 3, columns: 2 };
  test.each([
    ['Enter', 0, 1, { row: 1, column: 1 }],
    ['ArrowDown', 2, 0, { row: 2, column: 0 }],
    ['ArrowUp', 0, 0, { row: 0, column: 0 }],
    ['ArrowUp', 2, 1, { row: 1, column: 1 }],
    ['PageDown', 0, 1, { row: 2, column: 1 }],
    ['PageUp', 2, 1, { row: 0, column: 1 }],
    ['ArrowLeft', 1, 1, undefined],
    ['Tab', 1, 1, undefined],
  ])('%s from %d/%d', (key, row, column, expected) => {
    expect(nextPlace(key, { row, column }, size)).toEqual(expected);
  });
});
