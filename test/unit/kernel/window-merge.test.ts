import { describe, expect, test } from 'vitest';
import { stageAt, stateOf } from '../../../services/kernel/stage.ts';
import { HOUR_MS } from '../../../services/kernel/time.ts';
import { parseWindowSize } from '../../../services/kernel/window-size.ts';
import { zoneCalendar } from '../../../services/kernel/window.ts';
import type { Grain } from '../../../services/kernel/window.ts';
import {
  cellStarts,
  completenessOf,
  mergeCells,
  tilingGrain,
  usualGrain,
} from '../../../services/kernel/window-merge.ts';

const at = (text: string): number => Date.parse(text);
const windowsOf = (zone: string, size: string, [from, to]: [string, string]) => {
  const parsed = parseWindowSize(size);
  if (!parsed) throw new Error(`no window is called ${size}`);
  const calendar = zoneCalendar(zone);
  const windows = [...calendar.windowsBetween(parsed, { fromMs: at(from), toMs: at(to) })];
  return { size: parsed, calendar, windows };
};

describe('the grain that tiles windows whenever they are', () => {
  test.each<[string, string, Grain[], Grain | undefined]>([
    ['Asia/Singapore', 'day-to-date', ['minute', 'hour', 'day'], 'hour'],
    ['Asia/Singapore', 'day', ['hour'], 'hour'],
    ['America/Guyana', 'day-to-date', ['hour', 'day'], 'hour'],
    ['Australia/Lord_Howe', 'day', ['hour'], undefined],
    ['Asia/Kolkata', 'day-to-date', ['minute', 'hour', 'day'], 'minute'],
    ['Asia/Kolkata', 'day-to-date', ['hour', 'day'], undefined],
    ['Asia/Kolkata', 'week-to-date', ['hour', 'day'], 'day'],
    ['Asia/Kathmandu', 'hour', ['hour'], 'hour'],
  ])('in %s windows of a %s are tiled from %j by %s', (zone, size, kept, expected) => {
    const parsed = parseWindowSize(size);
    expect(parsed && usualGrain(parsed, kept, zoneCalendar(zone))).toBe(expected);
  });
});

describe('the grain that tiles windows', () => {
  const range: [string, string] = ['2026-03-01T00:00:00Z', '2026-03-08T00:00:00Z'];
  test.each<[string, string, Grain[], Grain | undefined]>([
    ['UTC', 'hour', ['minute', 'hour', 'day'], 'hour'],
    ['UTC', 'PT15M', ['minute', 'hour', 'day'], 'minute'],
    ['UTC', 'PT2H', ['minute', 'hour', 'day'], 'hour'],
    ['UTC', 'week', ['minute', 'hour', 'day'], 'day'],
    ['Europe/Berlin', 'day', ['hour'], 'hour'],
    ['Asia/Kolkata', 'day', ['hour'], undefined],
    ['Asia/Kolkata', 'day', ['minute', 'hour'], 'minute'],
    ['UTC', 'minute', ['hour', 'day'], undefined],
    ['UTC', 'PT15M', ['hour'], undefined],
  ])('in %s windows of a %s are tiled from %j by %s', (zone, size, kept, expected) => {
    expect(tilingGrain(windowsOf(zone, size, range).size, kept, windowsOf(zone, size, range))).toBe(
      expected,
    );
  });

  test('days of another zone do not tile', () => {
    const { size, windows } = windowsOf('Europe/Berlin', 'day', range);
    const calendar = zoneCalendar('UTC');
    expect(tilingGrain(size, ['hour', 'day'], { calendar, windows })).toBe('hour');
  });
});

test.each([
  ['2026-03-29', 23],
  ['2026-10-25', 25],
  ['2026-06-01', 24],
])('the day %s of Berlin is %i hours', (date, hours) => {
  const calendar = zoneCalendar('Europe/Berlin');
  const noon = at(`${date}T12:00:00Z`);
  const day = calendar.windowAt({ kind: 'grain', grain: 'day' }, noon);
  const starts = cellStarts(calendar, 'hour', day);
  expect(starts).toHaveLength(hours);
  expect(starts.at(-1)).toBe(day.endMs - HOUR_MS);
});

describe('a merged window', () => {
  const cell = (stage: number, revision = 0, restatements = 0) => ({
    accumulators: { contributions: 1, sum: 5 },
    stage,
    revision,
    restatements,
  });
  test.each([
    [[cell(2), cell(2)], 'final'],
    [[cell(2), cell(1)], 'closed'],
    [[cell(1, 1), cell(2)], 'revised'],
    [[cell(2, 0, 1), cell(2)], 'restated'],
    [[cell(2), cell(0)], 'open'],
    [[cell(1, 2), cell(0)], 'open'],
  ])('of %j is %s', (cells, state) => {
    const merged = mergeCells(cells);
    expect(stateOf(merged)).toBe(state);
    expect(merged.accumulators).toEqual({ contributions: 2, sum: 10 });
  });
});

test.each([
  [1_000, 0],
  [1_999, 0],
  [2_000, 1],
  [2_499, 1],
  [2_500, 2],
])('at watermark %i an empty window that ends at 2000 is at stage %i', (watermarkMs, stage) => {
  expect(stageAt(2_000, { watermarkMs, latenessMs: 500 })).toBe(stage);
});

describe('completeness', () => {
  const window = { startMs: 1_000, endMs: 4_000 };
  test.each([
    [[5_000, 2_500], 0.5],
    [[2_000], 0.3333],
    [[500], 0],
    [[9_000, 4_000], 1],
    [[3_999.9], 0.9999],
    [[], 0],
  ])('with partitions at %j is %f', (watermarks, expected) => {
    expect(completenessOf(window, watermarks)).toBe(expected);
  });
});
