import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Series } from '../../../../../services/console/core/answers.ts';
import { differenceOf } from '../../../../../services/console/core/catalog/difference.ts';

const seriesOf = (
  values: readonly (string | null)[],
  { store = 'S1', open = -1, count = 1 }: { store?: string; open?: number; count?: number } = {},
): Series => ({
  labels: { store },
  points: values.map((value, hour) => ({
    start: `2026-01-31T0${hour}:00:00.000Z`,
    end: `2026-01-31T0${hour + 1}:00:00.000Z`,
    value,
    count,
    state: hour === open ? 'open' : 'closed',
    revision: 0,
    completeness: 1,
  })),
});
const all = { limit: 100, isAdditive: true };

test('windows that differ are counted, named largest first, and summed', () => {
  const told = differenceOf(
    [seriesOf(['10.00', '5.00', null, '7.00', '1.00'])],
    [seriesOf(['10.0', '2.50', '3.00', null, '101.00'])],
    all,
  );
  expect(told.windows).toEqual({ total: 5, changed: 2, added: 1, removed: 1, open: 0 });
  expect(told.items.map(({ before, after, change }) => [before, after, change])).toEqual([
    ['1.00', '101.00', '100.00'],
    ['7.00', null, null],
    [null, '3.00', null],
    ['5.00', '2.50', '-2.50'],
  ]);
  expect(told.total).toEqual({ before: '23.00', after: '116.50' });
});

test('windows that either is not past are counted but not compared, and values that do not add up are not summed', () => {
  const told = differenceOf([seriesOf(['1', '2'], { open: 1 })], [seriesOf(['1', '3'])], {
    ...all,
    isAdditive: false,
  });
  expect(told).toEqual({
    windows: { total: 1, changed: 0, added: 0, removed: 0, open: 1 },
    items: [],
    total: { before: null, after: null },
  });
});

test('windows without events are none that were compared, unless their values differ', () => {
  const empty = { count: 0 };
  const told = differenceOf([seriesOf(['0', '0'], empty)], [seriesOf(['0', '5'], empty)], all);
  expect(told.windows).toEqual({ total: 1, changed: 1, added: 0, removed: 0, open: 0 });
});

test('series of other labels are other windows', () => {
  const told = differenceOf([seriesOf(['1'])], [seriesOf(['1'], { store: 'S2' })], all);
  expect(told.windows).toEqual({ total: 2, changed: 0, added: 1, removed: 1, open: 0 });
});

test('no more are named than were asked for', () => {
  const told = differenceOf([seriesOf(['1', '2', '3'])], [seriesOf(['2', '4', '6'])], {
    ...all,
    limit: 1,
  });
  expect(told.windows.changed).toBe(3);
  expect(told.items.map(({ change }) => change)).toEqual(['3']);
});

test('exchanged, what was added is removed and every change is turned round', () => {
  const value = fc.option(fc.integer({ min: -99, max: 99 }).map(String));
  const values = fc.array(value, { maxLength: 8 });
  fc.assert(
    fc.property(values, values, (before, after) => {
      const there = differenceOf([seriesOf(before)], [seriesOf(after)], all);
      const back = differenceOf([seriesOf(after)], [seriesOf(before)], all);
      expect(back.windows).toEqual({
        ...there.windows,
        added: there.windows.removed,
        removed: there.windows.added,
      });
      expect(back.total).toEqual({ before: there.total.after, after: there.total.before });
      const sum = (items: typeof there.items) =>
        items.reduce((total, { change }) => total + Number(change ?? 0), 0);
      expect(sum(back.items) + sum(there.items)).toBe(0);
    }),
  );
});
