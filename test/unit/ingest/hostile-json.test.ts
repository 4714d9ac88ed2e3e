import { describe, expect, test } from 'vitest';
import { parseBody } from '../../../services/ingest/adapters/request-body.ts';
import { decide } from '../../../services/ingest/core/decide.ts';
import { readStructured } from '../../../services/ingest/core/incoming-event.ts';
import { LIMITS } from '../../../services/ingest/core/limits.ts';
import type { Json } from '../../../services/kernel/json.ts';
import { ok } from '../../../services/kernel/result.ts';
import { compileJsonToAvro } from '../../../services/platform/avro/json-to-avro.ts';
import { aCloudEvent } from '../../support/cloud-events.ts';
import { anEventType } from '../../support/metrics.ts';

const SCHEMA: Json = {
  type: 'record',
  name: 'Hostile',
  fields: [
    { name: 'store_id', type: 'string', default: '' },
    { name: 'pieces', type: 'long', default: 0 },
    { name: 'weight', type: 'double', default: 0 },
    {
      name: 'amount',
      type: { type: 'bytes', logicalType: 'decimal', precision: 18, scale: 2 },
      default: '\u0000',
    },
    { name: 'tags', type: { type: 'map', values: 'string' }, default: {} },
  ],
};
const NOW = Date.parse('2026-01-31T08:01:00Z');
type Decided = { readonly code?: string; readonly pointer?: string | undefined; data?: unknown };

/** What ingest makes of one event whose `data` is this text, from the bytes of its body on. */
function sent(
  data: string,
  { unknownFields = 'refuse' as 'refuse' | 'ignore', ...over }: Record<string, unknown> = {},
): Decided {
  const definition = anEventType({
    schema: SCHEMA,
    unknownFields: unknownFields as 'refuse' | 'ignore',
  });
  const event = JSON.stringify(aCloudEvent({ data: 'DATA', ...over })).replace('"DATA"', data);
  try {
    const read = readStructured(parseBody(Buffer.from(event)));
    const convert = compileJsonToAvro(SCHEMA, definition);
    const terms = { nowMs: NOW, isHistorical: false, sources: undefined };
    const decided = read.ok
      ? decide(read.value, { ...terms, typeOf: () => ok({ definition, convert }) })
      : read;
    return decided.ok ? { data: decided.value.envelope.data } : decided.error;
  } catch (error) {
    return { code: (error as { code?: string }).code ?? String(error) };
  }
}
const nested = (levels: number, core = '1'): string =>
  '['.repeat(levels) + core + ']'.repeat(levels);

describe('F-074 JSON that nests without end', () => {
  test.each([
    ['lists', nested(200_000)],
    ['objects', '{"a":'.repeat(200_000) + '1' + '}'.repeat(200_000)],
    ['lists around a number that no double holds', nested(200_000, '12345678901234567890')],
  ])('a body of %s 200,000 deep is refused before it is parsed', (_, text) => {
    expect(sent(`{"store_id":${text}}`)).toEqual({ code: 'not_parseable' });
  });

  test('data_base64 of JSON 200,000 deep is refused too', () => {
    for (const core of ['1', '12345678901234567890']) {
      const json = `{"tags":{"a":${nested(200_000, core)}},"x":${nested(200_000, core)}}`;
      const base64 = Buffer.from(json).toString('base64');
      const event = aCloudEvent({ data: undefined, data_base64: base64 });
      expect(readStructured(event)).toMatchObject({ ok: false, error: { code: 'not_parseable' } });
    }
  });

  test('nesting up to the limit is taken', () => {
    const data = `{"x":${nested(LIMITS.nestingMax - 2)}}`;
    expect(sent(data, { unknownFields: 'ignore' })).toHaveProperty('data');
    expect(sent(`{"x":${nested(LIMITS.nestingMax - 1)}}`)).toEqual({ code: 'not_parseable' });
  });
});

describe('F-073 names that are JavaScript’s own, in JSON', () => {
  test.each(['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString'])(
    '%s as a field that nobody declared is refused, or ignored where unknown fields are; nothing is polluted',
    (name) => {
      const data = `{"${name}":{"isAdmin":"yes"}}`;
      expect(sent(data)).toMatchObject({ code: 'schema_invalid', pointer: `/data/${name}` });
      const taken = sent(data, { unknownFields: 'ignore' }).data as Record<string, unknown>;
      expect(Object.getPrototypeOf(taken)).toBe(Object.prototype);
      expect(taken['isAdmin']).toBeUndefined();
      expect(({} as { isAdmin?: string }).isAdmin).toBeUndefined();
    },
  );

  test('__proto__ as the key of a map is refused, others are plain keys', () => {
    expect(sent('{"tags":{"__proto__":"x"}}')).toMatchObject({ pointer: '/data/tags/__proto__' });
    expect(sent('{"tags":{"constructor":"x"}}')).toMatchObject({
      data: { tags: { constructor: 'x' } },
    });
  });

  test('__proto__ in the event itself names no attribute', () => {
    const event = JSON.stringify(aCloudEvent({ id: undefined })).replace(
      '{',
      '{"__proto__":{"id":"stolen"},',
    );
    const read = readStructured(parseBody(Buffer.from(event)));
    expect(read).toMatchObject({ ok: true, value: { id: undefined } });
  });
});

describe('F-075 values that JSON can say and no event may', () => {
  test.each<[string, string, string]>([
    ['a double of 1e400', '{"weight":1e400}', '/data/weight'],
    ['a decimal of 1e400', '{"amount":1e400}', '/data/amount'],
    ['a long of 1e400', '{"pieces":1e400}', '/data/pieces'],
    ['a decimal text of Infinity', '{"amount":"Infinity"}', '/data/amount'],
    ['a decimal text of NaN', '{"amount":"NaN"}', '/data/amount'],
    ['a long beyond 2^53', '{"pieces":9007199254740993}', '/data/pieces'],
    ['half a character in a text', String.raw`{"store_id":"\ud800"}`, '/data/store_id'],
    ['half a character in a key', String.raw`{"tags":{"\udfff":"x"}}`, '/data/tags/\udfff'],
  ])('%s is refused with its place', (_, data, pointer) => {
    expect(sent(data)).toMatchObject({ code: 'schema_invalid', pointer });
  });

  test('−0 is zero', () => {
    for (const text of ['-0', '-0.0', '"-0.00"'])
      expect(sent(`{"amount":${text}}`)).toMatchObject({ data: { amount: 0 } });
    const data = sent('{"pieces":-0}').data as { pieces: number };
    expect(Object.is(data.pieces, 0)).toBe(true);
  });

  test.each([
    ['in its data', '{"amount":"1.00","amount":"2.00"}'],
    ['in its data, escaped', String.raw`{"amount":"1.00","\u0061mount":"2.00"}`],
    ['deep in its data', '{"tags":{"a":"x","a":"y"}}'],
  ])(
    'an event that says the same twice %s is refused: two readers could read two events',
    (_, data) => {
      expect(sent(data)).toEqual({ code: 'not_parseable' });
    },
  );

  test('an event with two ids is refused', () => {
    const event = JSON.stringify(aCloudEvent({})).replace('{', '{"id":"other",');
    expect(() => parseBody(Buffer.from(event))).toThrow('the same name twice');
  });

  test.each([
    ['a NUL', 'id', 'a\u0000b'],
    ['a line break', 'subject', 'a\nb'],
    ['an escape', 'source', '/a\u001b[31m'],
    ['a C1 control', 'partitionkey', 'a\u0085'],
    ['half a character', 'id', 'a\ud800'],
  ])('%s in %s is refused', (_, name, value) => {
    expect(sent('{}', { [name]: value })).toMatchObject({
      code: 'not_parseable',
      pointer: `/${name}`,
    });
  });
});
