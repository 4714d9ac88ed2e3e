import { describe, expect, test } from 'vitest';
import {
  literalSource,
  membersOf,
  parseExactJson,
  parseStrictJson,
  shapeOf,
} from '../../../services/kernel/exact-json.ts';

describe('exact JSON', () => {
  test.each([
    '1',
    '-0',
    '2.50',
    '1e2',
    '0.1',
    '9007199254740991',
    '1234567890123456',
    '0.10000000000000000000',
  ])('%s is the number that it is', (text) => expect(parseExactJson(text)).toBe(Number(text)));

  test.each([
    '9007199254740993',
    '1e400',
    '-1e400',
    '2.5500000000000000001',
    '12345678901234567890.5',
  ])('%s stays as it is written, since no double is it', (text) =>
    expect(literalSource(parseExactJson(text))).toBe(text),
  );

  test('numbers within texts and keys are no numbers', () => {
    const text = '{"12345678901234567890":"9007199254740993"}';
    expect(parseExactJson(text)).toEqual({ '12345678901234567890': '9007199254740993' });
  });

  test('no value of a body can pass for a literal', () => {
    expect(literalSource(parseExactJson('{"number literal":"1","source":"1"}'))).toBeUndefined();
  });

  test('what is no JSON throws, with and without many digits', () => {
    expect(() => parseExactJson('{"a":')).toThrow(SyntaxError);
    expect(() => parseExactJson('12345678901234567890,')).toThrow(SyntaxError);
  });
});

describe('nesting', () => {
  const isDeeper = (text: string, limit: number): boolean =>
    shapeOf(new TextEncoder().encode(text), limit) === undefined;
  const nested = (levels: number): string =>
    '[{"a":'.repeat(levels / 2) + '1' + '}]'.repeat(levels / 2);

  test('is counted in objects and lists', () => {
    expect(isDeeper(nested(10), 10)).toBe(false);
    expect(isDeeper(nested(10), 9)).toBe(true);
    expect(isDeeper('[[],[],[[]]]', 3)).toBe(false);
  });

  test('brackets in texts do not count, whatever is escaped there', () => {
    expect(isDeeper(String.raw`["[[[[", "\"[[[[", "\\", "{{{{"]`, 1)).toBe(false);
  });

  test('F-074 a text of five million brackets is refused at once, without a stack', () => {
    expect(isDeeper('['.repeat(5_000_000), 100)).toBe(true);
  });
});

describe('members', () => {
  const counts = (text: string): [number | undefined, number] => [
    shapeOf(new TextEncoder().encode(text), 100)?.members,
    membersOf(parseExactJson(text)),
  ];
  test.each([
    ['[]', 0],
    ['{"a":1,"b":[{"a":1},{"a":{"a":":"}}]}', 5],
    ['{"__proto__":{"constructor":1e400},"a:":"\\":\\""}', 3],
    ['{"":9007199254740993}', 1],
  ])('of %s are counted alike in its text and its value', (text, members) => {
    expect(counts(text)).toEqual([members, members]);
  });

  test.each([
    '{"a":1,"a":1}',
    '[{"b":[{"a":1,"c":2,"a":3}]}]',
    '{"a":1,"\\u0061":2}',
    '{"__proto__":1,"__proto__":{}}',
  ])('F-075 a name that stands twice in an object is seen: %s', (text) => {
    const [written, kept] = counts(text);
    expect(kept).toBeLessThan(written ?? 0);
  });
});

describe('strict JSON', () => {
  const parse = (text: string): unknown => parseStrictJson(new TextEncoder().encode(text), 100);
  const mayBeInexact = (text: string): boolean | undefined =>
    shapeOf(new TextEncoder().encode(text), 100)?.mayBeInexact;

  test.each(['9007199254740993', '1e400', '-1E400', '2.5500000000000000001', '0.1234567890123456'])(
    'keeps %s as parseExactJson does',
    (text) => {
      expect(parse(`{"a":[0,${text}]}`)).toEqual(parseExactJson(`{"a":[0,${text}]}`));
      expect(mayBeInexact(`[${text} ]`)).toBe(true);
    },
  );

  test('of digits in texts and keys nothing is feared, nor of words and short numbers', () => {
    expect(mayBeInexact('{"12345678901234567890":"4e12 \\" 9007199254740993"}')).toBe(false);
    expect(mayBeInexact('[true,false,null,123456789,0.1234567,12345678,1.5]')).toBe(false);
  });
});
