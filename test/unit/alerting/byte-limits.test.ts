import { expect, test } from 'vitest';
import {
  trimBytes,
  trimCharacters,
  utf8Bytes,
} from '../../../services/alerting/core/words/byte-limits.ts';

test.each([
  ['销售净额', 12, '销售净额'],
  ['销售净额', 11, '销售…'],
  ['销售净额', 9, '销售…'],
  ['销售净额', 8, '销…'],
  ['ab👨‍👩‍👧‍👦c', 20, 'ab…'],
  ['e\u0301e\u0301', 5, '…'],
  ['abcdef', 5, 'ab…'],
  ['abcdef', 2, ''],
])('%s in %d bytes is %s', (text, most, cut) => {
  expect(trimBytes(text, most)).toBe(cut);
  expect(utf8Bytes(trimBytes(text, most))).toBeLessThanOrEqual(most);
});

test('characters are counted as Slack counts them', () => {
  expect(trimCharacters('👍👍👍', 6)).toBe('👍👍👍');
  expect(trimCharacters('👍👍👍', 5)).toBe('👍👍…');
});
