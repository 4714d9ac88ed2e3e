import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileMapping } from '../../../../services/kernel/import/mapping.ts';
import type { Mapping } from '../../../../services/kernel/import/mapping.ts';
import { eventMaker } from '../../../../services/kernel/import/row-events.ts';
import { RowIds } from '../../../../services/kernel/import/row-ids.ts';
import type { Row } from '../../../../services/kernel/import/row.ts';
import type { Json } from '../../../../services/kernel/json.ts';

const SCHEMA: Json = {
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'amount', type: { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2 } },
    { name: 'note', type: ['null', 'string'], default: null },
  ],
};
const MAPPING: Mapping = {
  type: 't',
  source: '/s',
  id: '{no}',
  subject: '{shop}',
  time: 'at',
  timezone: undefined,
  columns: new Map(),
};
const AT = '2026-01-31T08:00:00Z';
type Values = { no: string; amount: string; note?: string; shop?: string; at?: string };
const rowsOf = (...all: Values[]): Row[] =>
  all.map((values, i) => ({
    number: i + 1,
    line: i + 2,
    share: 1,
    values: { note: '', shop: 'S1', at: AT, ...values },
  }));
const made = (rows: readonly Row[], mapping = MAPPING) => {
  const toEvent = compileMapping(mapping, SCHEMA);
  const { make } = eventMaker((row) => toEvent(row, 'h'), {
    isNumbered: mapping.id === undefined,
    schema: SCHEMA,
  });
  return rows.map((row) => {
    const one = make(row);
    if (one.kind !== 'event') return `${one.kind} as ${one.first.number} (${one.id})`;
    return one.twin ? `event like ${one.twin.number}` : 'event';
  });
};

test.each<[string, Values, string]>([
  ['the same row', { no: 'A', amount: '1.5' }, 'same as 1 (A)'],
  ['a decimal written otherwise', { no: 'A', amount: '01.50' }, 'same as 1 (A)'],
  [
    'the same instant in another zone',
    { no: 'A', amount: '1.5', at: '2026-01-31T09:00:00+01:00' },
    'same as 1 (A)',
  ],
  ['another value', { no: 'A', amount: '1.51' }, 'conflict as 1 (A)'],
  ['another sign', { no: 'A', amount: '-1.5' }, 'conflict as 1 (A)'],
  ['another text', { no: 'A', amount: '1.5', note: 'x' }, 'conflict as 1 (A)'],
  ['another time', { no: 'A', amount: '1.5', at: '2026-01-31T08:00:01Z' }, 'conflict as 1 (A)'],
  // Its partition may be another one, where it would count a second time.
  ['another subject', { no: 'A', amount: '1.5', shop: 'S2' }, 'conflict as 1 (A)'],
  ['another id', { no: 'B', amount: '1.5' }, 'event'],
])('%s is told apart from the first', (_, second, expected) => {
  expect(made(rowsOf({ no: 'A', amount: '1.5' }, second))).toEqual(['event', expected]);
});

test('every later row is compared with the first that has the id', () => {
  const [one, other] = [
    { no: 'A', amount: '1' },
    { no: 'A', amount: '2' },
  ];
  expect(made(rowsOf(one, other, one, other))).toEqual([
    'event',
    'conflict as 1 (A)',
    'same as 1 (A)',
    'conflict as 1 (A)',
  ]);
});

test('texts that only look like numbers are texts, and no number is not made one', () => {
  const note = (text: string): Values => ({ no: 'A', amount: '1', note: text });
  expect(made(rowsOf(note('1.5'), note('1.50')))).toEqual(['event', 'conflict as 1 (A)']);
  const amount = (text: string): Values => ({ no: 'A', amount: text });
  expect(made(rowsOf(amount('x'), amount('y')))).toEqual(['event', 'conflict as 1 (A)']);
});

test('with ids of the row’s number every row counts, and the same content is told; empty ids are left to ingest', () => {
  const same = { no: '', amount: '1' };
  expect(made(rowsOf(same, same))).toEqual(['event', 'event']);
  const other = { no: '', amount: '2' };
  expect(made(rowsOf(same, other, same), { ...MAPPING, id: undefined })).toEqual([
    'event',
    'event',
    'event like 1',
  ]);
});

test('ids are told as a map tells them, however many', () => {
  const texts = fc.string({ unit: 'grapheme', maxLength: 4 });
  fc.assert(
    fc.property(fc.array(fc.tuple(texts, texts), { maxLength: 60 }), (rows) => {
      const ids = new RowIds();
      const known = new Map<string, { number: number; content: string }>();
      for (const [i, [id, content]] of rows.entries()) {
        const number = i + 1;
        const first = known.get(id);
        expect(ids.see({ number, line: number + 1 }, { id, content })).toEqual(
          first && {
            kind: first.content === content ? 'same' : 'conflict',
            first: { number: first.number, line: first.number + 1 },
          },
        );
        if (!first) known.set(id, { number, content });
      }
    }),
  );
  const many = new RowIds();
  const see = (number: number) =>
    many.see({ number, line: number }, { id: `${number}`, content: '' });
  for (let number = 1; number <= 5_000; number++) expect(see(number)).toBeUndefined();
  for (const number of [1, 2_048, 5_000])
    expect(see(number)).toMatchObject({ kind: 'same', first: { number } });
});

test('beyond its bound it keeps no more, and says so; those that it has are still told', () => {
  const ids = new RowIds(2);
  const see = (number: number, id: string) =>
    ids.see({ number, line: number }, { id, content: '' });
  expect([see(1, 'a'), ids.isFull]).toEqual([undefined, false]);
  expect([see(2, 'b'), ids.isFull]).toEqual([undefined, true]);
  expect([see(3, 'c'), see(4, 'c')]).toEqual([undefined, undefined]);
  expect(see(5, 'a')).toMatchObject({ kind: 'same', first: { number: 1 } });
});
