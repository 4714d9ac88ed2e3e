import { describe, expect, it } from 'vitest';
import type { Point } from '../../../../../services/console/core/answers.ts';
import { baseOf, differenceOf } from '../../../../../services/console/web/data/compare.ts';
import { withPoint } from '../../../../../services/console/web/data/points.ts';

const point = (value: string | null, base: string | null, change: Partial<Point> = {}): Point => ({
  start: '2026-11-25T00:00:00.000Z',
  end: '2026-11-26T00:00:00.000Z',
  value,
  count: 1,
  state: 'closed',
  revision: 0,
  completeness: 1,
  compare: {
    week: {
      start: '2026-11-18T00:00:00.000Z',
      end: '2026-11-19T00:00:00.000Z',
      value: base,
      state: 'final',
      difference: null,
      ratio: null,
    },
  },
  ...change,
});

describe('the difference of a point', () => {
  it.each([
    ['150.00', '100.00', '50.00', 0.5],
    ['0.10', '0.30', '-0.20', -2 / 3],
    ['90071992547409931234.57', '90071992547409931234.56', '0.01', 0],
    ['5', '0', '5', undefined],
    ['5', '-10', '15', undefined],
  ])('%s beside %s is %s', (value, base, difference, share) => {
    const found = differenceOf(point(value, base), 'week');
    expect(found?.difference).toBe(difference);
    if (share === undefined) expect(found?.share).toBeUndefined();
    else expect(found?.share).toBeCloseTo(share, 9);
  });

  it('is none where one of the two is not known, or the window still runs', () => {
    expect(differenceOf(point(null, '1'), 'week')).toBeUndefined();
    expect(differenceOf(point('1', null), 'week')).toBeUndefined();
    expect(differenceOf(point('1', '1'), 'year')).toBeUndefined();
    expect(differenceOf(point('1', '2', { state: 'open' }), 'week')).toBeUndefined();
    expect(differenceOf(undefined, 'week')).toBeUndefined();
  });

  it('follows the stream, which does not tell what a point is compared with', () => {
    const { compare: _, ...live } = point('7', null, { count: 2 });
    const [moved] = withPoint([point('5', '4')], live);
    expect(moved && baseOf(moved, 'week')).toBe('4');
    expect(differenceOf(moved, 'week')?.difference).toBe('3');
  });
});
