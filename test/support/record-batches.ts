import { createRequire } from 'node:module';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { RecordCursor } from '../../services/platform/kafka/record-batch.ts';
import { recordSet } from '../../services/platform/kafka/record-set.ts';
import type { RecordSet } from '../../services/platform/kafka/record-set.ts';
import type { AbortedTransaction } from '../../services/platform/kafka/record-survey.ts';

const load = createRequire(import.meta.url);
/** kafkajs' own, a byte at a time: shares nothing with ours. */
export const slowCrc32c = load('kafkajs/src/protocol/recordBatch/crc32C/index.js') as (
  bytes: Buffer,
) => number;

export type WrittenRecord = {
  readonly offset: number;
  /** ms after the batch's base time. */
  readonly afterMs?: number;
  readonly key?: Buffer | null;
  readonly value?: Buffer | null;
  readonly headers?: readonly (readonly [string, Buffer])[];
};
export type WrittenBatch = {
  readonly baseOffset: number;
  readonly records: readonly WrittenRecord[];
  /** Of the batch, also where compaction took the last records. */
  readonly lastOffset?: number;
  readonly codec?: 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';
  readonly baseMs?: number;
  /** LogAppendTime. */
  readonly appendMs?: number;
  /** Of a transaction. */
  readonly producerId?: number;
  readonly isControl?: boolean;
};

const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];
export const BASE_MS = 1_790_000_000_000;

/** A record batch of magic 2, field by field as KIP-98 has it. */
export function encodeBatch(batch: WrittenBatch): Buffer {
  const { baseOffset, records, codec = 'none', baseMs = BASE_MS, appendMs, producerId } = batch;
  const plain = Buffer.concat(records.map((record) => encodeRecord(record, baseOffset)));
  const packed =
    codec === 'gzip' ? gzipSync(plain) : codec === 'zstd' ? zstdCompressSync(plain) : plain;
  const head = Buffer.alloc(61);
  head.writeBigInt64BE(BigInt(baseOffset), 0);
  head.writeInt32BE(49 + packed.length, 8);
  head.writeInt32BE(7, 12);
  head.writeInt8(2, 16);
  const attributes =
    CODECS.indexOf(codec) |
    (appendMs === undefined ? 0 : 0x08) |
    (producerId === undefined ? 0 : 0x10) |
    (batch.isControl ? 0x20 : 0);
  head.writeInt16BE(attributes, 21);
  head.writeInt32BE((batch.lastOffset ?? records.at(-1)?.offset ?? baseOffset) - baseOffset, 23);
  head.writeBigInt64BE(BigInt(baseMs), 27);
  head.writeBigInt64BE(BigInt(appendMs ?? baseMs), 35);
  head.writeBigInt64BE(BigInt(producerId ?? -1), 43);
  head.writeInt16BE(producerId === undefined ? -1 : 0, 51);
  head.writeInt32BE(-1, 53);
  head.writeInt32BE(records.length, 57);
  return sealed(Buffer.concat([head, packed]));
}

/** A batch that was changed by hand, with the length and the checksum of what it is now. */
export function sealed(batch: Buffer): Buffer {
  batch.writeInt32BE(batch.length - 12, 8);
  batch.writeUInt32BE(slowCrc32c(batch.subarray(21)), 17);
  return batch;
}

/** What a coordinator writes at the end of a transaction. */
export const encodeMarker = (offset: number, producerId: number, end: 'abort' | 'commit'): Buffer =>
  encodeBatch({
    baseOffset: offset,
    producerId,
    isControl: true,
    records: [
      { offset, key: Buffer.from([0, 0, 0, end === 'abort' ? 0 : 1]), value: Buffer.alloc(6) },
    ],
  });

function encodeRecord(record: WrittenRecord, baseOffset: number): Buffer {
  const { offset, afterMs = 0, key = null, value = null, headers = [] } = record;
  const body = Buffer.concat([
    Buffer.from([0]),
    zigzag(afterMs),
    zigzag(offset - baseOffset),
    sized(key),
    sized(value),
    zigzag(headers.length),
    ...headers.flatMap(([name, content]) => [sized(Buffer.from(name)), sized(content)]),
  ]);
  return Buffer.concat([zigzag(body.length), body]);
}

const sized = (bytes: Buffer | null): Buffer =>
  bytes ? Buffer.concat([zigzag(bytes.length), bytes]) : zigzag(-1);

function zigzag(value: number): Buffer {
  let rest = value < 0 ? -2n * BigInt(value) - 1n : 2n * BigInt(value);
  const bytes: number[] = [];
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

/** A set as a fetch response holds it, with other bytes around it. */
export function setOf(
  batches: readonly Buffer[],
  fetch: { readonly offset?: number; readonly aborted?: readonly AbortedTransaction[] } = {},
): RecordSet {
  const around = Buffer.from('around');
  const bytes = Buffer.concat([around, ...batches, around]);
  const { length } = around;
  return recordSet(
    { bytes, from: length, to: bytes.length - length, aborted: fetch.aborted ?? [] },
    fetch.offset ?? 0,
    'events/3',
  );
}

export type ReadRecord = {
  readonly offset: number;
  readonly appendMs: number;
  readonly key: string | null;
  readonly value: string | null;
};

/** What a cursor shows until it ends or throws. */
export function readAll(cursor: RecordCursor): {
  readonly records: readonly ReadRecord[];
  readonly fault: Error | undefined;
} {
  const records: ReadRecord[] = [];
  const text = (from: number, to: number): string | null =>
    from < 0 ? null : cursor.bytes.toString('latin1', from, to);
  try {
    while (cursor.next())
      records.push({
        offset: cursor.offset,
        appendMs: cursor.appendMs,
        key: text(cursor.keyFrom, cursor.keyTo),
        value: text(cursor.valueFrom, cursor.valueTo),
      });
  } catch (error) {
    return { records, fault: error as Error };
  }
  return { records, fault: undefined };
}
