import { expect, test } from 'vitest';
import { rowsOf } from '../../../services/cli/metrics-values.ts';

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

test('each comparison has a column for its value and one for the ratio', () => {
  const compare = { year: { value: '2', ratio: '0.5' }, week: { value: null, ratio: null } };
  const [row] = rowsOf([{ labels: {}, points: [{ ...plain, compare }] }]);
  expect(row).toMatchObject({ year: '2', year_ratio: '0.5', week: null, week_ratio: null });
  expect(Object.keys(row ?? {}).slice(3, 7)).toEqual(['year', 'year_ratio', 'week', 'week_ratio']);
});

test('without any the columns are what they were', () => {
  const [row] = rowsOf([{ labels: {}, points: [plain] }]);
  expect(Object.keys(row ?? {})).toEqual(Object.keys(plain));
});
