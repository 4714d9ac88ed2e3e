import { expect, test } from 'vitest';
import { messagePack } from '../../../services/platform/message-pack.ts';

const hex = (...list: Parameters<typeof messagePack>[0]): string =>
  messagePack(list).toString('hex');

test.each([
  ['small integers', [0, 1, 127], '9300017f'],
  ['integers of two bytes', [128, 65_535], '92cd0080cdffff'],
  ['integers of four bytes', [65_536, -1, -2_147_483_648], '93d200010000d2ffffffffd280000000'],
  ['integers beyond, as doubles', [2 ** 53 - 1], '91cb433fffffffffffff'],
  ['short texts of ASCII', ['', 'ab'], '92a0a26162'],
  ['other texts in UTF-8', ['é'], '91db00000002c3a9'],
  ['lists in lists', [[], ['a', [1]]], '929092a1619101'],
])('%s are as MessagePack says', (_, list, bytes) => {
  expect(hex(...list)).toBe(bytes);
});

test('long texts and lists tell their length in four bytes, and the buffer grows with them', () => {
  const text = 'x'.repeat(40_000);
  const packed = messagePack([...Array.from({ length: 15 }, () => 7), text]);
  expect(packed.subarray(0, 5).toString('hex')).toBe('dd00000010');
  expect(packed.subarray(20, 25).toString('hex')).toBe('db00009c40');
  expect(packed.toString('latin1', 25)).toBe(text);
});
