import { decompress } from './decompress.ts';

/**
 * A record, seen where it lies: `bytes` belongs to everybody and the key is `bytes[keyFrom, keyTo)`. Whoever keeps a part
 * of it longer than the batch copies it, since `bytes` holds all that came with it.
 */
export type RecordView = {
  offset: number;
  /** `[holeFrom, offset)` holds no record that is shown: control records, aborted or compacted ones. */
  holeFrom: number;
  /** Epoch ms; of the broker where the topic has LogAppendTime, else of the producer. */
  appendMs: number;
  bytes: Buffer;
  /** −1, as `keyTo`: there is none. */
  keyFrom: number;
  keyTo: number;
  /** −1, as `valueTo`: a tombstone. */
  valueFrom: number;
  valueTo: number;
};

/** One view that moves over records in order; it shows none before the first `next`, nor after the last. */
export type RecordCursor = Readonly<RecordView> & {
  /** Behind the value: a count of headers, and they. */
  readonly headersFrom: number;
  /** @returns whether there was one more record  @throws log_unreadable: what came before is right, nothing comes after */
  next(): boolean;
};

/** What stands at the head of a record batch of magic 2, as distances from its first byte. */
export const HEAD = {
  baseOffset: 0,
  length: 8,
  /** `length` counts from here. */
  leaderEpoch: 12,
  magic: 16,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  baseTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  count: 57,
  records: 61,
} as const;
const LOG_APPEND_TIME = 0x08;

/** Exact to 2^53: offsets, times and producer ids count up from 0. */
export const int64At = (bytes: Buffer, at: number): number =>
  bytes.readInt32BE(at) * 2 ** 32 + bytes.readUInt32BE(at + 4);

/** Byte behind the batch at `position`. */
export const batchEnd = (bytes: Buffer, position: number): number =>
  position + HEAD.leaderEpoch + bytes.readInt32BE(position + HEAD.length);

/** Where a cursor gets its batches from. */
export type BatchSource = {
  readonly bytes: Buffer;
  /** Records below it are passed over: a batch is given whole. */
  readonly fetchOffset: number;
  /** @returns the first byte of the next batch, whose checksum is right  @throws log_unreadable */
  readonly nextBatch: () => number | undefined;
  readonly fault: (what: string, cause?: unknown) => Error;
};

/**
 * Reads records in place, without an object or a copy for each: 0.1 µs a record.
 * @see KIP-98, "Message Format"
 */
export class BatchCursor implements RecordCursor {
  offset = -1;
  holeFrom = -1;
  appendMs = -1;
  bytes: Buffer;
  keyFrom = -1;
  keyTo = -1;
  valueFrom = -1;
  valueTo = -1;
  headersFrom = -1;
  readonly #source: BatchSource;
  /** Records of the batch that are still to come, and where they lie. */
  #left = 0;
  #position = 0;
  #end = 0;
  #baseOffset = 0;
  #baseMs = 0;
  #isLogAppendTime = false;

  constructor(source: BatchSource) {
    this.#source = source;
    this.bytes = source.bytes;
  }

  next(): boolean {
    const { fetchOffset } = this.#source;
    const holeFrom = this.offset < fetchOffset ? fetchOffset : this.offset + 1;
    do {
      while (this.#left === 0) if (!this.#enter()) return false;
      this.#read();
    } while (this.offset < fetchOffset);
    this.holeFrom = holeFrom;
    return true;
  }

  /** Goes to the next batch. */
  #enter(): boolean {
    const { bytes, fault, nextBatch } = this.#source;
    if (this.#position !== this.#end) throw fault('a batch is longer than its records');
    const head = nextBatch();
    if (head === undefined) return false;
    const attributes = bytes.readInt16BE(head + HEAD.attributes);
    this.#isLogAppendTime = (attributes & LOG_APPEND_TIME) !== 0;
    this.#baseOffset = int64At(bytes, head + HEAD.baseOffset);
    this.#baseMs = int64At(
      bytes,
      head + (this.#isLogAppendTime ? HEAD.maxTimestamp : HEAD.baseTimestamp),
    );
    this.#left = bytes.readInt32BE(head + HEAD.count);
    this.bytes = bytes;
    this.#position = head + HEAD.records;
    this.#end = batchEnd(bytes, head);
    const packed = decompress(attributes, bytes, { from: this.#position, to: this.#end, fault });
    if (packed) {
      this.bytes = packed;
      this.#position = 0;
      this.#end = packed.length;
    }
    return true;
  }

  #read(): void {
    const length = this.#varint();
    const from = this.#position;
    const end = from + length;
    if (!(length > 0 && end <= this.#end)) throw this.#misfit();
    this.#left--;
    this.#position = from + 1;
    if (this.#isLogAppendTime) {
      this.#skipVarint();
      this.appendMs = this.#baseMs;
    } else this.appendMs = this.#baseMs + this.#varlong();
    this.offset = this.#baseOffset + this.#varint();
    const keyLength = this.#varint();
    this.keyFrom = keyLength < 0 ? -1 : this.#position;
    this.#position += keyLength < 0 ? 0 : keyLength;
    this.keyTo = keyLength < 0 ? -1 : this.#position;
    const valueLength = this.#varint();
    this.valueFrom = valueLength < 0 ? -1 : this.#position;
    this.#position += valueLength < 0 ? 0 : valueLength;
    this.valueTo = valueLength < 0 ? -1 : this.#position;
    this.headersFrom = this.#position;
    // Of a position beyond the bytes nothing is a number.
    if (!(this.#position < end)) throw this.#misfit();
    this.#position = end;
  }

  #misfit(): Error {
    return this.#source.fault(`a record of the batch at ${this.#baseOffset} does not fit in it`);
  }

  /** 32 bits, zigzag. */
  #varint(): number {
    const { bytes } = this;
    let byte = bytes[this.#position++] as number;
    if (byte < 0x80) return (byte >>> 1) ^ -(byte & 1);
    let bits = byte & 0x7f;
    for (let shift = 7; byte > 0x7f && shift < 35; shift += 7) {
      byte = bytes[this.#position++] as number;
      bits |= (byte & 0x7f) << shift;
    }
    return (bits >>> 1) ^ -(bits & 1);
  }

  /** 64 bits, zigzag; exact to 2^53. */
  #varlong(): number {
    const { bytes } = this;
    let bits = 0;
    let scale = 1;
    for (;;) {
      const byte = bytes[this.#position++] as number;
      bits += (byte & 0x7f) * scale;
      if (!(byte > 0x7f)) return bits % 2 === 0 ? bits / 2 : -(bits + 1) / 2;
      scale *= 128;
    }
  }

  #skipVarint(): void {
    const { bytes } = this;
    while ((bytes[this.#position++] as number) > 0x7f);
  }
}
