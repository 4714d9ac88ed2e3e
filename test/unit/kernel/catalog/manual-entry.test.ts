import { describe, expect, test } from 'vitest';
import { readEntry } from '../../../../services/kernel/catalog/manual-entry.ts';
import {
  manualWindowName,
  manualWindowNamed,
} from '../../../../services/kernel/catalog/manual-windows.ts';
import type { Json } from '../../../../services/kernel/json.ts';
import { aManualMetric } from '../../../support/manual-documents.ts';

const NOW = Date.parse('2026-11-30T12:00:00Z');
const members = { team: ['a', 'b'] };
const read = (body: Json, spec: Record<string, Json> = { dimensions: members }) =>
  readEntry(aManualMetric(spec), body, NOW);
const isoOf = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : new Date(ms).toISOString();

test('an entry is read with its window, series and value at the scale of the unit', () => {
  expect(
    read(
      { window: '2026-11-29', labels: { team: 'a' }, value: '1.5', note: 'counted twice' },
      { dimensions: members, unit: { code: 'head', scale: 2 } },
    ),
  ).toEqual({
    ok: true,
    value: {
      window: {
        startMs: Date.parse('2026-11-29T00:00:00Z'),
        endMs: Date.parse('2026-11-30T00:00:00Z'),
      },
      labels: { team: 'a' },
      series: '["team","a"]',
      value: '1.50',
      note: 'counted twice',
      isHistorical: false,
    },
  });
});

describe('an entry is refused where', () => {
  const good = { window: '2026-11-29', labels: { team: 'a' }, value: '1' };
  test.each([
    [{ ...good, valeu: '1' }, '/valeu', 'an entry has no valeu'],
    [[], '', 'an entry is an object'],
    [{ labels: { team: 'a' }, value: '1' }, '', 'window or start, and not both'],
    [{ ...good, start: '2026-11-29T00:00:00Z' }, '', 'window or start, and not both'],
    [{ ...good, window: '2026-11' }, '/window', 'is no day: write 2026-11-30'],
    [{ ...good, window: '2026-02-30' }, '/window', 'is no day'],
    [{ ...good, window: '2026-12-01' }, '/window', 'still to come'],
    [{ ...good, window: '2010-01-01' }, '/window', 'not kept any more'],
    [{ ...good, labels: {} }, '/labels', 'team is missing: a, b'],
    [{ ...good, labels: { team: 'c' } }, '/labels/team', 'c is no team of heads; there are a, b'],
    [{ ...good, labels: { team: 'a', shop: 'x' } }, '/labels/shop', 'has no dimension shop'],
    [{ ...good, value: 1 }, '/value', 'a decimal as text'],
    [{ ...good, value: '1,5' }, '/value', 'a decimal as text'],
    [{ ...good, value: '1.5' }, '/value', 'head has 0 decimal places here'],
    [{ ...good, value: '1000000000000' }, '/value', 'at most 12 digits'],
    [{ ...good, value: '-1000000000000' }, '/value', 'at most 12 digits'],
    [{ ...good, note: 'x'.repeat(1_001) }, '/note', 'at most 1000 characters'],
  ] as const)('%j', (body, pointer, detail) => {
    expect(read(body as unknown as Json)).toEqual({
      ok: false,
      error: { pointer, detail: expect.stringContaining(detail) as string },
    });
  });

  test.each([
    ['0', true],
    ['10', true],
    ['-1', false],
    ['11', false],
  ])('the value %s lies within 0 to 10: %s', (value, expected) => {
    const spec = { range: { min: 0, max: '10' } };
    expect(read({ window: '2026-11-29', value }, spec).ok).toBe(expected);
  });

  test('a start that begins no window', () => {
    const spec = { grain: 'month', timezone: 'Asia/Shanghai' };
    const at = (start: string) => read({ start, value: '1' }, spec);
    expect(at('2026-10-31T16:00:00Z').ok).toBe(true);
    expect(at('2026-11-01T00:00:00Z')).toMatchObject({ error: { pointer: '/start' } });
  });
});

test.each([
  ['day', '2026-10-29', true],
  ['day', '2026-10-30', false],
  ['month', '2026-09', true],
  ['month', '2026-10', false],
])('a %s is final, hence restated: %s %s', (grain, window, isHistorical) => {
  expect(read({ window, value: '1' }, { grain })).toMatchObject({ value: { isHistorical } });
});

test.each([
  ['day', '2026-03-29', '2026-03-29T00:00:00.000Z', '2026-03-29T23:00:00.000Z'],
  ['week', '2026-W01', '2025-12-29T00:00:00.000Z', '2026-01-05T00:00:00.000Z'],
  ['week', '2026-W53', '2026-12-28T00:00:00.000Z', '2027-01-04T00:00:00.000Z'],
  ['week', '2025-W53', undefined, undefined],
  ['week', '2026-W00', undefined, undefined],
  ['month', '2026-04', '2026-03-31T23:00:00.000Z', '2026-04-30T23:00:00.000Z'],
  ['month', '2026-13', undefined, undefined],
  ['quarter', '2026-Q2', '2026-03-31T23:00:00.000Z', '2026-06-30T23:00:00.000Z'],
  ['year', '2026', '2026-01-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
])('the %s %s in London is %s to %s', (grain, name, start, end) => {
  const window = manualWindowNamed(aManualMetric({ grain, timezone: 'Europe/London' }), name);
  expect([isoOf(window?.startMs), isoOf(window?.endMs)]).toEqual([start, end]);
});

describe('of a metric with a calendar of its own', () => {
  const spec = (calendar: string, grain: string) => ({
    calendar,
    grain,
    timezone: 'Europe/London',
  });
  test.each([
    ['fiscal', 'month', 'FY2026 M01', '2025-04-05T23:00:00.000Z', '2025-05-05T23:00:00.000Z'],
    ['fiscal', 'quarter', 'fy2026-q4', '2026-01-06T00:00:00.000Z', '2026-04-05T23:00:00.000Z'],
    ['fiscal', 'year', 'FY2026', '2025-04-05T23:00:00.000Z', '2026-04-05T23:00:00.000Z'],
    // ISO week 49 is from Monday, 30 November: six of its days lie in the week from Sunday.
    ['fiscal', 'week', '2026-W49', '2026-11-29T00:00:00.000Z', '2026-12-06T00:00:00.000Z'],
    ['tuesdays', 'week', '2026-W49', '2026-12-01T00:00:00.000Z', '2026-12-08T00:00:00.000Z'],
    ['fiscal', 'day', '2026-04-06', '2026-04-05T23:00:00.000Z', '2026-04-06T23:00:00.000Z'],
    ['retail', 'week', 'FY2023 W53', '2024-01-28T00:00:00.000Z', '2024-02-04T00:00:00.000Z'],
    ['retail', 'month', 'FY2023M12', '2023-12-31T00:00:00.000Z', '2024-02-04T00:00:00.000Z'],
    ['fiscal', 'month', '2026-04', undefined, undefined],
    ['fiscal', 'year', '2026', undefined, undefined],
    ['fiscal', 'month', 'FY2026 Q1', undefined, undefined],
    ['retail', 'week', '2024-W05', undefined, undefined],
    ['retail', 'week', 'FY2022 W53', undefined, undefined],
  ])('%s: the %s %s is from %s to %s', (calendar, grain, name, start, end) => {
    const window = manualWindowNamed(aManualMetric(spec(calendar, grain)), name);
    expect([isoOf(window?.startMs), isoOf(window?.endMs)]).toEqual([start, end]);
  });

  test.each([
    ['retail', 'month', 'write FY2026 M01'],
    ['retail', 'week', 'write FY2026 W01'],
    ['fiscal', 'week', 'write 2026-W49'],
    ['fiscal', 'day', 'write 2026-11-30'],
    ['gregorian', 'month', 'write 2026-11'],
  ])('of %s another name of a %s is refused with how it is written', (calendar, grain, detail) => {
    expect(read({ window: 'x', value: '1' }, spec(calendar, grain))).toMatchObject({
      error: { pointer: '/window', detail: expect.stringContaining(detail) as string },
    });
  });

  test('a start begins a window of it', () => {
    const at = (start: string) => read({ start, value: '1' }, spec('fiscal', 'quarter'));
    expect(at('2026-10-05T23:00:00Z').ok).toBe(true);
    expect(at('2026-09-30T23:00:00Z')).toMatchObject({ error: { pointer: '/start' } });
  });

  test('a window is called by it, and one of earlier rules by its dates alone', () => {
    const of = (calendar: string) => aManualMetric(spec(calendar, 'month'));
    const window = manualWindowNamed(of('fiscal'), 'FY2026 M12');
    if (!window) throw new Error('there is no such month');
    expect(manualWindowName(of('fiscal'), window)).toBe('FY2026 M12');
    expect(manualWindowName(of('retail'), window)).toBeUndefined();
    expect(manualWindowName(of('gregorian'), window)).toBeUndefined();
  });
});
