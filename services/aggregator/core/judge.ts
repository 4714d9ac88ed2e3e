import { invariant } from '../../kernel/result.ts';
import type { EventTypeDefinition } from '../../kernel/definitions.ts';
import type { ErrorCode } from '../../kernel/errors.ts';
import { DAY_MS } from '../../kernel/time.ts';
import type { EpochMs } from '../../kernel/time.ts';
import { emptyRanges, readEnvelopeHead } from './envelope-head.ts';
import type { EnvelopeRanges } from './envelope-head.ts';
import { IdentityIndex } from './identity-index.ts';
import { identityReader } from './identity.ts';
import { rememberedVerdicts } from './remembered-verdicts.ts';
import type { SourceRecord } from './source-record.ts';
import { partitionWatermark } from './watermark.ts';

/** How records of one writer schema are read; made outside, since it needs Avro. */
export type RecordReader =
  | {
      readonly kind: 'event';
      /**
       * Reads the needed fields of the `data` that is `bytes[from, to)`; the object is valid until the next is read.
       * @returns undefined unless it ends exactly at `to`
       */
      readonly readData: (bytes: Buffer, from: number, to: number) => EventData | undefined;
    }
  | {
      readonly kind: 'heartbeat';
      readonly read: (bytes: Buffer, from: number, to: number) => Heartbeat | undefined;
    }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly detail: string };
export type EventData = Readonly<Record<string, unknown>>;
export type Heartbeat = { readonly instance: string; readonly oldestAcceptedMs: EpochMs };

export const FRAME_BYTES = 5;
/** Historical events are told apart for this long (contract section 3). */
export const HISTORICAL_HORIZON_MS = 30 * DAY_MS;
/** Per partition; at most 1.1 GB, at 28 B an entry and 4 B a slot. Beyond it the partition stops rather than forget. */
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

/** Valid until the next record is judged. */
export type Judged = {
  readonly verdict: Verdict;
  /** The partition's watermark after this record. */
  readonly watermarkMs: EpochMs;
  /** Of the event, for verdicts event, duplicate and conflict. */
  readonly ranges: EnvelopeRanges;
  readonly eventMs: EpochMs;
  readonly historical: boolean;
  readonly data: EventData | undefined;
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
const UNREMEMBERED = 0;
const REMEMBERED: readonly Verdict[] = [UNREADABLE, EVENT, DUPLICATE, CONFLICT];

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
 * @param base first offset whose verdict may be asked again, and the first that moves the watermark. Records below it only
 * fill the index: their verdicts are not all as one reading of the log has them (the first copy may lie before the
 * stretch), and where the watermark stood is known from the cursors
 */
export function partitionJudge(type: EventTypeDefinition, base: number): PartitionJudge {
  const index = new IdentityIndex(IDENTITIES_MAX);
  const watermark = partitionWatermark(type.outOfOrdernessMs);
  const verdicts = rememberedVerdicts();
  const ranges = emptyRanges();
  const identify = identityReader(ranges);
  const judged: { -readonly [K in keyof Judged]: Judged[K] } = {
    verdict: HEARTBEAT,
    watermarkMs: 0,
    ranges,
    eventMs: 0,
    historical: false,
    data: undefined,
  };
  const historicalHorizonMs = Math.max(HISTORICAL_HORIZON_MS, type.duplicateHorizonMs);
  let next = -1;
  let floor = base;

  const sight = (record: SourceRecord): number => {
    const horizonMs = ranges.historical ? historicalHorizonMs : type.duplicateHorizonMs;
    const sighting = index.see(identify(record, horizonMs));
    return sighting === 'fresh' ? 1 : sighting === 'duplicate' ? 2 : 3;
  };

  /** Ends a judgement; `kind` is what a second reading finds of it. */
  const settle = (verdict: Verdict, offset: number, kind: number): Judged => {
    judged.verdict = verdict;
    if (offset < next) {
      judged.watermarkMs = verdicts.watermarkMs(offset);
      return judged;
    }
    next = offset + 1;
    judged.watermarkMs = watermark.current();
    if (offset >= floor) verdicts.remember(offset, kind, judged.watermarkMs);
    return judged;
  };
  const requireKept = (offset: number): void => {
    invariant(offset >= floor, `offset ${offset} was judged and forgotten`);
    invariant(verdicts.has(offset), `offset ${offset} was passed over when it was judged`);
  };
  const refuse = (offset: number, code: ErrorCode, detail: string): Judged =>
    settle({ kind: 'dead_lettered', code, detail }, offset, UNREMEMBERED);

  return {
    base: () => floor,
    next: () => next,
    watermarkMs: watermark.current,
    identities: () => index.size,
    forgetBelow(offset) {
      if (offset <= floor) return;
      floor = offset;
      verdicts.forgetBelow(offset);
    },
    judge(record, reader) {
      const { offset, bytes, valueFrom, valueTo, appendMs } = record;
      const isAgain = offset < next;
      if (isAgain) requireKept(offset);
      else if (next <= base && offset >= base) watermark.fall();
      judged.eventMs = 0;
      judged.historical = false;
      judged.data = undefined;
      if (valueFrom < 0 || !reader)
        return refuse(
          offset,
          'schema_unknown',
          'the record has no Confluent frame with a known schema id',
        );
      if (reader.kind === 'refused') return refuse(offset, reader.code, reader.detail);
      const from = valueFrom + FRAME_BYTES;
      if (reader.kind === 'heartbeat') {
        const heartbeat = reader.read(bytes, from, valueTo);
        if (!heartbeat) return refuse(offset, 'schema_invalid', 'the heartbeat cannot be decoded');
        if (!isAgain) watermark.onHeartbeat(heartbeat, appendMs);
        return settle(HEARTBEAT, offset, UNREMEMBERED);
      }
      if (!readEnvelopeHead({ bytes, from, to: valueTo }, ranges))
        return refuse(offset, 'schema_invalid', 'the envelope cannot be decoded');
      const eventMs = ranges.time ?? (type.timeFrom === 'append' ? appendMs : undefined);
      if (eventMs === undefined)
        return refuse(offset, 'event_time_missing', 'the event has no time');
      if (eventMs > appendMs + type.maxFutureMs)
        return refuse(
          offset,
          'event_time_in_future',
          `event time lies ${eventMs - appendMs} ms after append time`,
        );
      const data = reader.readData(bytes, ranges.dataFrom, valueTo);
      if (!data)
        return refuse(offset, 'schema_invalid', 'data does not decode with its writer schema');
      if (ranges.idTo === ranges.idFrom || ranges.sourceTo === ranges.sourceFrom)
        return refuse(offset, 'id_missing', 'id or source is empty');
      judged.eventMs = eventMs;
      judged.historical = ranges.historical;
      judged.data = data;
      if (isAgain)
        return settle(REMEMBERED[verdicts.kind(offset)] as Verdict, offset, UNREMEMBERED);
      const verdict = sight(record);
      if (!ranges.historical && verdict === 1) watermark.onEvent(eventMs, appendMs);
      return settle(REMEMBERED[verdict] as Verdict, offset, verdict);
    },
  };
}
