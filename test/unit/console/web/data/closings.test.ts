import { describe, expect, it } from 'vitest';
import type { Point, ValuesAnswer } from '../../../../../services/console/core/answers.ts';
import { hasClosed } from '../../../../../services/console/web/data/closings.ts';
import { nextEndMs } from '../../../../../services/console/web/data/use-many.ts';

const at = (hour: number): string => new Date(hour * 3_600_000).toISOString();
const hour = (start: number, change: Partial<Point> = {}): Point => ({
  start: at(start),
  end: at(start + 1),
  value: null,
  count: 0,
  state: 'open',
  revision: 0,
  completeness: 0,
  ...change,
});
const shown = (watermark: string | null, ...points: readonly Point[]) => ({
  version: 'v1',
  series: new Map([['[]', { labels: {}, points }]]),
  watermark,
});

describe('an empty window', () => {
  const values = shown(at(9.5), hour(8, { value: '0', state: 'closed' }), hour(9), hour(10));

  it('has closed when the watermark reaches its end, not before', () => {
    expect(hasClosed(values, at(9.9))).toBe(false);
    expect(hasClosed(values, at(10))).toBe(true);
  });
  it('has closed too where there was no watermark yet', () => {
    expect(hasClosed(shown(null, hour(9)), at(10))).toBe(true);
    expect(hasClosed(shown(null, hour(9)), null)).toBe(false);
  });
  it('is not asked for again where the answer is of after its end: it has none, and says why', () => {
    expect(hasClosed(shown(at(10), hour(9)), at(10.5))).toBe(false);
  });
  it('is told by an event where something was counted in it, and withheld where it is recomputed', () => {
    expect(hasClosed(shown(at(9.5), hour(9, { value: '5', count: 1 })), at(10))).toBe(false);
    expect(hasClosed(shown(at(9.5), hour(9, { state: 'rebuilding' })), at(10))).toBe(false);
  });
});

describe('windows that hold now', () => {
  const answer = (...ends: readonly number[]): ValuesAnswer =>
    ({
      series: [{ labels: {}, points: ends.map((end) => hour(end - 1)) }],
    }) as unknown as ValuesAnswer;

  it('are asked for again at the end of the first of them', () => {
    const now = 9.5 * 3_600_000;
    expect(nextEndMs([answer(24), answer(9, 10), answer(12)], now)).toBe(10 * 3_600_000);
  });
  it('are not where all are over: another answer comes with the next event', () => {
    expect(nextEndMs([answer(8)], 9 * 3_600_000)).toBeUndefined();
    expect(nextEndMs([], 0)).toBeUndefined();
  });
});
