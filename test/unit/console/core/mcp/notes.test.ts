import { expect, test } from 'vitest';
import type { Point, ValuesAnswer } from '../../../../../services/console/core/answers.ts';
import { cutList, valuesNotes } from '../../../../../services/console/core/mcp/notes.ts';

const point = (over: Partial<Point>): Point => ({
  start: '2026-01-01T00:00:00Z',
  end: '2026-01-02T00:00:00Z',
  value: '1.00',
  count: 1,
  state: 'closed',
  revision: 0,
  completeness: 1,
  ...over,
});
const answer = (points: readonly Point[], over: Partial<ValuesAnswer> = {}): ValuesAnswer => ({
  metric: 'net-sales',
  version: 'v1',
  unit: { code: 'CNY', scale: 2 },
  timezone: 'Asia/Shanghai',
  grain: 'day',
  watermark: '2026-01-02T00:00:00.000Z',
  series: [{ labels: {}, points }],
  warnings: [],
  ...over,
});

test('unit, zone and how far the events are in are always said, and nothing else of values that hold', () => {
  expect(valuesNotes(answer([point({}), point({ state: 'final' })]))).toEqual([
    'net-sales in CNY, windows in Asia/Shanghai, start inclusive, end exclusive; all events before 2026-01-02T00:00:00.000Z are in, as far as is known',
  ]);
  expect(valuesNotes(answer([], { watermark: null }))[0]).toContain(
    'no watermark yet: nothing is known to be complete',
  );
});

test.each<[Partial<Point>, string]>([
  [{ state: 'open' }, '1 of 2 windows are open: provisional'],
  [
    { state: 'rebuilding', value: null },
    '1 of 2 windows are being recounted from the log: no value is shown, which is no zero',
  ],
  [{ state: 'revised' }, '1 of 2 windows are changed by late events'],
  [{ state: 'restated' }, '1 of 2 windows are changed by historical events'],
  [{ value: null, reason: 'division by zero' }, '1 of 2 windows have no value: division by zero'],
  [{ approximate: true }, 'approximate'],
])('of %j it is said', (over, words) => {
  const notes = valuesNotes(answer([point({}), point(over)]));
  expect(notes).toHaveLength(2);
  expect(notes[1]).toContain(words);
});

test('windows of what has no series of its own count too', () => {
  const notes = valuesNotes(answer([point({})], { other: { points: [point({ state: 'open' })] } }));
  expect(notes[1]).toContain('1 of 2 windows are open');
});

test('warnings of the answer, values of the past and what was cut are said', () => {
  const notes = valuesNotes(
    answer([], {
      warnings: ['counts events from 2026'],
      cursor: 'x',
      asOf: { at: null, cursors: [], records: 0 },
    }),
  ).slice(1);
  expect(notes).toEqual([
    expect.stringContaining('as they were known then'),
    'counts events from 2026',
    expect.stringMatching(/^cut: more follow/),
  ]);
});

test('a list is cut at its limit, which is said, and not before', () => {
  expect(cutList('alerts', [1, 2], 2)).toEqual({ kept: [1, 2], notes: [] });
  expect(cutList('alerts', [1, 2, 3], 2)).toEqual({ kept: [1, 2], notes: ['cut: 2 of 3 alerts'] });
});
