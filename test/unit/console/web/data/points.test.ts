import { describe, expect, it, test } from 'vitest';
import type { Point, ValueEvent } from '../../../../../services/console/core/answers.ts';
import {
  TOTAL,
  completenessAt,
  currentPoint,
  isNewer,
  isOfBreakdown,
  keyOf,
  pointBefore,
  withEvents,
  withPoint,
} from '../../../../../services/console/web/data/points.ts';
import { labelsOf, seriesKey } from '../../../../../services/kernel/series.ts';

const at = (minute: number): string => `2026-11-25T12:${String(minute).padStart(2, '0')}:00.000Z`;
const point = (minute: number, change: Partial<Point> = {}): Point => ({
  start: at(minute),
  end: at(minute + 1),
  value: '1.00',
  count: 1,
  state: 'open',
  revision: 0,
  completeness: 1,
  ...change,
});
const event = (minute: number, change: Partial<ValueEvent> = {}): ValueEvent => ({
  metric: 'm',
  version: 'v',
  labels: {},
  grain: 'minute',
  start: at(minute),
  end: at(minute + 1),
  value: '2.00',
  count: 2,
  state: 'open',
  revision: 0,
  watermark: at(minute),
  ...change,
});

describe('of two records of one window', () => {
  const kept = point(0, { count: 5, state: 'closed', revision: 1 });
  it.each([
    ['more events', { count: 6, state: 'open' as const, revision: 0 }, true],
    ['fewer events', { count: 4, state: 'final' as const, revision: 9 }, false],
    ['a later state', { count: 5, state: 'final' as const, revision: 0 }, true],
    ['an earlier state', { count: 5, state: 'open' as const, revision: 9 }, false],
    ['a higher revision', { count: 5, state: 'closed' as const, revision: 2 }, true],
    ['a lower revision', { count: 5, state: 'closed' as const, revision: 0 }, false],
  ])('%s decides', (_what, next, expected) => {
    expect(isNewer(next, kept)).toBe(expected);
  });
});

describe('points', () => {
  it('take a newer record in its place', () => {
    const points = [point(0), point(1), point(2)];
    const next = withPoint(points, point(1, { count: 2, value: '9.00' }));
    expect(next.map(({ value }) => value)).toEqual(['1.00', '9.00', '1.00']);
  });

  it('keep what the record does not tell: what they are compared with, and their target', () => {
    const kept = point(0, { target: '5.00', compare: {} });
    expect(withPoint([kept], point(0, { count: 2 }))).toEqual([{ ...kept, count: 2 }]);
  });

  it('still say why there is no value, until there is one', () => {
    const kept = point(0, { value: null, reason: 'division by zero' });
    const still = withPoint([kept], point(0, { value: null, count: 2 }));
    expect(still).toMatchObject([{ count: 2, reason: 'division by zero' }]);
    expect(withPoint(still, point(0, { count: 3 }))[0]?.reason).toBeUndefined();
  });

  it('stay as they are when the record is older', () => {
    const points = [point(0, { count: 3 })];
    expect(withPoint(points, point(0, { count: 2 }))).toBe(points);
  });

  it('take a new window at the end, between, and before all', () => {
    const order = (minute: number): readonly string[] =>
      withPoint([point(2), point(4)], point(minute)).map(({ start }) => start);
    expect(order(5)).toEqual([at(2), at(4), at(5)]);
    expect(order(3)).toEqual([at(2), at(3), at(4)]);
    expect(order(1)).toEqual([at(1), at(2), at(4)]);
  });

  it('know the window that holds now and the one before', () => {
    const points = [point(0), point(1), point(2)];
    const current = currentPoint(points, Date.parse(at(1)) + 30_000);
    expect(current).toBe(points[1]);
    expect(pointBefore(points, current)).toBe(points[0]);
    expect(pointBefore(points, points[0])).toBeUndefined();
    expect(currentPoint([], 0)).toBeUndefined();
  });
});

describe('series', () => {
  it('have the keys that the kernel gives them, whatever the order of labels', () => {
    const by = ['store', 'channel'];
    expect(keyOf({ channel: 'web', store: 'S1' }, by)).toBe(seriesKey(by, ['S1', 'web']));
    expect(keyOf({}, [])).toBe('[]');
    expect({ ...labelsOf(keyOf({ store: 'S1' }, ['store'])) }).toEqual({ store: 'S1' });
  });

  it('belong to a breakdown by their names alone', () => {
    expect(isOfBreakdown({}, [])).toBe(true);
    expect(isOfBreakdown({ store: 'S1' }, [])).toBe(false);
    expect(isOfBreakdown({ store: 'S1' }, ['store'])).toBe(true);
    expect(isOfBreakdown({ store: 'S1' }, ['channel'])).toBe(false);
  });

  it('are put together from pages and live events', () => {
    const labels = { store: 'S1' };
    const series = withEvents(
      [
        { labels, points: [point(0)] },
        { labels, points: [point(1)] },
      ],
      ['store'],
      [event(1, { labels }), event(2, { labels }), event(0, { labels: { store: 'S2' } })],
    );
    expect(series.get('["store","S1"]')?.points.map(({ value }) => value)).toEqual([
      '1.00',
      '2.00',
      '2.00',
    ]);
    expect(series.get('["store","S2"]')?.points).toHaveLength(1);
  });
});

describe('completeness', () => {
  it('is the share of the window before the watermark', () => {
    const window = { start: at(0), end: at(2) };
    expect(completenessAt(window, null)).toBe(0);
    expect(completenessAt(window, at(0))).toBe(0);
    expect(completenessAt(window, at(1))).toBe(0.5);
    expect(completenessAt(window, at(9))).toBe(1);
  });
});

test('the total stands beside the members of a breakdown under its own key, live too', () => {
  const { series } = {
    series: [
      { labels: { store: 'S1' }, points: [point(0)] },
      { labels: {}, points: [point(0, { value: '3.00' })] },
    ],
  };
  const merged = withEvents(series, ['store'], [event(0, { value: '4.00' })]);
  expect([...merged.keys()]).toEqual([keyOf({ store: 'S1' }, ['store']), TOTAL]);
  expect(merged.get(TOTAL)?.points[0]?.value).toBe('4.00');
  expect(merged.get(keyOf({ store: 'S1' }, ['store']))?.points[0]?.value).toBe('1.00');
});
