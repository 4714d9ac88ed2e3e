import { describe, expect, test } from 'vitest';
import {
  isNestedDeeperThan,
  literalSource,
  parseExactJson,
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
    isNestedDeeperThan(new TextEncoder().encode(text), limit);
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

  test('a text of brackets alone is refused at once, without a stack', () => {
    expect(isDeeper('['.repeat(5_000_000), 100)).toBe(true);
  });
});
