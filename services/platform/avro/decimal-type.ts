import avro from 'avsc';
import { normalize } from '../../kernel/integer.ts';
import type { Integer } from '../../kernel/integer.ts';

/** Up to this many bytes, Node reads and writes two's complement by itself. */
const NATIVE_BYTES_MAX = 6;

/**
 * Avro's `decimal` as the unscaled integer; the scale is in the schema. Bytes are two's complement, big-endian, as few
 * as hold the value (bytes) or all of the type's (fixed).
 * @see Apache Avro 1.12 specification, Logical Types, Decimal
 */
export class DecimalType extends avro.types.LogicalType {
  readonly scale: number;
  readonly precision: number;
  /** 10^precision: unscaled values lie strictly between its negative and it. */
  readonly bound: bigint;

  constructor(schema: avro.Schema, options?: object) {
    super(schema, options as never);
    const { scale = 0, precision } = schema as unknown as { scale?: number; precision: number };
    if (
      !Number.isInteger(precision) ||
      precision < 1 ||
      !Number.isInteger(scale) ||
      scale < 0 ||
      scale > precision
    )
      throw new Error(
        `decimal needs 1 ≤ precision and 0 ≤ scale ≤ precision, not precision ${precision} and scale ${scale}`,
      );
    this.scale = scale;
    this.precision = precision;
    this.bound = 10n ** BigInt(precision);
  }

  protected override _fromValue(bytes: Buffer): Integer {
    const length = bytes.length;
    if (length === 0) return 0;
    if (length <= NATIVE_BYTES_MAX) return bytes.readIntBE(0, length);
    let value = BigInt(bytes.readInt8(0));
    for (let i = 1; i < length; i++) value = (value << 8n) | BigInt(bytes[i] as number);
    return normalize(value);
  }

  protected override _toValue(value: unknown): Buffer | undefined {
    if (typeof value !== 'bigint' && !Number.isSafeInteger(value)) return undefined;
    const integer = value as Integer;
    if (integer >= this.bound || integer <= -this.bound) return undefined;
    const fixedBytes = (this.underlyingType as { size?: number }).size;
    const needed = fixedBytes ?? bytesOf(integer);
    const bytes = Buffer.allocUnsafe(needed);
    if (typeof integer === 'number' && needed <= NATIVE_BYTES_MAX) {
      if (fixedBytes !== undefined && bytesOf(integer) > fixedBytes) return undefined;
      bytes.writeIntBE(integer, 0, needed);
      return bytes;
    }
    let rest = BigInt(integer);
    for (let i = needed - 1; i >= 0; i--) {
      bytes[i] = Number(rest & 0xffn);
      rest >>= 8n;
    }
    const isWhole = rest === ((bytes[0] as number) < 0x80 ? 0n : -1n);
    return isWhole ? bytes : undefined;
  }

  /** Decimals resolve only where the scales agree (AVRO-2078); another scale is another amount. */
  protected override _resolve(type: avro.Type): ((value: Buffer) => Integer) | undefined {
    return type instanceof DecimalType && type.scale === this.scale
      ? (value: unknown) => value as Integer
      : undefined;
  }
}

/** Bytes that two's complement needs for the value, at least 1. */
function bytesOf(value: Integer): number {
  if (typeof value === 'number') {
    for (let bytes = 1, half = 0x80; bytes <= NATIVE_BYTES_MAX; bytes++, half *= 0x100)
      if (value >= -half && value < half) return bytes;
  }
  let bytes = 1;
  for (let rest = BigInt(value) >> 7n; rest !== 0n && rest !== -1n; rest >>= 8n) bytes++;
  return bytes;
}
