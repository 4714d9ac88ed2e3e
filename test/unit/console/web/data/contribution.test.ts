import { expect, test } from 'vitest';
import type { Point } from '../../../../../services/console/core/answers.ts';
import { contributionsIn } from '../../../../../services/console/web/data/contribution.ts';
import { keyOf, TOTAL } from '../../../../../services/console/web/data/points.ts';
import type { SeriesPoints } from '../../../../../services/console/web/data/points.ts';

const by = ['country'];
const START = '2026-11-24T00:00:00.000Z';
type Change = readonly [before: string, after: string];
const seriesOf = (
  members: Readonly<Record<string, Change>>,
  { total, state = 'closed' }: { total?: Change; state?: Point['state'] } = {},
): SeriesPoints => {
  const points = ([before, after]: Change): readonly Point[] => [
    { start: START, value: after, state, compare: { week: { value: before } } } as unknown as Point,
  ];
  const all = Object.entries(members).map(
    ([country, change]) =>
      [keyOf({ country }, by), { labels: { country }, points: points(change) }] as const,
  );
  const whole = total ? [[TOTAL, { labels: {}, points: points(total) }] as const] : [];
  return new Map([...all, ...whole]);
};
const toldOf = (series: SeriesPoints) =>
  [...contributionsIn(series, START, 'week').values()].map(({ base, difference, ofChange }) => [
    base,
    difference,
    ofChange,
  ]);

test('each member has a part in the change of the total, against it too', () => {
  const members = { France: ['10.00', '40.00'], Italy: ['20.00', '10.00'] } as const;
  expect(toldOf(seriesOf(members, { total: ['50.00', '70.00'] }))).toEqual([
    ['10.00', '30.00', 1.5],
    ['20.00', '-10.00', -0.5],
    ['50.00', '20.00', 1],
  ]);
  expect(toldOf(seriesOf(members)).map(([, , ofChange]) => ofChange)).toEqual([1.5, -0.5]);
});

test('what did not change is no part of a fall', () => {
  const still = { France: ['5.00', '5.00'], Italy: ['20.00', '10.00'] } as const;
  expect(toldOf(seriesOf(still)).map(([, , ofChange]) => ofChange)).toEqual([0, 1]);
});

test('there is no part in a change that is none, and no difference of an open window', () => {
  const even = { France: ['0.10', '0.30'], Italy: ['0.30', '0.10'] } as const;
  expect(toldOf(seriesOf(even)).map(([, , ofChange]) => ofChange)).toEqual([undefined, undefined]);
  expect(toldOf(seriesOf(even, { state: 'open' }))).toEqual([]);
});
