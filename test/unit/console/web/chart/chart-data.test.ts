import { describe, expect, it } from 'vitest';
import type { Point } from '../../../../../services/console/core/answers.ts';
import {
  chartWindows,
  nearestWindow,
  nextChosen,
  shapeOf,
  valueRange,
} from '../../../../../services/console/web/chart/chart-data.ts';

const POINT: Point = {
  start: '2026-11-25T12:00:00.000Z',
  end: '2026-11-25T13:00:00.000Z',
  value: '12.50',
  count: 3,
  state: 'closed',
  revision: 0,
  completeness: 1,
};

describe('the chart’s data', () => {
  it('stand at the middle of their windows, and keep the text of the value', () => {
    const [window] = chartWindows([POINT]);
    expect(window).toMatchObject({ text: '12.50', state: 'closed', point: POINT, value: 12.5 });
    expect(window?.middleMs).toBe(Date.parse('2026-11-25T12:30:00Z'));
  });

  it('have a gap, not a zero, where there is no value', () => {
    expect(chartWindows([{ ...POINT, value: null }])[0]?.value).toBeNull();
  });
});

describe('the window under the pointer', () => {
  it('is the one whose middle is nearest', () => {
    const windows = [10, 20, 40].map((middleMs) => ({ middleMs }));
    const at = [0, 14, 16, 29, 31, 99].map((ms) => nearestWindow(windows, ms));
    expect(at).toEqual([0, 0, 1, 1, 2, 2]);
    expect(nearestWindow([], 5)).toBeUndefined();
  });
});

describe('the range of values', () => {
  it('begins at zero, with room above for signs', () => {
    expect(valueRange([50, null, 100])).toEqual([0, 112]);
  });
  it('holds zero and what lies below it', () => {
    const [low, high] = valueRange([-100, -50]);
    expect(low).toBeLessThan(-100);
    expect(high).toBe(0);
  });
  it('is never empty', () => {
    for (const values of [[], [null], [0], [0, 0]]) {
      const [low, high] = valueRange(values);
      expect(high).toBeGreaterThan(low);
    }
  });
});

describe('the shape', () => {
  it('is bars for what adds up over time, dots for the rest', () => {
    const shapes = ['sum', 'count', 'distinct', 'avg', 'min', 'last', undefined].map(
      (aggregation) => shapeOf({ aggregation }),
    );
    expect(shapes).toEqual(['bars', 'bars', 'bars', 'dots', 'dots', 'dots', 'dots']);
  });
});

describe('keys in the chart', () => {
  it.each([
    ['ArrowLeft', 5, 4],
    ['ArrowLeft', 0, 0],
    ['ArrowLeft', undefined, 9],
    ['ArrowRight', 9, 9],
    ['ArrowRight', undefined, 9],
    ['PageUp', 3, 0],
    ['PageDown', 3, 9],
    ['Home', 3, 0],
    ['End', 3, 9],
    ['x', 3, undefined],
  ])('%s from %s leads to %s', (key, from, to) => {
    expect(nextChosen(key, from, 10)).toBe(to);
  });
  it('lead nowhere in an empty chart', () => {
    expect(nextChosen('End', undefined, 0)).toBeUndefined();
  });
});
