import { expect, test } from 'vitest';
import { rowsOf } from '../../../services/cli/metrics.ts';

const point = { start: 'a', end: 'b', value: '1', count: 1, state: 'open', revision: 0 };
const plain = { ...point, completeness: '1' };

test('a name and a target are columns where any point has one, in their places', () => {
  const [first, second] = rowsOf([
    { labels: { country: 'France' }, points: [{ ...plain, target: '9' }, plain] },
    { labels: { country: 'Spain' }, points: [{ ...plain, name: 'FY2027 Q3' }] },
  ]);
  const columns = ['country', 'name', 'start', 'end', 'value', 'target', 'count', 'state'];
  expect(Object.keys(first ?? {})).toEqual([...columns, 'revision', 'completeness']);
  expect([first?.['target'], second?.['target'], first?.['name']]).toEqual([
    '9',
    undefined,
    undefined,
  ]);
});

test('a dimension that is called so keeps its column', () => {
  const [row] = rowsOf([{ labels: { target: 'north' }, points: [{ ...plain, target: '9' }] }]);
  expect(row?.['target']).toBe('north');
});

test('without any the columns are what they were', () => {
  const [row] = rowsOf([{ labels: {}, points: [plain] }]);
  expect(Object.keys(row ?? {})).toEqual(Object.keys(plain));
});
