import avro from 'avsc';
import { normalize } from '../../kernel/integer.ts';
import type { Integer } from '../../kernel/integer.ts';

/**
 * Avro's `decimal` as the unscaled integer; the scale is in the schema. Bytes are two's complement, big-endian.
 * @see Apache Avro 1.12 specification, Logical Types, Decimal
 */
export class DecimalType extends avro.types.LogicalType {
  readonly scale: number;
  readonly precision: number;

  constructor(schema: avro.Schema, options?: object) {
    super(schema, options as never);
    const attributes = schema as unknown as { scale?: number; precision: number };
    this.scale = attributes.scale ?? 0;
    this.precision = attributes.precision;
  }

  protected override _fromValue(bytes: Buffer): Integer {
    const length = bytes.length;
    if (length === 0) return 0;
    if (length <= 6) return bytes.readIntBE(0, length);
    let value = BigInt(bytes.readInt8(0));
    for (let i = 1; i < length; i++) value = (value << 8n) | BigInt(bytes[i] as number);
    return normalize(value);
  }

  protected override _toValue(value: unknown): Buffer | undefined {
    if (typeof value !== 'bigint' && !Number.isSafeInteger(value)) return undefined;
    let rest = BigInt(value as Integer);
    const digits = String(rest < 0n ? -rest : rest).length;
    if (digits > this.precision) return undefined;
    const size = (this.underlyingType as { size?: number }).size;
    const bytes: number[] = [];
    for (;;) {
      bytes.unshift(Number(rest & 0xffn));
      rest >>= 8n;
      const done = (rest === 0n && (bytes[0] as number) < 0x80) || (rest === -1n && (bytes[0] as number) >= 0x80);
      if (done && (size === undefined || bytes.length >= size)) break;
      if (size !== undefined && bytes.length > size) return undefined;
    }
    return Buffer.from(bytes);
  }

  /** Decimals resolve only where the scales agree (AVRO-2078); another scale is another amount. */
  protected override _resolve(type: avro.Type): ((value: Buffer) => Integer) | undefined {
    return type instanceof DecimalType && type.scale === this.scale
      ? (value: unknown) => value as Integer
      : undefined;
  }
}
