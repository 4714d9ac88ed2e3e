import { expect, test } from 'vitest';
import { readBody, readQuery } from '../../../services/kernel/members.ts';

const refused = (detail: string, pointer: string) => {
  return { ok: false, error: { code: 'invalid_parameter', detail, pointer } };
};

test('a body has the fields that are read, and no others', () => {
  expect(readBody({ a: 1, b: null }, ['a', 'b', 'c'])).toEqual({
    ok: true,
    value: { a: 1, b: null },
  });
  for (const nothing of [undefined, null, {}])
    expect(readBody(nothing, ['a'])).toEqual({ ok: true, value: {} });
  expect(readBody({ a: 1, z: 1 }, ['a', 'b'])).toEqual(
    refused('no field is called z; there are a, b', '/z'),
  );
  expect(readBody({ 'a/b~': 1 }, [])).toEqual(
    refused('no field is called a/b~; there is none', '/a~1b~0'),
  );
  // JSON may name what every object has.
  expect(readBody(JSON.parse('{"__proto__":1}'), ['a'])).toMatchObject({ ok: false });
  expect(readBody({ toString: 1 }, ['a'])).toMatchObject({ ok: false });
});

test.each([[[]], ['a'], [1], [true]])('%j is no body', (body) => {
  expect(readBody(body, ['a'])).toEqual(refused('the body must be a JSON object', ''));
});

test('a query has the parameters that are read, each once', () => {
  expect(readQuery({ a: '1' }, ['a', 'b'])).toEqual({ ok: true, value: { a: '1' } });
  expect(readQuery({ z: '1' }, ['a', 'b'])).toEqual(
    refused('no parameter is called z; there are a, b', '/z'),
  );
  expect(readQuery({ a: ['1', '2'] }, ['a'])).toEqual(refused('a is given more than once', '/a'));
});
