import { describe, expect, test } from 'vitest';
import {
  compareFacts,
  comparedWindow,
  parseComparisons,
} from '../../../../services/console/core/compare.ts';
import type { Comparison } from '../../../../services/console/core/compare.ts';
import type { Fact } from '../../../../services/console/core/facts.ts';
import { zoneCalendar } from '../../../../services/kernel/window.ts';
import type { WindowSize } from '../../../../services/kernel/window.ts';
import { parseWindowSize } from '../../../../services/kernel/window-size.ts';

const ZONE = 'Europe/Berlin';
const sizeOf = (grain: string): WindowSize => {
  const size = parseWindowSize(grain);
  if (!size) throw new Error(`${grain} is no window`);
  return size;
};
/** Local times, so that a table of them can be read. */
const local = (ms: number): string =>
  Temporal.Instant.fromEpochMilliseconds(ms)
    .toZonedDateTimeISO(ZONE)
    .toString({ timeZoneName: 'never', smallestUnit: 'minute' });

describe('the window that one is compared with', () => {
  test.each<[string, string, Comparison, string, string]>([
    [
      'day',
      '2026-03-31T00:00+02:00',
      'previous',
      '2026-03-30T00:00+02:00',
      '2026-03-31T00:00+02:00',
    ],
    ['day', '2026-03-31T00:00+02:00', 'month', '2026-02-28T00:00+01:00', '2026-03-01T00:00+01:00'],
    ['day', '2026-03-30T00:00+02:00', 'month', '2026-02-28T00:00+01:00', '2026-03-01T00:00+01:00'],
    ['day', '2028-02-29T00:00+01:00', 'year', '2027-02-28T00:00+01:00', '2027-03-01T00:00+01:00'],
    [
      'day',
      '2026-05-31T00:00+02:00',
      'quarter',
      '2026-02-28T00:00+01:00',
      '2026-03-01T00:00+01:00',
    ],
    // The day of 23 hours, and the one of 25.
    [
      'day',
      '2026-03-30T00:00+02:00',
      'previous',
      '2026-03-29T00:00+01:00',
      '2026-03-30T00:00+02:00',
    ],
    ['day', '2026-04-05T00:00+02:00', 'week', '2026-03-29T00:00+01:00', '2026-03-30T00:00+02:00'],
    ['hour', '2026-04-01T09:00+02:00', 'week', '2026-03-25T09:00+01:00', '2026-03-25T10:00+01:00'],
    // An hour that was skipped a week before becomes the one after the gap.
    ['hour', '2026-04-05T02:00+02:00', 'week', '2026-03-29T03:00+02:00', '2026-03-29T04:00+02:00'],
    // One that came twice, the first.
    ['hour', '2026-11-01T02:00+01:00', 'week', '2026-10-25T02:00+02:00', '2026-10-25T02:00+01:00'],
    [
      'month',
      '2026-03-01T00:00+01:00',
      'previous',
      '2026-02-01T00:00+01:00',
      '2026-03-01T00:00+01:00',
    ],
    ['month', '2026-03-01T00:00+01:00', 'year', '2025-03-01T00:00+01:00', '2025-04-01T00:00+02:00'],
    [
      'quarter',
      '2026-01-01T00:00+01:00',
      'quarter',
      '2025-10-01T00:00+02:00',
      '2026-01-01T00:00+01:00',
    ],
    [
      'PT15M',
      '2026-03-01T00:00+01:00',
      'previous',
      '2026-02-28T23:45+01:00',
      '2026-03-01T00:00+01:00',
    ],
    // Windows that overlap: the newest that ended when this one began.
    [
      'P7D/P1D',
      '2026-03-24T00:00+01:00',
      'previous',
      '2026-03-11T00:00+01:00',
      '2026-03-18T00:00+01:00',
    ],
    [
      'PT25M/PT10M',
      '2026-03-01T12:00+01:00',
      'previous',
      '2026-03-01T11:15+01:00',
      '2026-03-01T11:40+01:00',
    ],
    // To date: the same part of the period before.
    [
      'month-to-date',
      '2026-03-10T00:00+01:00',
      'previous',
      '2026-02-01T00:00+01:00',
      '2026-02-11T00:00+01:00',
    ],
    [
      'month-to-date',
      '2026-03-31T00:00+02:00',
      'previous',
      '2026-02-01T00:00+01:00',
      '2026-03-01T00:00+01:00',
    ],
    [
      'year-to-date',
      '2026-03-10T00:00+01:00',
      'year',
      '2025-01-01T00:00+01:00',
      '2025-03-11T00:00+01:00',
    ],
    [
      'day-to-date',
      '2026-03-30T10:00+02:00',
      'previous',
      '2026-03-29T00:00+01:00',
      '2026-03-29T11:00+02:00',
    ],
  ])('of the %s with the step at %s, %s: %s to %s', (grain, step, name, start, end) => {
    const at = { calendar: zoneCalendar(ZONE), size: sizeOf(grain) };
    const window = at.calendar.windowAt(
      at.size,
      Date.parse(`${step.slice(0, 16)}:00${step.slice(16)}`),
    );
    const { startMs, endMs } = comparedWindow(name, at, window);
    expect([local(startMs), local(endMs)]).toEqual([start, end]);
  });
});

describe('compare', () => {
  const parse = (parameter: string | string[], grain: string) =>
    parseComparisons(parameter, { size: sizeOf(grain), grain });

  test('takes several names, separated or repeated, each once', () => {
    expect(parse(['year,previous', 'year'], 'day')).toEqual({
      ok: true,
      value: ['year', 'previous'],
    });
  });

  test.each([
    ['day', 'previous week month quarter year'],
    ['P28D/P1D', 'previous week month quarter year'],
    ['week', 'previous week month quarter year'],
    ['month', 'previous month quarter year'],
    ['month-to-date', 'previous month quarter year'],
    ['quarter', 'previous quarter year'],
    ['year-to-date', 'previous year'],
    ['day-to-date', 'previous week month quarter year'],
  ])('a window of a %s has %s', (grain, expected) => {
    const names = ['previous', 'week', 'month', 'quarter', 'year'];
    expect(names.filter((name) => parse(name, grain).ok).join(' ')).toBe(expected);
  });

  test.each(['fortnight', ''])('%j is refused, naming what there is', (name) => {
    expect(parse(name, 'day')).toMatchObject({
      ok: false,
      error: { code: 'invalid_parameter', detail: expect.stringContaining('quarter') as string },
    });
  });
});

describe('how far two values differ', () => {
  const fact = (value: Fact['value'], reason?: string): Fact => ({
    value,
    exact: null,
    count: 0,
    stage: 2,
    revision: 0,
    restatements: 0,
    completeness: 1,
    isRebuilding: false,
    isApproximate: false,
    ...(reason === undefined ? {} : { reason }),
  });

  test.each<[Fact['value'], Fact['value'], string, string]>([
    [150, 100, '0.50', '1.500000'],
    [100, 300, '-2.00', '0.333333'],
    [200, 300, '-1.00', '0.666667'],
    [-50, 100, '-1.50', '-0.500000'],
    [0, 100, '-1.00', '0.000000'],
    // Half to even, in the seventh place.
    [1, 2_000_000, '-19999.99', '0.000000'],
    [3, 2_000_000, '-19999.97', '0.000002'],
    [9_007_199_254_740_993n, 1, '90071992547409.92', '9007199254740993.000000'],
  ])('%s by %s hundredths: %s, %s', (own, base, difference, ratio) => {
    expect(compareFacts(fact(own), fact(base), 2)).toMatchObject({ difference, ratio });
  });

  test('to zero there is a difference, and no ratio', () => {
    expect(compareFacts(fact(5), fact(0), 0)).toEqual({
      value: '0',
      difference: '5',
      ratio: null,
      reason: 'the compared value is zero',
    });
  });

  test('what is not known gives neither, and says why', () => {
    const nothing = { difference: null, ratio: null };
    expect(compareFacts(fact(5), fact(null), 0)).toEqual({
      ...nothing,
      value: null,
      reason: 'the compared window has no value',
    });
    expect(compareFacts(fact(5), fact(null, 'too old'), 0)).toMatchObject({ reason: 'too old' });
    expect(compareFacts(fact(null), fact(5), 0)).toEqual({
      ...nothing,
      value: '5',
      reason: 'the window has no value',
    });
  });
});
