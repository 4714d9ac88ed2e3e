import { describe, expect, it } from 'vitest';
import type { Point } from '../../../../../services/console/core/answers.ts';
import { trendOf } from '../../../../../services/console/web/parts/sparkline.ts';

const points = (values: readonly (string | null)[]): readonly Point[] =>
  values.map((value, i) => ({
    start: `2026-11-25T12:0${String(i)}:00.000Z`,
    end: `2026-11-25T12:0${String(i + 1)}:00.000Z`,
    value,
    count: 1,
    state: i === values.length - 1 ? 'open' : 'closed',
    revision: 0,
    completeness: 1,
  }));

describe('the trend', () => {
  it('is as high as its highest value', () => {
    const [low, high] = trendOf(points(['50', '100'])).bars;
    expect(high?.height).toBeCloseTo((low?.height ?? 0) * 2);
    expect(high?.isOpen).toBe(true);
  });
  it('leaves out windows without a value', () => {
    expect(trendOf(points(['1', null, '2'])).bars).toHaveLength(2);
  });
  it('draws negative values below the line', () => {
    const { bars, zeroY } = trendOf(points(['100', '-100']));
    const [up, down] = bars;
    expect((up?.y ?? 0) + (up?.height ?? 0)).toBeCloseTo(zeroY);
    expect(down?.y).toBeCloseTo(zeroY);
  });
  it('is nothing without points', () => {
    expect(trendOf([]).bars).toEqual([]);
  });
});
