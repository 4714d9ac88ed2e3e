import { batchEnd, HEAD, int64At } from './record-batch.ts';

/** What a fetch gave of one partition, as it came: record batches one after the other, the last one perhaps cut off. */
export type RawRecords = {
  readonly bytes: Buffer;
  readonly from: number;
  readonly to: number;
  /** Transactions that were aborted, of those that these batches are part of; empty unless read_committed was asked for. */
  readonly aborted: readonly AbortedTransaction[];
};
export type AbortedTransaction = { readonly producerId: number; readonly firstOffset: number };

/** Bits of a batch's attributes. */
const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;
const MAGIC = 2;

/** The whole batches of a set. Their heads are believed here; whoever reads the records checks them first. */
export type Survey = {
  /** First byte of each batch, in order. */
  readonly positions: readonly number[];
  /** Whether the records are for readers: neither control records nor of an aborted transaction. */
  readonly visible: readonly boolean[];
  /** Records in the visible batches, with those below the offset that the fetch asked for. */
  readonly count: number;
  /** Where the next fetch begins: past control records, aborted ones, and what compaction took from the batches' ends. */
  readonly nextOffset: number;
  /** What is wrong with the bytes behind the last one of `positions`. */
  readonly fault: string | undefined;
};

/**
 * Walks the heads of the batches. A batch that is cut off at the end is no fault, except the first: brokers give it whole
 * (KIP-74), so its length is wrong.
 * @param fetchOffset the offset that the fetch asked for
 * @see KIP-98, "Message Format"
 */
export function surveyRecords(raw: RawRecords, fetchOffset: number): Survey {
  const { bytes, to } = raw;
  const positions: number[] = [];
  const visible: boolean[] = [];
  const isHidden = hiddenBatches(raw);
  let position = raw.from;
  let nextOffset = fetchOffset;
  let count = 0;
  let fault: string | undefined;
  while (to - position > HEAD.magic) {
    const end = batchEnd(bytes, position);
    fault = headFault(bytes, position);
    if (fault !== undefined || end > to) break;
    const baseOffset = int64At(bytes, position + HEAD.baseOffset);
    const lastOffset = baseOffset + bytes.readInt32BE(position + HEAD.lastOffsetDelta);
    // The first one may begin below what was asked for; each one after it begins behind the one before.
    if ((positions.length > 0 ? baseOffset : lastOffset) < nextOffset) {
      fault = `offsets ${baseOffset} to ${lastOffset} come where ${nextOffset} is next`;
      break;
    }
    const isVisible = !isHidden(position, lastOffset);
    positions.push(position);
    visible.push(isVisible);
    if (isVisible) count += bytes.readInt32BE(position + HEAD.count);
    nextOffset = lastOffset + 1;
    position = end;
  }
  if (positions.length === 0 && raw.to > raw.from) fault ??= 'the first batch is cut off';
  return { positions, visible, count, nextOffset, fault };
}

function headFault(bytes: Buffer, position: number): string | undefined {
  const magic = bytes.readInt8(position + HEAD.magic);
  if (magic !== MAGIC) return `message format ${magic} is not read here, only ${MAGIC}`;
  const length = bytes.readInt32BE(position + HEAD.length);
  return length < HEAD.records - HEAD.leaderEpoch ? `a length of ${length} bytes` : undefined;
}

/**
 * Tells, of batch after batch, whether its records are kept from readers. A transaction that was aborted hides its
 * producer's batches from its first offset to its marker.
 */
function hiddenBatches({ bytes, aborted }: RawRecords) {
  const upcoming = aborted.toSorted((a, b) => a.firstOffset - b.firstOffset);
  const open = new Set<number>();
  let begun = 0;
  return (position: number, lastOffset: number): boolean => {
    const attributes = bytes.readInt16BE(position + HEAD.attributes);
    const isControl = (attributes & CONTROL) !== 0;
    if (upcoming.length === 0 || (attributes & (TRANSACTIONAL | CONTROL)) === 0) return isControl;
    for (
      let next = upcoming[begun];
      next && next.firstOffset <= lastOffset;
      next = upcoming[begun]
    ) {
      open.add(next.producerId);
      begun++;
    }
    const producerId = int64At(bytes, position + HEAD.producerId);
    // A marker ends its producer's transaction; of one that was aborted it cannot tell of a commit.
    if (isControl) open.delete(producerId);
    return isControl || open.has(producerId);
  };
}
