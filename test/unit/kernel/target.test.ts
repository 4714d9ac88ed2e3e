import { describe, expect, test } from 'vitest';
import { targetsOf } from '../../../services/kernel/target.ts';
import type { TargetEntry } from '../../../services/kernel/target.ts';
import type { WindowSize } from '../../../services/kernel/window.ts';
import { zoneCalendar } from '../../../services/kernel/window.ts';
import { aMetric } from '../../support/metrics.ts';

const MONTH: WindowSize = { kind: 'period', period: 'month' };
const SHANGHAI = 'Asia/Shanghai';
const metric = aMetric({ id: 'sales', timezone: SHANGHAI, breakdowns: [[], ['store']] });
const startOf = (date: string): number =>
  Temporal.PlainDate.from(date).toZonedDateTime(SHANGHAI).epochMilliseconds;

/** The target of the window that begins on a date. */
function targetOn(
  date: string,
  entries: readonly (Partial<TargetEntry> & { readonly value: string })[],
  labels: Readonly<Record<string, string>> = {},
): string | null | undefined {
  const by = Object.keys(labels);
  const target = {
    id: 't',
    metric: 'sales',
    by,
    window: MONTH,
    entries: entries.map((one) => ({ where: {}, ...one })),
  };
  const targetOf = targetsOf({ targets: new Map([['t', target]]) }, metric, { by, window: MONTH });
  return targetOf?.(labels, startOf(date));
}

describe('a target holds for windows that begin', () => {
  const year = [{ from: '2026-01-01', to: '2027-01-01', value: '10' }];
  test.each([
    ['before its first date', '2025-12-01', null],
    ['on its first date', '2026-01-01', '10'],
    ['before its end', '2026-12-01', '10'],
    ['not on its end', '2027-01-01', null],
  ])('%s', (_, date, expected) => {
    expect(targetOn(date, year)).toBe(expected);
  });
});

test('the date is that of the metric’s zone, not of UTC', () => {
  expect(zoneCalendar(SHANGHAI).windowAt(MONTH, startOf('2026-02-01')).startMs).toBe(
    Date.UTC(2026, 0, 31, 16),
  );
  expect(targetOn('2026-02-01', [{ from: '2026-02-01', value: '10' }])).toBe('10');
});

describe('of several that hold', () => {
  test('without an end the newest counts', () => {
    const entries = [
      { from: '2026-06-01', value: '12' },
      { value: '8' },
      { from: '2026-01-01', value: '10' },
    ];
    expect(targetOn('2025-01-01', entries)).toBe('8');
    expect(targetOn('2026-05-01', entries)).toBe('10');
    expect(targetOn('2026-06-01', entries)).toBe('12');
  });

  test('one with an end is the exception from one without', () => {
    const entries = [
      { from: '2026-11-01', to: '2026-12-01', value: '30' },
      { from: '2026-11-01', value: '10' },
    ];
    expect(targetOn('2026-11-01', entries)).toBe('30');
    expect(targetOn('2026-12-01', entries)).toBe('10');
  });

  test('the one that names most members counts', () => {
    const entries = [
      { from: '2026-11-01', to: '2026-12-01', value: '30' },
      { where: { store: 'S1' }, value: '90' },
    ];
    expect(targetOn('2026-11-01', entries, { store: 'S1' })).toBe('90');
    expect(targetOn('2026-11-01', entries, { store: 'S2' })).toBe('30');
    expect(targetOn('2026-12-01', entries, { store: 'S2' })).toBeNull();
  });

  test('which dimensions are named counts only when all else is alike', () => {
    const byChannel = { where: { channel: 'web' }, value: '10' };
    const byStore = { where: { store: 'S1' }, value: '20' };
    const labels = { channel: 'web', store: 'S1' };
    const on = (entries: Parameters<typeof targetOn>[1]) => targetOn('2026-11-01', entries, labels);
    const november = { from: '2026-11-01', to: '2026-12-01' };
    expect(on([byChannel, { ...byStore, ...november }])).toBe('20');
    expect(on([{ ...byChannel, ...november }, byStore])).toBe('10');
    expect(on([byChannel, { ...byStore, from: '2026-02-01' }])).toBe('20');
    expect(
      on([
        { ...byChannel, from: '2026-01-01' },
        { ...byStore, from: '2026-02-01' },
      ]),
    ).toBe('20');
    expect(on([byStore, byChannel])).toBe('10');
    const both = { where: labels, value: '30' };
    expect(on([{ ...byStore, ...november }, both])).toBe('30');
  });
});

test('a target is for its own size of window and breakdown only', () => {
  const target = { id: 't', metric: 'sales', by: ['store'], window: MONTH, entries: [] };
  const entries = [{ where: {}, value: '10' }];
  const targets = new Map([['t', { ...target, entries }]]);
  const find = (by: readonly string[], window: WindowSize) =>
    targetsOf({ targets }, metric, { by, window });
  expect(find(['store'], MONTH)?.({ store: 'S1' }, 0)).toBe('10');
  expect(find([], MONTH)).toBeUndefined();
  expect(find(['store'], { kind: 'grain', grain: 'day' })).toBeUndefined();
  expect(targetsOf({}, metric, { by: ['store'], window: MONTH })).toBeUndefined();
});
