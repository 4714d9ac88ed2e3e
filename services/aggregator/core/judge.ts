import { hash128Into } from '../../kernel/hash.ts';
import { invariant } from '../../kernel/result.ts';
import type { EventTypeDefinition } from '../../kernel/definitions.ts';
import type { ErrorCode } from '../../kernel/errors.ts';
import { DAY_MS } from '../../kernel/time.ts';
import type { EpochMs } from '../../kernel/time.ts';
import { emptyRanges, readEnvelopeHead } from './envelope-head.ts';
import type { EnvelopeRanges } from './envelope-head.ts';
import { IdentityIndex } from './identity-index.ts';
import { partitionWatermark } from './watermark.ts';

/** A record of a source partition as the log holds it. */
export type SourceRecord = {
  readonly offset: number;
  readonly appendMs: EpochMs;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
};

/** How records of one writer schema are read; made outside, since it needs Avro. */
export type RecordReader =
  | {
      readonly kind: 'event';
      /** Reads the needed fields of `data` at `position`. @returns undefined unless it ends exactly at the record's end */
      readonly readData: (
        bytes: Buffer,
        position: number,
      ) => Readonly<Record<string, unknown>> | undefined;
    }
  | {
      readonly kind: 'heartbeat';
      readonly read: (bytes: Buffer, position: number) => Heartbeat | undefined;
    }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly detail: string };
export type Heartbeat = { readonly instance: string; readonly oldestAcceptedMs: EpochMs };

export const FRAME_BYTES = 5;
/** Historical events are told apart for this long (contract section 3). */
export const HISTORICAL_HORIZON_MS = 30 * DAY_MS;
/** Per partition; at most 1.9 GB, at 28 B a slot and slots doubling. Beyond it the partition stops rather than forget. */
export const IDENTITIES_MAX = 30_000_000;

/**
 * What a record is, before any metric looks at it. A pure function of the partition's log: every worker and every
 * replay that starts at least one horizon earlier decides alike.
 */
export type Verdict =
  | { readonly kind: 'heartbeat' }
  | { readonly kind: 'dead_lettered'; readonly code: ErrorCode; readonly detail: string }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'event' };

export type Judged = {
  readonly verdict: Verdict;
  /** The partition's watermark after this record. */
  readonly watermarkMs: EpochMs;
  /** Of the event; valid for verdicts event, duplicate and conflict, until the next record is judged. */
  readonly ranges: EnvelopeRanges;
  readonly eventMs: EpochMs;
  readonly historical: boolean;
  readonly data: Readonly<Record<string, unknown>> | undefined;
};

const HEARTBEAT: Verdict = { kind: 'heartbeat' };
const EVENT: Verdict = { kind: 'event' };
const DUPLICATE: Verdict = { kind: 'duplicate' };
const CONFLICT: Verdict = { kind: 'conflict' };
const UNREADABLE: Verdict = {
  kind: 'dead_lettered',
  code: 'schema_unknown',
  detail: 'the record could not be read when it was judged',
};
/** What is remembered of a judged offset: 0 heartbeat or dead-lettered (found again on re-reading), else identity's verdict. */
const REMEMBERED: readonly Verdict[] = [UNREADABLE, EVENT, DUPLICATE, CONFLICT];
const CHUNK = 1 << 14;
type Chunk = { readonly verdicts: Uint8Array; readonly watermarks: Float64Array };

/**
 * Judges one partition's records in order, each offset once; what it decided stays known from `base` on, so that a
 * re-read after a refused flush meets the same verdicts and watermarks.
 */
export type PartitionJudge = {
  readonly base: () => number;
  readonly next: () => number;
  readonly judge: (record: SourceRecord, reader: RecordReader | undefined) => Judged;
  /** Forgets verdicts below `offset`: the smallest cursor of the projections that read this partition. */
  readonly forgetBelow: (offset: number) => void;
  readonly watermarkMs: () => EpochMs;
  readonly identities: () => number;
};

/**
 * @param type the topic's event type
 * @param base first offset whose verdict may be asked again; records below it only fill the index
 */
export function partitionJudge(type: EventTypeDefinition, base: number): PartitionJudge {
  const index = new IdentityIndex(IDENTITIES_MAX);
  const watermark = partitionWatermark(type.outOfOrdernessMs);
  const chunks = new Map<number, Chunk>();
  const identity = new Int32Array(4);
  const payload = new Int32Array(4);
  const ranges = emptyRanges();
  let next = -1;
  let floor = base;

  const remember = (offset: number, verdict: number): void => {
    if (offset < floor) return;
    const number = Math.floor(offset / CHUNK);
    let chunk = chunks.get(number);
    if (!chunk) {
      chunk = { verdicts: new Uint8Array(CHUNK), watermarks: new Float64Array(CHUNK) };
      chunks.set(number, chunk);
    }
    chunk.verdicts[offset % CHUNK] = verdict;
    chunk.watermarks[offset % CHUNK] = watermark.current();
  };

  const sight = (record: SourceRecord, bytes: Buffer): number => {
    hash128Into(identity, bytes, { from: ranges.idFrom, to: ranges.idTo });
    const seed = (identity[0] as number) ^ Math.imul(identity[3] as number, 0x9e3779b1);
    const idLanes = [identity[1] as number, identity[2] as number];
    hash128Into(identity, bytes, { from: ranges.sourceFrom, to: ranges.sourceTo, seed });
    identity[1] = (identity[1] as number) ^ (idLanes[0] as number);
    identity[2] = (identity[2] as number) ^ (idLanes[1] as number);
    hash128Into(payload, bytes, { from: ranges.payloadFrom, to: bytes.length });
    const horizonMs = ranges.historical
      ? Math.max(HISTORICAL_HORIZON_MS, type.duplicateHorizonMs)
      : type.duplicateHorizonMs;
    const checksum = (payload[0] as number) ^ (payload[2] as number);
    const sighting = index.see(identity, { appendMs: record.appendMs, horizonMs, checksum });
    return sighting === 'fresh' ? 1 : sighting === 'duplicate' ? 2 : 3;
  };

  const judged = (
    verdict: Verdict,
    watermarkMs: EpochMs,
    event?: { eventMs: EpochMs; data?: Readonly<Record<string, unknown>> | undefined },
  ): Judged => ({
    verdict,
    watermarkMs,
    ranges,
    eventMs: event?.eventMs ?? 0,
    historical: event !== undefined && ranges.historical,
    data: event?.data,
  });

  return {
    base: () => floor,
    next: () => next,
    watermarkMs: watermark.current,
    identities: () => index.size,
    forgetBelow(offset) {
      if (offset <= floor) return;
      floor = offset;
      for (const number of chunks.keys()) if ((number + 1) * CHUNK <= offset) chunks.delete(number);
    },
    judge(record, reader) {
      const { offset, value } = record;
      const again = offset < next;
      const chunk = again ? chunks.get(Math.floor(offset / CHUNK)) : undefined;
      invariant(!again || offset >= floor, `offset ${offset} was judged and forgotten`);
      invariant(!again || chunk, `offset ${offset} was passed over when it was judged`);
      const watermarkMs = chunk
        ? (chunk.watermarks[offset % CHUNK] as number)
        : watermark.current();
      if (!again) next = offset + 1;
      const settle = (kind: number): number => {
        if (!again) remember(offset, kind);
        return again ? watermarkMs : watermark.current();
      };
      const refuse = (code: ErrorCode, detail: string): Judged =>
        judged({ kind: 'dead_lettered', code, detail }, settle(0));
      if (!value || !reader)
        return refuse('schema_unknown', 'the record has no Confluent frame with a known schema id');
      if (reader.kind === 'refused') return refuse(reader.code, reader.detail);
      if (reader.kind === 'heartbeat') {
        const heartbeat = reader.read(value, FRAME_BYTES);
        if (!heartbeat) return refuse('schema_invalid', 'the heartbeat cannot be decoded');
        if (!again) watermark.onHeartbeat(heartbeat, record.appendMs);
        return judged(HEARTBEAT, settle(0));
      }
      if (!readEnvelopeHead(value, FRAME_BYTES, ranges))
        return refuse('schema_invalid', 'the envelope cannot be decoded');
      const eventMs = ranges.time ?? (type.timeFrom === 'append' ? record.appendMs : undefined);
      if (eventMs === undefined) return refuse('event_time_missing', 'the event has no time');
      if (eventMs > record.appendMs + type.maxFutureMs)
        return refuse(
          'event_time_in_future',
          `event time lies ${eventMs - record.appendMs} ms after append time`,
        );
      const data = reader.readData(value, ranges.dataFrom);
      if (!data) return refuse('schema_invalid', 'data does not decode with its writer schema');
      if (ranges.idTo === ranges.idFrom || ranges.sourceTo === ranges.sourceFrom)
        return refuse('id_missing', 'id or source is empty');
      if (again)
        return judged(
          REMEMBERED[chunk?.verdicts[offset % CHUNK] as number] as Verdict,
          watermarkMs,
          {
            eventMs,
            data,
          },
        );
      const verdict = sight(record, value);
      if (!ranges.historical && verdict === 1) watermark.onEvent(eventMs, record.appendMs);
      return judged(REMEMBERED[verdict] as Verdict, settle(verdict), { eventMs, data });
    },
  };
}
