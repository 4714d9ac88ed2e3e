import { expect, test } from 'vitest';
import { hash128Into, hashText } from '../../../services/kernel/hash.ts';

/** @see https://github.com/aappleby/smhasher, KeysetTest.cpp VerificationTest: MurmurHash3_x86_128 verifies as 0xB3ECE62A */
test('MurmurHash3 x86 128 has the verification value of its author', () => {
  const out = new Int32Array(4);
  const hash = (bytes: Uint8Array, to: number, seed: number): Uint8Array => {
    hash128Into(out, bytes, { from: 0, to, seed });
    const result = new Uint8Array(16);
    const view = new DataView(result.buffer);
    out.forEach((word, i) => view.setInt32(i * 4, word, true));
    return result;
  };
  const key = Uint8Array.from({ length: 256 }, (_, i) => i);
  const hashes = new Uint8Array(16 * 256);
  for (let i = 0; i < 256; i++) hashes.set(hash(key, i, 256 - i), i * 16);
  const final = new DataView(hash(hashes, hashes.length, 0).buffer);
  expect(final.getUint32(0, true)).toBe(0xb3ece62a);
});

test('a text has the hash that it had when identities were first told apart by it', () => {
  expect(hashText('I will not buy this record, it is scratched.')).toBe(
    'a0a9683b25ac5e40d9af2895890dddf5',
  );
  expect(hashText('')).toBe('00000000000000000000000000000000');
});

test('a range is hashed as if it stood alone', () => {
  const bytes = new TextEncoder().encode('xxhellozz');
  const inside = new Int32Array(4);
  const alone = new Int32Array(4);
  hash128Into(inside, bytes, { from: 2, to: 7, seed: 9 });
  hash128Into(alone, bytes.slice(2, 7), { from: 0, to: 5, seed: 9 });
  expect(inside).toEqual(alone);
});
