/**
 * MurmurHash3 x86 128-bit: identities (source, id) and definitions are told apart by it. Not for secrets.
 * @see https://github.com/aappleby/smhasher, MurmurHash3_x86_128 (public domain); test vectors in test/unit
 */
const C1 = 0x239b961b;
const C2 = 0xab0e9789;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93;

const rotl = (x: number, r: number): number => (x << r) | (x >>> (32 - r));

function fmix(input: number): number {
  let h = input ^ (input >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/**
 * Hashes `bytes[from, to)` into `out[0..3]` (four signed 32-bit words), without allocating.
 * @param seed 32-bit integer
 */
export function hash128Into(
  out: Int32Array,
  bytes: Uint8Array,
  range: { from: number; to: number; seed?: number },
): void {
  const { from, to, seed = 0 } = range;
  const length = to - from;
  let h1 = seed | 0;
  let h2 = h1;
  let h3 = h1;
  let h4 = h1;
  const blocksEnd = from + (length & ~15);
  for (let i = from; i < blocksEnd; i += 16) {
    h1 ^= Math.imul(rotl(Math.imul(word(bytes, i), C1), 15), C2);
    h1 = (Math.imul(rotl(h1, 19) + h2, 5) + 0x561ccd1b) | 0;
    h2 ^= Math.imul(rotl(Math.imul(word(bytes, i + 4), C2), 16), C3);
    h2 = (Math.imul(rotl(h2, 17) + h3, 5) + 0x0bcaa747) | 0;
    h3 ^= Math.imul(rotl(Math.imul(word(bytes, i + 8), C3), 17), C4);
    h3 = (Math.imul(rotl(h3, 15) + h4, 5) + 0x96cd1c35) | 0;
    h4 ^= Math.imul(rotl(Math.imul(word(bytes, i + 12), C4), 18), C1);
    h4 = (Math.imul(rotl(h4, 13) + h1, 5) + 0x32ac3b17) | 0;
  }
  const tail = length & 15;
  const at = blocksEnd;
  if (tail > 12) h4 ^= Math.imul(rotl(Math.imul(wordOf(bytes, at + 12, tail - 12), C4), 18), C1);
  if (tail > 8) h3 ^= Math.imul(rotl(Math.imul(wordOf(bytes, at + 8, tail - 8), C3), 17), C4);
  if (tail > 4) h2 ^= Math.imul(rotl(Math.imul(wordOf(bytes, at + 4, tail - 4), C2), 16), C3);
  if (tail > 0) h1 ^= Math.imul(rotl(Math.imul(wordOf(bytes, at, tail), C1), 15), C2);
  h1 ^= length;
  h2 ^= length;
  h3 ^= length;
  h4 ^= length;
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = (h2 + h1) | 0;
  h3 = (h3 + h1) | 0;
  h4 = (h4 + h1) | 0;
  h1 = fmix(h1);
  h2 = fmix(h2);
  h3 = fmix(h3);
  h4 = fmix(h4);
  h1 = (h1 + h2 + h3 + h4) | 0;
  out[0] = h1;
  out[1] = h2 + h1;
  out[2] = h3 + h1;
  out[3] = h4 + h1;
}

const word = (bytes: Uint8Array, i: number): number =>
  (bytes[i] as number) |
  ((bytes[i + 1] as number) << 8) |
  ((bytes[i + 2] as number) << 16) |
  ((bytes[i + 3] as number) << 24);

/** Of the first `count` bytes from there, at most 4. */
function wordOf(bytes: Uint8Array, i: number, count: number): number {
  if (count >= 4) return word(bytes, i);
  let k = bytes[i] as number;
  if (count > 1) k |= (bytes[i + 1] as number) << 8;
  if (count > 2) k |= (bytes[i + 2] as number) << 16;
  return k;
}

/** The hash of a text's UTF-8 bytes as 32 hexadecimal digits. */
export function hashText(text: string): string {
  // A code unit takes three bytes at most.
  const bytesMax = text.length * 3;
  const bytes = bytesMax > SHORT.length ? new Uint8Array(bytesMax) : SHORT;
  const { written } = ENCODER.encodeInto(text, bytes);
  hash128Into(HASHED, bytes, { from: 0, to: written });
  return hex(0) + hex(1) + hex(2) + hex(3);
}

const ENCODER = new TextEncoder();
const SHORT = new Uint8Array(1024);
const HASHED = new Int32Array(4);
const hex = (part: number): string =>
  ((HASHED[part] as number) >>> 0).toString(16).padStart(8, '0');
