import { describe, expect, it } from 'vitest';
import {
  gatherMs,
  rangeOf,
  shownGrains,
  trendGrain,
  WINDOW_COUNTS,
} from '../../../../../services/console/web/data/grain.ts';
import { matches } from '../../../../../services/console/web/data/search.ts';
import { zoneCalendar } from '../../../../../services/kernel/window.ts';
import { viewOf } from '../../../../../services/console/web/data/view.ts';
import { later } from '../../../../../services/console/web/data/watermarks.ts';

const METRIC = {
  grains: ['hour', 'day'] as const,
  timezone: 'Europe/London',
  breakdowns: [[], ['store', 'channel']],
};

describe('the view of a metric', () => {
  it('is its finest grain and its total when nothing is said', () => {
    expect(viewOf(METRIC, { page: 'metric', id: 'm', by: [] })).toEqual({
      grain: 'hour',
      by: [],
      count: 24,
      untilMs: undefined,
    });
  });

  it('does not ask for what the metric does not keep', () => {
    const view = viewOf(METRIC, { page: 'metric', id: 'm', grain: 'minute', by: ['country'] });
    expect(view).toMatchObject({ grain: 'hour', by: [] });
  });

  it('is also of windows longer than cells, which cells of hours tile as well as those of days', () => {
    const view = viewOf(METRIC, { page: 'metric', id: 'm', grain: 'quarter', by: [] });
    expect(view).toMatchObject({ grain: 'quarter', count: 8 });
    const long = ['week', 'month', 'quarter', 'year'];
    const { timezone } = METRIC;
    expect(shownGrains({ grains: ['day'], timezone })).toEqual(['day', ...long]);
    expect(shownGrains({ grains: ['hour'], timezone })).toEqual(['hour', ...long]);
    const grains = ['minute', 'hour'] as const;
    expect(shownGrains({ grains, timezone })).toEqual([...grains, ...long]);
  });

  it.each(['Asia/Kolkata', 'Australia/Lord_Howe'])(
    'has no longer windows of hours alone in %s, where hours tile no day',
    (timezone) => {
      expect(shownGrains({ grains: ['hour'], timezone })).toEqual(['hour']);
      expect(shownGrains({ grains: ['hour', 'day'], timezone })).toContain('week');
      expect(shownGrains({ grains: ['minute'], timezone })).toContain('year');
    },
  );

  it.each([
    ['week', 5],
    ['month', 10],
    ['quarter', 30],
    ['year', 30],
  ] as const)('of a %s that changes all the time is asked for every %i s', (grain, seconds) => {
    expect(gatherMs(grain)).toBe(seconds * 1_000);
  });

  it('compares no month with a week before', () => {
    const asked = { page: 'metric', id: 'm', by: [], compare: 'week' } as const;
    expect(viewOf(METRIC, { ...asked, grain: 'week' }).compare).toBe('week');
    expect(viewOf(METRIC, { ...asked, grain: 'month' }).compare).toBeUndefined();
    expect(viewOf(METRIC, { ...asked, grain: 'month', compare: 'year' }).compare).toBe('year');
  });

  it('takes a breakdown in the metric’s own order', () => {
    const view = viewOf(METRIC, { page: 'metric', id: 'm', by: ['channel', 'store'] });
    expect(view.by).toEqual(['store', 'channel']);
  });
});

describe('the range', () => {
  it('holds the last windows, the open one included', () => {
    const untilMs = Date.parse('2026-11-25T12:34:56Z');
    const { fromMs, toMs } = rangeOf('hour', 24, untilMs);
    expect(new Date(fromMs).toISOString()).toBe('2026-11-24T12:34:56.000Z');
    expect(toMs).toBe(untilMs + 1);
  });

  it('gives days an hour for the change of the clocks', () => {
    const { fromMs, toMs } = rangeOf('day', 2, 0);
    expect(toMs - 1 - fromMs).toBe(49 * 3_600_000);
  });

  it.each(['week', 'month', 'quarter', 'year'] as const)(
    'holds so many of each %s, on every day of three years',
    (period) => {
      const calendar = zoneCalendar('Europe/London');
      const size = { kind: 'period', period } as const;
      for (const count of WINDOW_COUNTS[period])
        for (let day = 0; day < 3 * 365; day++) {
          const untilMs = Date.UTC(2024, 0, 1, 12) + day * 86_400_000;
          const windows = [...calendar.windowsBetween(size, rangeOf(period, count, untilMs))];
          expect(windows.length).toBeGreaterThanOrEqual(count);
          expect(windows.length).toBeLessThanOrEqual(count + 1);
          expect(windows.at(-1)?.endMs).toBeGreaterThan(untilMs);
        }
    },
  );

  it.each(['month', 'quarter', 'year'] as const)(
    'holds so many of each %s of a year of weeks, that of 53 among them',
    (period) => {
      const weeks = { pattern: '4-4-5', lastMonth: 1, end: 'nearest' } as const;
      const calendar = zoneCalendar('Europe/London', { weekStart: 7, weeks });
      const size = { kind: 'period', period } as const;
      for (const count of WINDOW_COUNTS[period])
        for (let day = 0; day < 2 * 365; day++) {
          const untilMs = Date.UTC(2023, 0, 1, 12) + day * 86_400_000;
          const windows = [...calendar.windowsBetween(size, rangeOf(period, count, untilMs))];
          expect(windows.length).toBeGreaterThanOrEqual(count);
          expect(windows.at(-1)?.endMs).toBeGreaterThan(untilMs);
        }
    },
  );

  it('of a trend is one step finer where that is kept', () => {
    expect(trendGrain('day', ['minute', 'hour', 'day'])).toBe('hour');
    expect(trendGrain('hour', ['minute', 'hour'])).toBe('minute');
    expect(trendGrain('day', ['day'])).toBe('day');
  });
});

describe('the search', () => {
  const domainName = { en: 'Money matters', zh: '财务' };
  const name = { en: 'Net sales', zh: '销售净额' };
  const metric = { id: 'net-sales', name, tags: ['core'], domainName };
  it.each(['', 'NET', '净额', 'core', ' sales ', '财务', 'money'])('finds “%s”', (text) => {
    expect(matches(metric, text)).toBe(true);
  });
  it('finds nothing else', () => {
    expect(matches(metric, 'orders')).toBe(false);
  });
});

describe('of two watermarks', () => {
  it('the later counts, whatever their digits', () => {
    expect(later('2026-11-25T12:00:00Z', '2026-11-25T12:00:00.500Z')).toBe(
      '2026-11-25T12:00:00.500Z',
    );
    expect(later(null, '2026-11-25T12:00:00Z')).toBe('2026-11-25T12:00:00Z');
    expect(later(null, null)).toBeNull();
  });
});
