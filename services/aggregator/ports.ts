import type { ErrorCode } from '../kernel/errors.ts';
import type { Accumulators } from '../kernel/accumulator.ts';
import type { Cursor, MetricUpdate } from '../kernel/update.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { Grain, WindowState } from '../kernel/window.ts';
import type { EventOutcome } from '../kernel/outcome.ts';
import type { RecordReader, SourceRecord } from './core/judge.ts';
import type { MetricPlan } from './core/metric-plan.ts';
import type { FlushRequest } from './core/flush.ts';
import type { SimpleMetric } from '../kernel/definitions.ts';

export type ProjectionRef = { readonly metric: string; readonly version: string };

/** What the slot says of one source partition. */
export type StoredPartition = {
  readonly topic: string;
  readonly partition: number;
  readonly first: number;
  readonly next: number;
  readonly watermarkMs: EpochMs;
  readonly appendMs: EpochMs;
  readonly historicalMs: EpochMs;
};
export type StoredProjection = {
  readonly generation: string;
  readonly partitions: readonly StoredPartition[];
  readonly series: ReadonlyMap<string, number>;
  readonly rebuilding: boolean;
};

/**
 * `applied` carries the projection's numbers of the series that the flush did not know; −1: refused, beyond `maxSeries`.
 * `refused` says what differed: the caller drops what it gathered, reads the cursors back and re-reads the log.
 */
export type ApplyResult =
  | { readonly kind: 'applied'; readonly numbers: ReadonlyMap<string, number> }
  | { readonly kind: 'refused'; readonly reason: 'missing' | 'generation' | 'cursor' }
  | { readonly kind: 'overflow'; readonly detail: string };

export type DirtyCell = {
  readonly grain: Grain;
  readonly startMs: EpochMs;
  readonly endMs: EpochMs;
  readonly series: number;
  readonly accumulators: Accumulators;
  readonly stage: number;
  readonly state: WindowState;
  readonly revision: number;
  readonly restatements: number;
};
/** One atomic view: the cells, and the cursors and watermark that they are a function of. */
export type DirtyBatch = {
  readonly cells: readonly DirtyCell[];
  readonly watermarkMs: EpochMs;
  readonly cursors: readonly Cursor[];
  readonly rebuilding: boolean;
};

/** Projections in Redis. Every method is one atomic step of one slot. All throw redis_unavailable with unknown outcome. */
export type ProjectionStore = {
  readonly load: (ref: ProjectionRef) => Promise<StoredProjection | undefined>;
  /** Makes a projection unless there is one. @returns false when there was */
  readonly create: (
    ref: ProjectionRef,
    start: {
      generation: string;
      partitions: readonly { topic: string; partition: number; first: number; empty: boolean }[];
    },
  ) => Promise<boolean>;
  readonly apply: (ref: ProjectionRef, flush: FlushRequest) => Promise<ApplyResult>;
  /** Moves windows that the watermark has passed to their next stage. @returns how many moved, at most `limit` */
  readonly advance: (metric: SimpleMetric, limit: number) => Promise<number>;
  readonly readDirty: (metric: SimpleMetric, limit: number) => Promise<DirtyBatch>;
  /** Clears the marks of cells whose contributions, stage and revision are still those of `cells`. */
  readonly clearDirty: (ref: ProjectionRef, cells: readonly DirtyCell[]) => Promise<void>;
  /** Keys of series by number, at least of the `needed` ones that exist. */
  readonly seriesKeys: (
    ref: ProjectionRef,
    needed: readonly number[],
  ) => Promise<ReadonlyMap<number, string>>;
};

export type SourceBatch = {
  readonly topic: string;
  readonly partition: number;
  /** The offset that the fetch asked for: tells a batch of before a seek from one after it. */
  readonly fetchedOffset: number;
  /** End of the log when the batch was fetched. */
  readonly endOffset: number;
  /** Where the next fetch begins, past holes in the log. */
  readonly nextOffset: number;
  readonly records: readonly SourceRecord[];
};

/** The live lane's consumer. It calls `onBatch` one at a time and fetches on only after it returns. */
export type SourceConsumer = {
  /** Joins with these topics; called again with others, it joins anew. */
  readonly run: (
    topics: readonly string[],
    handlers: {
      /** A new assignment: everything gathered so far is dropped. */
      readonly onAssigned: (partitions: readonly { topic: string; partition: number }[]) => void;
      readonly onBatch: (batch: SourceBatch) => Promise<void>;
      readonly onCrash: (error: Error) => void;
    },
  ) => Promise<void>;
  readonly seek: (topic: string, partition: number, offset: number) => void;
  /** For lag tools only: the cursors in Redis are the truth. */
  readonly commit: (cursors: readonly Cursor[]) => void;
  readonly stop: () => Promise<void>;
};

/** Where partitions begin and end, and where a time lies in them. Throws broker_unavailable. */
export type SourceOffsets = {
  readonly bounds: (
    topic: string,
  ) => Promise<readonly { partition: number; first: number; end: number }[]>;
  /** First offset whose append time is at or after `timeMs`; the end of the log when there is none. */
  readonly offsetAt: (at: { topic: string; partition: number; timeMs: EpochMs }) => Promise<number>;
};

/** Readers of writer schemas. Throws registry_unavailable; an unknown id is a reader that refuses. */
export type ReaderSource = {
  readonly readerOf: (topic: string, schemaId: number) => Promise<RecordReader>;
};

export type DeadLetter = {
  readonly topic: string;
  readonly partition: number;
  readonly record: SourceRecord;
  readonly code: ErrorCode;
  readonly detail: string;
};
export type LateEvent = {
  readonly topic: string;
  readonly partition: number;
  readonly record: SourceRecord;
  readonly id: string;
  readonly source: string;
  readonly eventMs: EpochMs;
  readonly watermarkMs: EpochMs;
  readonly metrics: readonly string[];
};

/** Where what is not counted goes, and what changed. Each resolves when every replica has it; throws broker_unavailable. */
export type AggregatorSinks = {
  readonly deadLetters: (letters: readonly DeadLetter[]) => Promise<void>;
  readonly lateEvents: (events: readonly LateEvent[]) => Promise<void>;
  readonly updates: (updates: readonly MetricUpdate[]) => Promise<void>;
};

/** Monotonic waiting; decides nothing. */
export type Clock = { readonly sleep: (ms: number) => Promise<void> };

/** What the worker tells those who watch it. Must not throw. */
export type WorkerObserver = {
  /** Events whose effect is now visible in the store, and accept times (epoch ms) of some of them. */
  readonly visible: (
    events: readonly { topic: string; outcome: EventOutcome | 'heartbeat'; events: number }[],
    ingestedAt: readonly number[],
  ) => void;
  readonly flushed: (plan: MetricPlan, request: FlushRequest, result: ApplyResult) => void;
  /** The worker dropped what it gathered and starts from the stored cursors. */
  readonly restarted: (reason: unknown) => void;
  /** The worker cannot go on without a person. */
  readonly halted: (error: Error) => void;
};
