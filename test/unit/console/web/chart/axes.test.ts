import { describe, expect, it } from 'vitest';
import {
  numberSplits,
  timeLabels,
  timeSplits,
} from '../../../../../services/console/web/chart/axes.ts';
import { localClock } from '../../../../../services/console/web/data/local-day.ts';

describe('where an axis of values is labelled', () => {
  it.each([
    [[0, 100], 20, [0, 20, 40, 60, 80, 100]],
    [[0, 1], 0.21, [0, 0.25, 0.5, 0.75, 1]],
    [[0, 0.35], 0.1, [0, 0.1, 0.2, 0.3]],
    [[-7, 12], 4, [-5, 0, 5, 10]],
    [[0, 95], 51, [0]],
    [[3, 4], 20, []],
  ] as const)('%j, a label each %d at most', (range, gap, at) => {
    expect(numberSplits(range, gap, 2).at).toEqual(at);
  });

  it.each([
    [[0, 1], 0.2, 0, [0, 1]],
    [[0, 9], 2.1, 0, [0, 5]],
    [[0, 90], 21, 0, [0, 25, 50, 75]],
    [[0, 0.9], 0.21, 1, [0, 0.5]],
  ] as const)('%j, %d apart, is labelled with values of %d places', (range, gap, places, at) => {
    expect(numberSplits(range, gap, places).at).toEqual(at);
  });
});

describe('where an axis of time is labelled', () => {
  const HOUR_MS = 3_600_000;
  const DAY_MS = 24 * HOUR_MS;
  const splits = (from: string, to: string, gapMs: number, timezone = 'UTC'): readonly string[] =>
    timeSplits([Date.parse(from), Date.parse(to)], gapMs, localClock(timezone)).at.map((ms) =>
      new Date(ms).toISOString().slice(0, 16),
    );

  it('is at round hours of the zone, whatever those of UTC are', () => {
    expect(
      splits('2026-11-25T00:00:00Z', '2026-11-25T20:00:00Z', 5 * HOUR_MS, 'Asia/Kolkata'),
    ).toEqual(['2026-11-25T00:30', '2026-11-25T06:30', '2026-11-25T12:30', '2026-11-25T18:30']);
  });

  it('is at midnight of each day, also where the clocks change', () => {
    expect(
      splits('2026-10-24T00:00:00Z', '2026-10-27T12:00:00Z', 20 * HOUR_MS, 'Europe/London'),
    ).toEqual(['2026-10-24T23:00', '2026-10-26T00:00', '2026-10-27T00:00']);
  });

  it('is on Mondays where there is room for weeks', () => {
    expect(splits('2026-11-01T00:00:00Z', '2026-11-20T00:00:00Z', 3 * DAY_MS)).toEqual([
      '2026-11-02T00:00',
      '2026-11-09T00:00',
      '2026-11-16T00:00',
    ]);
  });

  it('is on the first of months, of quarters, of years', () => {
    const [from, to] = ['2025-12-15T00:00:00Z', '2026-12-31T00:00:00Z'];
    expect(splits(from, to, 20 * DAY_MS)).toHaveLength(12);
    expect(splits(from, to, 80 * DAY_MS)).toEqual([
      '2026-01-01T00:00',
      '2026-04-01T00:00',
      '2026-07-01T00:00',
      '2026-10-01T00:00',
    ]);
    expect(splits(from, to, 300 * DAY_MS)).toEqual(['2026-01-01T00:00']);
  });

  it('includes both ends', () => {
    expect(splits('2026-11-25T00:00:00Z', '2026-11-25T02:00:00Z', HOUR_MS)).toHaveLength(3);
  });
});

describe('labels of the time axis', () => {
  it('speaks the metric’s zone and says where a day begins', () => {
    const splits = ['2026-07-01T22:00:00Z', '2026-07-01T23:00:00Z', '2026-07-02T00:00:00Z'].map(
      (text) => Date.parse(text),
    );
    const place = { locale: 'en-GB', timezone: 'Europe/London', reader: 'Europe/London' };
    expect(timeLabels(splits, 3_600_000, place)).toEqual(['23:00\n1 Jul', '00:00\n2 Jul', '01:00']);
    expect(timeLabels(splits, 3_600_000, { ...place, reader: 'Europe/Berlin' })).toEqual([
      '23:00\n1 Jul BST',
      '00:00\n2 Jul BST',
      '01:00',
    ]);
  });
  it('shows dates alone for days', () => {
    const place = { locale: 'en-GB', timezone: 'Europe/London' };
    expect(timeLabels([Date.parse('2026-01-01T00:00:00Z')], 86_400_000, place)).toEqual(['1 Jan']);
  });
});
