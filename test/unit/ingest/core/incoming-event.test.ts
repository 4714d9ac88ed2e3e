import { describe, expect, test } from 'vitest';
import { readBinary, readStructured } from '../../../../services/ingest/core/incoming-event.ts';
import { LIMITS } from '../../../../services/ingest/core/limits.ts';
import { parseExactJson } from '../../../../services/kernel/exact-json.ts';
import { aCloudEvent, anIncomingEvent } from '../../../support/cloud-events.ts';

const refusalOf = (over: Record<string, unknown>) => {
  const read = readStructured(aCloudEvent(over));
  return read.ok ? undefined : { code: read.error.code, pointer: read.error.pointer };
};

describe('structured mode', () => {
  test('an event is read as it is', () => {
    expect(readStructured(aCloudEvent())).toEqual({ ok: true, value: anIncomingEvent() });
  });

  test('extensions pass unread, and partitionkey is kept', () => {
    const read = readStructured(aCloudEvent({ partitionkey: 'k', comexampleother: 7 }));
    expect(read).toEqual({ ok: true, value: anIncomingEvent({ partitionKey: 'k' }) });
  });

  test('a null or empty attribute is an absent one', () => {
    const read = readStructured(aCloudEvent({ subject: null, partitionkey: '', id: '' }));
    expect(read).toEqual({
      ok: true,
      value: anIncomingEvent({ subject: undefined, id: undefined }),
    });
  });

  test('data_base64 holds JSON', () => {
    const { data, ...rest } = aCloudEvent();
    const base64 = Buffer.from(JSON.stringify(data)).toString('base64');
    expect(readStructured({ ...rest, data_base64: base64 })).toEqual({
      ok: true,
      value: anIncomingEvent(),
    });
  });

  test.each([
    ['null', null],
    ['a text', 'event'],
    ['a list', [aCloudEvent()]],
    ['a number that no double holds', parseExactJson('12345678901234567890')],
  ])('%s is no event', (_, value) => {
    expect(readStructured(value)).toMatchObject({ ok: false, error: { code: 'not_parseable' } });
  });

  test.each<[string, Record<string, unknown>, string, string]>([
    ['no specversion', { specversion: undefined }, 'not_parseable', '/specversion'],
    ['another specversion', { specversion: '0.3' }, 'not_parseable', '/specversion'],
    ['an id that is a number', { id: 7 }, 'not_parseable', '/id'],
    [
      'an id that is an inexact number',
      { id: parseExactJson('12345678901234567890') },
      'not_parseable',
      '/id',
    ],
    ['a subject that is an object', { subject: {} }, 'not_parseable', '/subject'],
    ['an id of too many bytes', { id: '界'.repeat(LIMITS.idBytesMax / 3 + 1) }, 'too_large', '/id'],
    [
      'a source of too many bytes',
      { source: 's'.repeat(LIMITS.sourceBytesMax + 1) },
      'too_large',
      '/source',
    ],
    [
      'a subject of too many bytes',
      { subject: 's'.repeat(LIMITS.attributeBytesMax + 1) },
      'too_large',
      '/subject',
    ],
    ['a NUL in the id', { id: 'a\u0000b' }, 'not_parseable', '/id'],
    ['a line break in the subject', { subject: 'a\nb' }, 'not_parseable', '/subject'],
    ['a C1 control in the source', { source: '/a\u0085' }, 'not_parseable', '/source'],
    ['half a character as id', { id: '\uD800' }, 'not_parseable', '/id'],
    [
      'data of another type',
      { datacontenttype: 'text/xml' },
      'unsupported_media_type',
      '/datacontenttype',
    ],
    ['data twice', { data_base64: 'e30=' }, 'not_parseable', '/data_base64'],
    ['base64 that is none', { data: undefined, data_base64: '*' }, 'not_parseable', '/data_base64'],
    [
      'base64 of no JSON',
      { data: undefined, data_base64: 'e30' + 'x'.repeat(4) },
      'not_parseable',
      '/data_base64',
    ],
    [
      'base64 that is a number',
      { data: undefined, data_base64: 7 },
      'not_parseable',
      '/data_base64',
    ],
  ])('%s is refused', (_, ...[over, code, pointer]) => {
    expect(refusalOf(over)).toEqual({ code, pointer });
  });

  test('an id of exactly the limit passes', () => {
    expect(refusalOf({ id: 'i'.repeat(LIMITS.idBytesMax) })).toBeUndefined();
  });

  test.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/vnd.order+json',
    'text/json',
  ])('data of type %s are JSON', (datacontenttype) =>
    expect(refusalOf({ datacontenttype })).toBeUndefined(),
  );

  test('the malformed attribute is reported before the missing one is', () => {
    expect(refusalOf({ id: undefined, source: 's'.repeat(2_000) })?.code).toBe('too_large');
  });
});

describe('binary mode', () => {
  const headers = (over: Record<string, string | undefined> = {}) => {
    const all: Record<string, string | undefined> = {
      'content-type': 'application/json',
      'ce-specversion': '1.0',
      'ce-id': 'e-1',
      'ce-source': '/test',
      'ce-type': 'com.example.sales.order-booked',
      'ce-time': '2026-01-31T08:00:00Z',
      'ce-subject': 'order-1',
      ...over,
    };
    return (name: string) => all[name];
  };
  const { data } = anIncomingEvent();

  test('headers are the attributes, the body is the data', () => {
    expect(readBinary(headers(), data)).toEqual({ ok: true, value: anIncomingEvent() });
  });

  test('values are percent-decoded once, and unquoted', () => {
    const read = readBinary(
      headers({
        'ce-subject': '%E5%95%86%E5%BA%97%20%2525',
        'ce-partitionkey': String.raw`"a\"b"`,
      }),
      data,
    );
    expect(read).toEqual({
      ok: true,
      value: anIncomingEvent({ subject: '商店 %25', partitionKey: 'a"b' }),
    });
  });

  test.each<[string, Record<string, string | undefined>, string, string]>([
    ['a lone percent sign', { 'ce-subject': '100%' }, 'not_parseable', '/subject'],
    ['bytes that are no UTF-8', { 'ce-id': '%FF' }, 'not_parseable', '/id'],
    ['characters beyond ASCII', { 'ce-id': 'ä' }, 'not_parseable', '/id'],
    ['no specversion', { 'ce-specversion': undefined }, 'not_parseable', '/specversion'],
    [
      'a body of another type',
      { 'content-type': 'application/xml' },
      'unsupported_media_type',
      '/datacontenttype',
    ],
  ])('%s is refused', (_, ...[over, code, pointer]) => {
    expect(readBinary(headers(over), data)).toMatchObject({ ok: false, error: { code, pointer } });
  });
});
