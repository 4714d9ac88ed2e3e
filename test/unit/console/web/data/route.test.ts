import { describe, expect, it } from 'vitest';
import { formatRoute, parseRoute } from '../../../../../services/console/web/data/route.ts';
import type { Route } from '../../../../../services/console/web/data/route.ts';
import { PAGE_ENTRIES } from '../../../../../services/console/web/pages.ts';

const ROUTES: readonly Route[] = [
  { page: 'home' },
  { page: 'metrics' },
  { page: 'metric', id: 'net-sales', by: [] },
  {
    page: 'metric',
    id: 'a/b & c?',
    grain: 'hour',
    count: 72,
    by: ['store', 'channel'],
    series: '["store","S 1","channel","ü&=?"]',
    untilMs: Date.UTC(2010, 11, 3),
  },
  { page: 'alerts', show: 'open' },
  { page: 'alerts', show: 'all' },
  { page: 'alerts', show: 'open', owner: 'me', severity: 'critical' },
  { page: 'alerts', show: 'all', owner: 'person:li & wei', metric: 'net-sales' },
  { page: 'alert', id: 'e4edafc482a1' },
  { page: 'pipeline' },
  { page: 'unknown' },
];

describe('the address', () => {
  it.each(ROUTES)('leads back to where it came from: $page', (route) => {
    expect(parseRoute(formatRoute(route))).toEqual(route);
  });

  it('of every page is its own', () => {
    for (const [page, { path }] of PAGE_ENTRIES)
      expect(parseRoute(`#${path.replace(/:\w+/g, 'x')}`)).toMatchObject({ page });
  });

  it('without a hash is the home page', () => {
    expect(parseRoute('')).toEqual({ page: 'home' });
    expect(parseRoute('#/')).toEqual({ page: 'home' });
  });

  it('keeps the name that a point in time always had in it', () => {
    const untilMs = Date.UTC(2010, 11, 3);
    expect(formatRoute({ page: 'metric', id: 'm', by: [], untilMs })).toBe(
      '#/metrics/m?until=2010-12-03T00%3A00%3A00.000Z',
    );
  });

  it('of alerts says to what they are narrowed', () => {
    const narrowed = '#/alerts?owner=team%3Asales&metric=net-sales&severity=critical';
    const wanted = { owner: 'team:sales', metric: 'net-sales', severity: 'critical' } as const;
    expect(formatRoute({ page: 'alerts', show: 'open', ...wanted })).toBe(narrowed);
    expect(parseRoute(narrowed)).toEqual({ page: 'alerts', show: 'open', ...wanted });
    expect(parseRoute('#/alerts?severity=dreadful')).toEqual({ page: 'alerts', show: 'open' });
  });

  it.each(['#/nothing', '#/metrics/a/b', '#/pipeline/x', '#/metrics/%E0%A4%A'])(
    '%s names no page',
    (hash) => {
      expect(parseRoute(hash)).toEqual({ page: 'unknown' });
    },
  );

  it('leaves faulty parameters out', () => {
    const hash = '#/metrics/m?grain=fortnight&count=-1&until=soon&by=,,';
    expect(parseRoute(hash)).toEqual({ page: 'metric', id: 'm', by: [] });
    expect(parseRoute('#/metrics/m?count=999999')).toEqual({ page: 'metric', id: 'm', by: [] });
  });
});
