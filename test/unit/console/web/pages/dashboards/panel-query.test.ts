import { describe, expect, test } from 'vitest';
import {
  differenceOf,
  isGood,
} from '../../../../../../services/console/web/pages/dashboards/difference.ts';
import {
  isInRange,
  requestOf,
  treeGrain,
  valuesPath,
} from '../../../../../../services/console/web/pages/dashboards/panel-query.ts';
import { withBases } from '../../../../../../services/console/web/pages/dashboards/use-panel.ts';
import type { Point } from '../../../../../../services/console/core/answers.ts';
import type {
  ChartPanel,
  ValuePanel,
} from '../../../../../../services/kernel/catalog/dashboard-panels.ts';
import { DAY_MS, HOUR_MS } from '../../../../../../services/kernel/time.ts';
import { zoneCalendar } from '../../../../../../services/kernel/window.ts';

const metric = {
  id: 'net-sales',
  grains: ['minute', 'hour', 'day'],
  breakdowns: [[], ['country'], ['store', 'country']],
  timezone: 'Europe/London',
} as const;
const place = { width: 6, height: 4, metric: 'net-sales', where: {} };
const chart: ChartPanel = { type: 'chart', ...place, grain: 'hour', by: [] };
const value: ValuePanel = { type: 'value', ...place, grain: 'month', compare: 'year' };
const view = { dashboardMs: DAY_MS, where: {} };

test('a chart reaches back as the link says, else as it says itself, else as the dashboard says', () => {
  const count = (panel: ChartPanel, rangeMs?: number) =>
    requestOf(panel, metric, { ...view, rangeMs }).query.count;
  expect(count(chart)).toBe(24);
  expect(count({ ...chart, rangeMs: 6 * HOUR_MS })).toBe(6);
  expect(count({ ...chart, rangeMs: 6 * HOUR_MS }, 48 * HOUR_MS)).toBe(48);
});

test('a range of too many windows is shown by longer ones', () => {
  const { query } = requestOf({ ...chart, grain: 'minute' }, metric, {
    ...view,
    rangeMs: 7 * DAY_MS,
  });
  expect([query.grain, query.count]).toEqual(['hour', 168]);
});

describe('of hours alone', () => {
  const hours = (timezone: string) => ({ ...metric, timezone, grains: ['hour'] as const });
  test.each([
    ['Asia/Kolkata', 'hour'],
    ['Australia/Adelaide', 'hour'],
    ['Europe/London', 'day'],
  ] as const)('in %s a long range is shown by windows of a %s', (timezone, grain) => {
    const { query } = requestOf(chart, hours(timezone), { ...view, rangeMs: 365 * DAY_MS });
    expect(query.grain).toBe(grain);
  });

  test.each([
    ['Asia/Kolkata', 'week', undefined],
    ['Asia/Kathmandu', 'minute', undefined],
    ['Asia/Kolkata', 'hour', 'hour'],
    ['Asia/Singapore', 'week', 'week'],
    ['Asia/Singapore', 'minute', 'day'],
  ] as const)('in %s a tree of a %s has windows of %s', (timezone, grain, wanted) => {
    expect(treeGrain(grain, hours(timezone))).toBe(wanted);
  });
});

describe('a filter of the link', () => {
  const ask = (panel: ChartPanel, where: Record<string, string>) =>
    requestOf(panel, metric, { ...view, where });
  test('holds where the metric is kept by it', () => {
    expect(ask(chart, { country: 'France' })).toMatchObject({
      query: { by: ['country'], where: { country: 'France' } },
      unfiltered: [],
    });
    expect(ask({ ...chart, by: ['country'] }, { store: 'S1' })).toMatchObject({
      query: { by: ['country', 'store'], where: { store: 'S1' } },
    });
  });
  test('is said not to hold where it is not', () => {
    expect(ask(chart, { store: 'S1' })).toMatchObject({
      query: { by: [], where: {} },
      unfiltered: ['store'],
    });
  });
  test('does not change what the panel itself is of', () => {
    const own = { ...chart, where: { country: 'Germany' } };
    expect(ask(own, { country: 'France' })).toMatchObject({
      query: { where: { country: 'Germany' } },
      unfiltered: ['country'],
    });
    expect(ask(own, { country: 'Germany' }).unfiltered).toEqual([]);
  });
});

test('the address asks for the whole of the newest window', () => {
  const { query } = requestOf(value, metric, { ...view, where: { country: 'A:B' } });
  const nowMs = Date.parse('2026-03-31T23:59:00Z');
  const url = new URL(valuesPath({ ...query, count: 1 }, nowMs), 'http://a');
  expect(url.pathname).toBe('/v1/metrics/net-sales/values');
  expect(url.searchParams.getAll('where')).toEqual(['country:A:B']);
  expect(url.searchParams.get('compare')).toBe('year');
  expect(url.searchParams.get('to')).toBe('2026-03-31T23:59:00.001Z');
  expect(Date.parse(url.searchParams.get('from') ?? '')).toBeLessThan(
    Date.parse('2026-03-01T00:00:00Z'),
  );
});

test('the address asks for the whole of the newest window of a year of 53 weeks', () => {
  const weeks = { pattern: '4-4-5', lastMonth: 1, end: 'nearest' } as const;
  const calendar = zoneCalendar('Europe/London', { weekStart: 7, weeks });
  const nowMs = Date.parse('2024-02-03T12:00:00Z');
  const { query } = requestOf(value, metric, view);
  for (const grain of ['week', 'month', 'quarter', 'year'] as const) {
    const { startMs } = calendar.windowAt({ kind: 'period', period: grain }, nowMs);
    const url = new URL(valuesPath({ ...query, grain, count: 1 }, nowMs), 'http://a');
    expect(Date.parse(url.searchParams.get('from') ?? '')).toBeLessThan(startMs);
  }
});

describe('a value is set against another', () => {
  const point = (value: string | null, base: string | null): Point => ({
    start: '',
    end: '',
    value,
    count: 1,
    state: 'closed',
    revision: 0,
    completeness: 1,
    compare: {
      week: { start: '', end: '', value: base, state: 'closed', difference: null, ratio: null },
    },
  });
  test.each([
    ['110', '100', { sign: 1, share: 0.1, value: '110', base: '100' }],
    ['90', '100', { sign: -1, share: -0.1, value: '90', base: '100' }],
    ['5', '-10', { sign: 1, share: 1.5, value: '5', base: '-10' }],
    ['5', '0', { sign: 1, share: undefined, value: '5', base: '0' }],
    [null, '1', undefined],
    ['1', null, undefined],
  ])('%s against %s', (now, before, expected) => {
    expect(differenceOf(point(now, before), 'week')).toEqual(expected);
  });
  test('also where the stream has told of it since', () => {
    const { compare: _told, ...told } = point('120', null);
    const labels = { country: 'France' };
    const key = '["country","France"]';
    const series = withBases(
      new Map([[key, { labels, points: [told] }]]),
      [{ labels, points: [point('110', '100')] }],
      { by: ['country'], compare: 'week' },
    );
    expect(differenceOf(series.get(key)?.points[0], 'week')).toMatchObject({ share: 0.2 });
  });
  test('of what was not asked for there is none', () => {
    expect(differenceOf(point('1', '2'), 'year')).toBeUndefined();
    expect(differenceOf(point('1', '2'), undefined)).toBeUndefined();
  });
  test.each([
    [1, 'up', true],
    [-1, 'up', false],
    [-1, 'down', true],
    [1, 'none', undefined],
    [0, 'up', undefined],
  ] as const)('%d where good is %s: %s', (sign, direction, expected) => {
    expect(isGood(sign, direction)).toBe(expected);
  });
});

describe('what the stream tells belongs to a panel', () => {
  const DAY_19 = Date.parse('2026-11-19T12:00:00Z');
  const inRange = (start: string, query: Parameters<typeof isInRange>[1]): boolean =>
    isInRange({ start }, query, DAY_19);
  const hours = { grain: 'hour', count: 6, untilMs: undefined } as const;

  test('where its window is one of those that are shown', () => {
    expect(inRange('2026-11-19T12:00:00Z', hours)).toBe(true);
    expect(inRange('2026-11-19T06:00:00Z', hours)).toBe(true);
    expect(inRange('2026-11-19T05:00:00Z', hours)).toBe(false);
    expect(inRange('2026-11-19T13:00:00Z', hours)).toBe(false);
  });
  test('where it corrects a range that the link holds', () => {
    const past = { ...hours, untilMs: Date.parse('2026-11-10T12:00:00Z') };
    expect(inRange('2026-11-10T08:00:00Z', past)).toBe(true);
    expect(inRange('2026-11-19T12:00:00Z', past)).toBe(false);
  });
  test('where it is a part of a longer window', () => {
    const month = {
      grain: 'month',
      count: 1,
      untilMs: Date.parse('2026-10-02T00:00:00Z'),
    } as const;
    expect(inRange('2026-10-30T10:00:00Z', month)).toBe(true);
    expect(inRange('2026-08-01T10:00:00Z', month)).toBe(false);
  });
});
