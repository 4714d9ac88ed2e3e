import avro from 'avsc';

/** What avsc reads from; its types do not say so. */
type Tap = { readonly buf: Uint8Array; pos: number; readonly readLong: () => number };

/** Below this, the zig-zag form (twice the magnitude) is a safe integer, and so is every step of decoding it. */
const DECODED_EXACTLY = 2 ** 52;
const INT_MIN = -(2 ** 31);
const INT_MAX = 2 ** 31 - 1;

/**
 * Avro's `long`, exact or refused. avsc decodes in doubles: −4503599627370497 comes out as +4503599627370496. Law: what is
 * read is what was written; a number that no double holds throws.
 */
export class ExactLongType extends avro.types.LongType {
  protected _read(tap: Tap): number {
    const from = tap.pos;
    const value = tap.readLong();
    if (value > -DECODED_EXACTLY && value < DECODED_EXACTLY) return value;
    return exactly(tap.buf.subarray(from, tap.pos));
  }
}

/** Avro's `int`, which avsc reads as a long of any size. */
export class ExactIntType extends avro.types.IntType {
  protected _read(tap: Tap): number {
    const value = tap.readLong();
    if (value < INT_MIN || value > INT_MAX) throw new Error('an int of more than 32 bits');
    return value;
  }
}

function exactly(varint: Uint8Array): number {
  let unsigned = 0n;
  for (const [i, byte] of varint.entries()) unsigned |= BigInt(byte & 0x7f) << BigInt(7 * i);
  const value = unsigned & 1n ? -(unsigned >> 1n) - 1n : unsigned >> 1n;
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new Error('a long that no double holds');
  return number;
}
