import { describe, expect, test } from 'vitest';
import { parseLossless } from '../../../../services/kernel/import/lossless-json.ts';
import { parseColumn } from '../../../../services/cli/import/options.ts';
import { compileMapping } from '../../../../services/kernel/import/mapping.ts';
import type { Mapping } from '../../../../services/kernel/import/mapping.ts';
import type { Json } from '../../../../services/kernel/json.ts';

const SCHEMA: Json = {
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'store', type: 'string' },
    { name: 'amount', type: { type: 'bytes', logicalType: 'decimal', precision: 18, scale: 2 } },
    { name: 'pieces', type: 'int' },
    { name: 'weight', type: ['null', 'double'], default: null },
    { name: 'paid', type: 'boolean', default: false },
    { name: 'at', type: ['null', { type: 'long', logicalType: 'timestamp-millis' }] },
    { name: 'tags', type: { type: 'array', items: 'string' }, default: [] },
  ],
};
const mapping = (over: Partial<Mapping> = {}): Mapping => ({
  type: 'com.example.order',
  source: '/import/orders.csv',
  id: undefined,
  subject: undefined,
  time: undefined,
  timezone: undefined,
  columns: new Map(),
  ...over,
});
const row = (values: Record<string, unknown>) => ({ number: 7, line: 8, values, share: 0 });
const dataOf = (values: Record<string, unknown>, over: Partial<Mapping> = {}): unknown =>
  compileMapping(mapping(over), SCHEMA)(row(values), 'hash')['data'];

describe('texts of a CSV file become what JSON has for the field', () => {
  test.each([
    ['a text stays one', { store: '007' }, { store: '007' }],
    ['a decimal stays as it is written', { amount: '2.50' }, { amount: '2.50' }],
    ['an integer becomes a number', { pieces: '12' }, { pieces: 12 }],
    ['what is no number is left to ingest', { pieces: 'twelve' }, { pieces: 'twelve' }],
    ['a number with leading zeros is none', { pieces: '012' }, { pieces: '012' }],
    ['an empty nullable field is null', { weight: '' }, { weight: null }],
    ['an empty field with a default is left out', { paid: '' }, {}],
    ['an empty required field is left to ingest', { pieces: '' }, { pieces: '' }],
    ['a boolean is one', { paid: 'true' }, { paid: true }],
    ['a list is JSON', { tags: '["a","b"]' }, { tags: ['a', 'b'] }],
    ['epoch milliseconds are a number', { at: '1290000000000' }, { at: 1_290_000_000_000 }],
    ['columns that are no fields are not sent', { colour: 'red' }, {}],
  ])('%s', (_, values, data) => expect(dataOf(values)).toEqual(data));

  test('local times become instants in the zone that is given', () => {
    expect(dataOf({ at: '2011-07-01 09:00:00' }, { timezone: 'Europe/London' })).toEqual({
      at: '2011-07-01T08:00:00.000Z',
    });
    expect(dataOf({ at: '2011-07-01T09:00:00' })).toEqual({ at: '2011-07-01T09:00:00' });
    expect(dataOf({ at: '2011-02-30T09:00:00' }, { timezone: 'Europe/London' })).toEqual({
      at: '2011-02-30T09:00:00',
    });
  });

  test('values of ndjson that are no texts pass as they are, digit by digit', () => {
    const values = parseLossless('{"amount":2.5500000000000000001,"pieces":12}') as Record<
      string,
      unknown
    >;
    expect(JSON.stringify(dataOf(values))).toBe('{"amount":2.5500000000000000001,"pieces":12}');
  });
});

describe('an event', () => {
  test('takes columns by --map, and id, subject and time from their templates', () => {
    const event = compileMapping(
      mapping({
        columns: new Map([['store', 'shop']]),
        id: '{order}-{line}',
        subject: '{order}',
        time: 'booked',
        timezone: 'Asia/Shanghai',
      }),
      SCHEMA,
    )(row({ shop: 'S1', order: '88', line: '2', booked: '2026-01-31 08:00' }), 'hash');
    expect(event).toEqual({
      specversion: '1.0',
      id: '88-2',
      source: '/import/orders.csv',
      type: 'com.example.order',
      subject: '88',
      time: '2026-01-31T00:00:00.000Z',
      data: { store: 'S1' },
    });
  });

  test('without a template has the id of its content and row', () => {
    expect(compileMapping(mapping(), SCHEMA)(row({}), '0123456789abcdef0123')['id']).toBe(
      '0123456789abcdef-7',
    );
  });

  test('whose template names a column that is not there is refused with its row', () => {
    expect(() => compileMapping(mapping({ id: '{nr}' }), SCHEMA)(row({ order: '1' }), 'h')).toThrow(
      'row 7 has no text in column nr; its columns are order',
    );
  });
});

test('a mapped field that the schema does not have is refused before anything is sent', () => {
  expect(() => compileMapping(mapping({ columns: new Map([['shop', 'store']]) }), SCHEMA)).toThrow(
    /has no field shop; it has store, amount/,
  );
});

test('--map is field=column', () => {
  expect(parseColumn('a=b=c')).toEqual(['a', 'b=c']);
  for (const text of ['a', '=b', 'a='])
    expect(() => parseColumn(text)).toThrow('write field=column');
});
