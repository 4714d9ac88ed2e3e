import { crc32c } from './crc32c.ts';

export type BatchRecord = { readonly key: Buffer | null; readonly value: Buffer | null };

/** Before its records: offsets, sizes, checksum, times, producer, count. */
const HEAD_BYTES = 61;
const CRC_AT = 17;
/** The checksum covers all from here. */
const CHECKED_FROM = 21;
/** Offset and length, which the batch's length does not count. */
const UNCOUNTED_BYTES = 12;
const MAGIC = 2;
/** Attributes, time delta (zero: all records have the batch's time) and the count of headers (none), a byte each. */
const RECORD_FIXED_BYTES = 3;

/**
 * Records as one batch of magic 2, not compressed, of no producer id: byte for byte what kafkajs 2.2.4 writes at that time,
 * without its ten objects per record.
 * @param records at least one
 * @see KIP-98, Message Format
 */
export function writeBatch(records: readonly BatchRecord[], atMs: number): Buffer {
  const bodies = new Int32Array(records.length);
  let bytes = HEAD_BYTES;
  for (let i = 0; i < records.length; i++) {
    const { key, value } = records[i] as BatchRecord;
    const body = RECORD_FIXED_BYTES + varintBytes(i) + fieldBytes(key) + fieldBytes(value);
    bodies[i] = body;
    bytes += varintBytes(body) + body;
  }
  const to = Buffer.allocUnsafe(bytes);
  writeHead(to, records.length, atMs);
  let at = HEAD_BYTES;
  for (let i = 0; i < records.length; i++) {
    const { key, value } = records[i] as BatchRecord;
    at = writeVarint(to, at, bodies[i] as number);
    to[at++] = 0;
    to[at++] = 0;
    at = writeVarint(to, at, i);
    at = writeField(to, at, key);
    at = writeField(to, at, value);
    to[at++] = 0;
  }
  to.writeUInt32BE(crc32c(to, CHECKED_FROM, bytes), CRC_AT);
  return to;
}

function writeHead(to: Buffer, count: number, atMs: number): void {
  to.fill(0, 0, HEAD_BYTES);
  to.writeInt32BE(to.length - UNCOUNTED_BYTES, 8);
  to[16] = MAGIC;
  to.writeInt32BE(count - 1, 23);
  to.writeBigInt64BE(BigInt(atMs), 27);
  to.writeBigInt64BE(BigInt(atMs), 35);
  to.fill(0xff, 43, 51);
  to.writeInt32BE(count, 57);
}

const fieldBytes = (field: Buffer | null): number =>
  field === null ? 1 : varintBytes(field.length) + field.length;

function writeField(to: Buffer, at: number, field: Buffer | null): number {
  if (field === null) {
    to[at] = 1; // The length −1 in zig-zag form.
    return at + 1;
  }
  const from = writeVarint(to, at, field.length);
  to.set(field, from);
  return from + field.length;
}

/** Bytes of a number ≥ 0, below 2^30, in zig-zag form. */
function varintBytes(value: number): number {
  let bytes = 1;
  for (let left = value << 1; left > 0x7f; left >>>= 7) bytes++;
  return bytes;
}

/** @returns where it ends */
function writeVarint(to: Buffer, at: number, value: number): number {
  let left = value << 1;
  for (; left > 0x7f; left >>>= 7) to[at++] = (left & 0x7f) | 0x80;
  to[at] = left;
  return at + 1;
}
