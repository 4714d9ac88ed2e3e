import { describe, expect, it } from 'vitest';
import type { Point } from '../../../../../services/console/core/answers.ts';
import { trendBars } from '../../../../../services/console/web/parts/sparkline.ts';

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
    const [low, high] = trendBars(points(['50', '100']));
    expect(high?.height).toBeCloseTo((low?.height ?? 0) * 2);
    expect(high?.isOpen).toBe(true);
  });
  it('leaves out windows without a value', () => {
    expect(trendBars(points(['1', null, '2']))).toHaveLength(2);
  });
  it('draws negative values below the line', () => {
    const [up, down] = trendBars(points(['100', '-100']));
    expect(down?.y).toBeCloseTo((up?.y ?? 0) + (up?.height ?? 0));
  });
  it('is nothing without points', () => {
    expect(trendBars([])).toEqual([]);
  });
});
