import { normalize } from '../../kernel/integer.ts';
import type { Integer } from '../../kernel/integer.ts';

/**
 * Where a record is being read. A fault moves the position to where no record ends, so that nobody checks after each step:
 * whoever asks for the end of the record sees it.
 */
export class ByteReader {
  bytes: Buffer = Buffer.alloc(0);
  position = 0;
  to = 0;

  fail(): void {
    this.position = Number.POSITIVE_INFINITY;
  }

  /** Moves on by a length that was read. */
  advance(length: number): void {
    if (length >= 0 && this.position + length <= this.to) this.position += length;
    else this.fail();
  }

  byte(): number {
    const byte = this.position < this.to ? this.bytes[this.position] : undefined;
    if (byte === undefined) this.fail();
    else this.position++;
    return byte ?? 0;
  }

  /** A zig-zag varint of 64 bits. Beyond the safe integers it is a fault. */
  long(): number {
    const first = this.byte();
    if (first < 0x80) return (first >>> 1) ^ -(first & 1);
    const second = this.byte();
    const low = (first & 0x7f) | (second << 7);
    if (second < 0x80) return (low >>> 1) ^ -(low & 1);
    return this.#longOfMany(low & 0x3fff);
  }

  #longOfMany(low: number): number {
    let unsigned = low;
    let factor = 1 << 14;
    for (let i = 2; i < 10; i++) {
      const byte = this.byte();
      unsigned += (byte & 0x7f) * factor;
      // Twice a safe integer and no more: then every step was exact.
      if (byte < 0x80) return unsigned <= Number.MAX_SAFE_INTEGER ? half(unsigned) : this.#big(i);
      factor *= 128;
    }
    this.fail();
    return 0;
  }

  /** The varint again whose last byte, its number `last`, was just read. */
  #big(last: number): number {
    let unsigned = 0n;
    for (let i = 0; i <= last; i++) {
      const byte = this.bytes[this.position - 1 - last + i] as number;
      unsigned |= BigInt(byte & 0x7f) << BigInt(7 * i);
    }
    const value = unsigned & 1n ? -(unsigned >> 1n) - 1n : unsigned >> 1n;
    const number = Number(value);
    if (!Number.isSafeInteger(number)) this.fail();
    return number;
  }

  int(): number {
    const value = this.long();
    if (value !== (value | 0)) this.fail();
    return value;
  }

  skipVarint(): void {
    while (this.byte() >= 0x80);
  }

  /** Two's complement, big-endian, of all bytes up to `end`. */
  integerUpTo(end: number): Integer {
    const { bytes, position } = this;
    this.position = end;
    const length = end - position;
    if (length === 0) return 0;
    if (length > 6) return bigIntegerOf(bytes, position, end);
    let value = ((bytes[position] as number) << 24) >> 24;
    for (let i = position + 1; i < end; i++) value = value * 256 + (bytes[i] as number);
    return value;
  }
}

const half = (unsigned: number): number =>
  unsigned % 2 === 0 ? unsigned / 2 : -(unsigned + 1) / 2;

function bigIntegerOf(bytes: Buffer, from: number, to: number): Integer {
  let value = BigInt(bytes.readInt8(from));
  for (let i = from + 1; i < to; i++) value = (value << 8n) | BigInt(bytes[i] as number);
  return normalize(value);
}
