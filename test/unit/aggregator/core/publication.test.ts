import { describe, expect, test } from 'vitest';
import { isBackfilled } from '../../../../services/aggregator/core/publication.ts';
import type { ViewedCell } from '../../../../services/aggregator/core/publication.ts';

const cell = (over: Partial<ViewedCell> = {}): ViewedCell => ({
  grain: 'minute',
  startMs: 0,
  endMs: 60_000,
  key: '[]',
  accumulators: { contributions: 2, sum: 5 },
  state: 'open',
  revision: 0,
  restatements: 0,
  historical: 0,
  ...over,
});
const LIVE = { rebuilding: false };

describe('a value pages nobody', () => {
  test('while its projection is rebuilt', () =>
    expect(isBackfilled({ rebuilding: true }, cell())).toBe(true));
  test('where it was counted before it was published', () =>
    expect(isBackfilled({ ...LIVE, isCandidate: true }, cell())).toBe(true));
  test('where history alone filled the cell', () =>
    expect(isBackfilled(LIVE, cell({ historical: 2 }))).toBe(true));
  test('where history changed what was final', () =>
    expect(isBackfilled(LIVE, cell({ historical: 1, restatements: 1 }))).toBe(true));
});

test('a live event among historical ones makes a value that may page', () => {
  expect(isBackfilled(LIVE, cell({ historical: 1 }))).toBe(false);
  expect(isBackfilled(LIVE, cell())).toBe(false);
});
