import { expect, test } from 'vitest';
import type { Point } from '../../../../../services/console/core/answers.ts';
import { keyOf, TOTAL } from '../../../../../services/console/web/data/points.ts';
import type { SeriesPoints } from '../../../../../services/console/web/data/points.ts';
import { seriesText, shownSeries } from '../../../../../services/console/web/data/shown-series.ts';

const by = ['country'];
const seriesOf = (values: Readonly<Record<string, string>>, total?: string): SeriesPoints => {
  const points = (value: string): readonly Point[] => [{ value } as Point];
  const members = Object.entries(values).map(
    ([country, value]) =>
      [keyOf({ country }, by), { labels: { country }, points: points(value) }] as const,
  );
  const totals =
    total === undefined ? [] : [[TOTAL, { labels: {}, points: points(total) }] as const];
  return new Map([...members, ...totals]);
};
const france = keyOf({ country: 'France' }, by);

test('of a breakdown the total is shown, until a member is asked for', () => {
  const series = seriesOf({ Italy: '9', France: '3' }, '12');
  expect(shownSeries(series, undefined)).toBe(TOTAL);
  expect(shownSeries(series, france)).toBe(france);
  expect(shownSeries(series, keyOf({ country: 'Spain' }, by))).toBe(TOTAL);
});

test('where no total is kept the largest member is shown', () => {
  expect(shownSeries(seriesOf({ Italy: '2', France: '3' }), undefined)).toBe(france);
  expect(shownSeries(new Map(), undefined)).toBe(TOTAL);
});

test('a number of a member says whose it is', () => {
  const dimensionNames = { country: { en: 'Country', zh: '国家' } };
  expect(seriesText({ country: 'France' }, { dimensionNames })).toBe('Country: France');
});
