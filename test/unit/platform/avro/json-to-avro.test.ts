import { describe, expect, test } from 'vitest';
import type { Json } from '../../../../services/kernel/json.ts';
import { parseExactJson } from '../../../../services/kernel/exact-json.ts';
import {
  compileJsonToAvro,
  pointerSegment,
} from '../../../../services/platform/avro/json-to-avro.ts';

const convert = (schema: Json, json: string, unknownFields: 'refuse' | 'ignore' = 'refuse') =>
  compileJsonToAvro(schema, { unknownFields })(parseExactJson(json));
const decimal = (scale: number): Json => ({
  type: 'bytes',
  logicalType: 'decimal',
  precision: 9,
  scale,
});

describe('a value is taken', () => {
  test.each<[string, Json, string, unknown]>([
    ['a decimal as text', decimal(2), '"2.55"', 255],
    ['a decimal as a number that is exact at the scale', decimal(2), '2.55', 255],
    ['a decimal with zeros beyond the scale', decimal(2), '"2.5500"', 255],
    [
      'a timestamp as RFC 3339',
      { type: 'long', logicalType: 'timestamp-millis' },
      '"2026-01-31T08:00:00.5+01:00"',
      Date.parse('2026-01-31T07:00:00.500Z'),
    ],
    [
      'a timestamp in microseconds',
      { type: 'long', logicalType: 'timestamp-micros' },
      '"2026-01-31T08:00:00.123456Z"',
      Date.parse('2026-01-31T08:00:00.123Z') * 1_000 + 456,
    ],
    [
      'a local timestamp',
      { type: 'long', logicalType: 'local-timestamp-millis' },
      '"2026-01-31T08:00:00"',
      Date.parse('2026-01-31T08:00:00Z'),
    ],
    [
      'a timestamp as epoch milliseconds',
      { type: 'long', logicalType: 'timestamp-millis' },
      '1769846400000',
      1_769_846_400_000,
    ],
    ['a date', { type: 'int', logicalType: 'date' }, '"1970-01-02"', 1],
    ['a time of day', { type: 'int', logicalType: 'time-millis' }, '"00:00:01.500"', 1_500],
    [
      'a UUID',
      { type: 'string', logicalType: 'uuid' },
      '"123e4567-e89b-12d3-a456-426614174000"',
      '123e4567-e89b-12d3-a456-426614174000',
    ],
    ['the first branch of a union that takes it', ['null', 'long', 'string'], '"5"', '5'],
    ['null, without wrapping', ['null', 'string'], 'null', null],
    ['minus zero as zero', 'int', '-0', 0],
    [
      'a double of many digits as the nearest',
      'double',
      '0.1000000000000000055511151231257827',
      0.1,
    ],
  ])('%s', (_, ...[schema, json, value]) =>
    expect(convert(schema, json)).toEqual({ ok: true, value }),
  );

  test('bytes as base64', () => {
    expect(convert('bytes', '"aGk="')).toEqual({ ok: true, value: Buffer.from('hi') });
    expect(convert({ type: 'fixed', name: 'F', size: 2 }, '"aGk="')).toEqual({
      ok: true,
      value: Buffer.from('hi'),
    });
  });
});

describe('a value is refused', () => {
  test.each<[string, Json, string]>([
    ['a decimal that would be rounded', decimal(2), '2.555'],
    ['a decimal of too many digits', decimal(2), '"12345678.00"'],
    ['a decimal that is no number', decimal(2), '"2,55"'],
    ['an int as text', 'int', '"5"'],
    ['an int with a fraction', 'int', '5.5'],
    ['an int beyond 32 bits', 'int', '2147483648'],
    ['a long that no double holds', 'long', '9007199254740993'],
    ['a long that would be written as another', 'long', '-4503599627370497'],
    ['a number beyond the doubles', 'double', '1e400'],
    ['half a character', 'string', String.raw`"\ud800"`],
    ['an unknown symbol', { type: 'enum', name: 'E', symbols: ['A'] }, '"B"'],
    ['base64 that is none', 'bytes', '"a-b_"'],
    ['bytes of another size', { type: 'fixed', name: 'F', size: 3 }, '"aGk="'],
    ['a date that is none', { type: 'int', logicalType: 'date' }, '"2026-02-30"'],
    [
      'a timestamp without zone',
      { type: 'long', logicalType: 'timestamp-millis' },
      '"2026-01-31T08:00:00"',
    ],
    [
      'a timestamp in microseconds after the year 2255',
      { type: 'long', logicalType: 'timestamp-micros' },
      '"2256-01-31T08:00:00Z"',
    ],
    ['a UUID that is none', { type: 'string', logicalType: 'uuid' }, '"123e4567"'],
    ['null where it is not allowed', 'string', 'null'],
    ['a map key that would be a prototype', { type: 'map', values: 'int' }, '{"__proto__":1}'],
    ['what no branch of a union takes', ['null', 'int', 'boolean'], '"x"'],
  ])('%s', (_, ...[schema, json]) =>
    expect(convert(schema, json)).toMatchObject({
      ok: false,
      error: { pointer: expect.any(String) as string },
    }),
  );
});

const ORDER: Json = {
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'status', type: 'string', default: 'booked' },
    {
      name: 'lines',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'Line',
          fields: [{ name: 'price', type: ['null', decimal(2)] }],
        },
      },
      default: [],
    },
    { name: 'tags', type: { type: 'map', values: 'int' }, default: {} },
  ],
};
describe('a record', () => {
  test('takes defaults for what is missing, each time anew', () => {
    const compiled = compileJsonToAvro(ORDER, { unknownFields: 'refuse' });
    const [first, second] = [compiled({ id: 'a' }), compiled({ id: 'b' })];
    expect(first).toEqual({ ok: true, value: { id: 'a', status: 'booked', lines: [], tags: {} } });
    expect(
      first.ok &&
        second.ok &&
        (first.value as { lines: unknown }).lines !== (second.value as { lines: unknown }).lines,
    ).toBe(true);
  });

  test.each([
    ['a missing field', '{}', '/id', 'nothing'],
    [
      'a wrong one within a list',
      '{"id":"a","lines":[{"price":1},{"price":"x"}]}',
      '/lines/1/price',
      '"x"',
    ],
    ['a wrong one within a map', '{"id":"a","tags":{"a/b~c":"x"}}', '/tags/a~1b~0c', '"x"'],
    ['an unknown field', '{"id":"a","colour":"red"}', '/colour', '"red"'],
    ['a long text, cut', `{"id":"a","tags":"${'x'.repeat(100)}"}`, '/tags', `"${'x'.repeat(39)}…`],
  ])('names %s', (_, ...[json, pointer, found]) => {
    expect(convert(ORDER, json ?? '')).toMatchObject({ ok: false, error: { pointer, found } });
  });

  test('ignores unknown fields where its type does, also within', () => {
    expect(
      convert(ORDER, '{"id":"a","colour":"red","lines":[{"price":null,"x":1}]}', 'ignore'),
    ).toMatchObject({ ok: true });
  });

  test('that holds itself ends at a depth, with a refusal', () => {
    const tree: Json = {
      type: 'record',
      name: 'T',
      fields: [{ name: 'next', type: ['null', 'T'], default: null }],
    };
    const chain = (levels: number): string =>
      '{"next":'.repeat(levels) + 'null' + '}'.repeat(levels);
    expect(convert(tree, chain(60)).ok).toBe(true);
    expect(convert(tree, chain(2_000))).toMatchObject({
      ok: false,
      error: { expected: expect.stringContaining('64 levels') as string },
    });
  });
});

test('a pointer escapes ~ and /', () => {
  expect(pointerSegment('a/b~c')).toBe('/a~1b~0c');
});

test('of an event that lacks everything twenty faults are told beside the first', () => {
  const fields = Array.from({ length: 300 }, (_, i) => ({ name: `f${i}`, type: 'string' }));
  const wide = compileJsonToAvro(
    { type: 'record', name: 'Wide', fields },
    { unknownFields: 'refuse' },
  );
  const bare = wide({});
  expect(bare.ok ? undefined : bare.error.pointer).toBe('/f0');
  expect(bare.ok ? undefined : bare.error.others?.length).toBe(20);
});
