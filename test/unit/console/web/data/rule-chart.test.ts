import { describe, expect, it } from 'vitest';
import { rulePicture, ruleRange } from '../../../../../services/console/web/data/rule-chart.ts';
import {
  dayAfter,
  localDay,
  startOfDay,
} from '../../../../../services/console/web/data/rule-range.ts';

const at = (hour: number): string => `2026-11-25T${String(hour).padStart(2, '0')}:00:00.000Z`;
const ms = (hour: number): number => Date.parse(at(hour));
const episode = (store: string, firedAt: string | null, endedAt: string | null) => ({
  labels: { store },
  startedAt: at(0),
  firedAt,
  endedAt,
  firingSeconds: 0,
  value: null,
  worst: null,
  owner: { accountable: null },
});
const chart = {
  labels: { store: 'S1' },
  threshold: '100.00',
  breachIs: 'below' as const,
  points: [
    { start: at(0), end: at(1), low: '90.00', high: '120.00', breaches: 1 },
    { start: at(1), end: at(2), low: null, high: null, breaches: 0 },
  ],
};
const result = {
  from: at(0),
  to: at(12),
  episodeList: [
    episode('S1', at(2), at(4)),
    episode('S2', at(3), at(5)),
    episode('S1', at(10), null),
    episode('S1', null, null),
  ],
  nearMissList: [
    { labels: { store: 'S1' }, from: at(6), to: at(7) },
    { labels: { store: 'S2' }, from: at(6), to: at(7) },
  ],
};

describe('the picture of a tested rule', () => {
  const drawn = rulePicture(result, chart);

  it('has the lowest and the highest value of each point, and the threshold', () => {
    expect(drawn.points).toEqual([
      { atMs: (ms(0) + ms(1)) / 2, low: 90, high: 120 },
      { atMs: (ms(1) + ms(2)) / 2, low: null, high: null },
    ]);
    expect(drawn.threshold).toBe(100);
  });

  it('has the targets of the points that have one', () => {
    expect(drawn.targets).toEqual([]);
    const [first, second] = chart.points;
    const points = [first, { ...second, target: '150.50' }] as typeof chart.points;
    expect(rulePicture(result, { ...chart, points }).targets).toEqual([
      { fromMs: ms(1), toMs: ms(2), value: 150.5 },
    ]);
  });

  it('draws the side of the values that a breach is on', () => {
    expect(drawn.line).toBe('low');
    expect(rulePicture(result, { ...chart, breachIs: 'above' }).line).toBe('high');
  });

  it('begins with the first window where the metric is younger than what was asked', () => {
    expect(drawn.fromMs).toBe(ms(0));
    expect(rulePicture(result, { ...chart, points: chart.points.slice(1) }).fromMs).toBe(ms(1));
    expect(rulePicture(result, { ...chart, points: [] }).fromMs).toBe(ms(0));
  });

  it('says when the series that is shown would have fired; what still burns burns to the end', () => {
    expect(drawn.firing).toEqual([
      { fromMs: ms(2), toMs: ms(4) },
      { fromMs: ms(10), toMs: ms(12) },
    ]);
    expect(drawn.nearly).toEqual([{ fromMs: ms(6), toMs: ms(7) }]);
  });

  it('knows a series whatever the order of its labels', () => {
    const two = { ...chart, labels: { b: '2', a: '1' } };
    const list = [{ ...episode('', at(2), at(4)), labels: { a: '1', b: '2' } }];
    expect(rulePicture({ ...result, episodeList: list }, two).firing).toHaveLength(1);
  });
});

describe('the range of values', () => {
  const range = ([low, high]: readonly [number | null, number | null], threshold: number | null) =>
    ruleRange({ points: [{ atMs: 0, low, high }], threshold, targets: [] });
  it('holds the threshold', () => {
    expect(range([50, 60], 100)[1]).toBeGreaterThan(100);
  });
  it('holds targets', () => {
    const targets = [{ fromMs: 0, toMs: 1, value: 200 }];
    expect(ruleRange({ points: [], threshold: null, targets })[1]).toBeGreaterThan(200);
  });
  it('begins at zero where values come near it', () => {
    expect(range([10, 100], 50)).toEqual([0, 107.2]);
  });
  it('is that of the values where they are far from zero', () => {
    expect(range([1_000, 1_100], 1_050)).toEqual([992, 1_108]);
  });
  it('goes below zero with the values', () => {
    expect(range([-100, 0], null)[0]).toBe(-108);
  });
  it('is never empty', () => {
    expect(range([null, null], null)).toEqual([0, 1]);
    const [bottom, top] = range([5, 5], null);
    expect(top).toBeGreaterThan(bottom);
  });
});

describe('the days to test', () => {
  it('are counted by the calendar', () => {
    const noon = new Date(2026, 2, 1, 12).getTime();
    expect(localDay(noon, 0)).toBe('2026-03-01');
    expect(localDay(noon, -1)).toBe('2026-02-28');
    expect(dayAfter('2026-12-31')).toBe('2027-01-01');
  });
  it('begin at midnight of where the reader is', () => {
    expect(new Date(startOfDay('2026-03-01'))).toEqual(new Date(2026, 2, 1));
  });
});
