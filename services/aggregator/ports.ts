import type { Json } from '../kernel/json.ts';
import type { Accumulators } from '../kernel/accumulator.ts';
import type { Cursor, MetricUpdate } from '../kernel/update.ts';
import type { ErrorCode } from '../kernel/errors.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { Grain, WindowState } from '../kernel/window.ts';
import type { RecordReader } from './core/judge.ts';
import type { KeptRecord, SourceRecord } from './core/source-record.ts';
import type { MetricPlan } from './core/metric-plan.ts';
import type { DeadLetter, LateEvent, Tally } from './core/notes.ts';
import type { FlushRequest } from './core/flush.ts';
import type { FillProgress } from './core/reach.ts';
import type { WindowPlace } from './core/recount.ts';
import type { ComparedCell } from './core/verification.ts';
import type { SimpleMetric } from '../kernel/definitions.ts';

export type ProjectionRef = { readonly metric: string; readonly version: string };

/** What the slot says of one source partition. */
export type StoredPartition = {
  readonly topic: string;
  readonly partition: number;
  /**
   * From where on records tell copies from others: the first that is counted, or the first after what retention took
   * before it was counted. Nobody new can know those before it, so nobody may ask them (test/model).
   */
  readonly first: number;
  readonly next: number;
  /** Retention took records before they were counted, below `first`: no longer can all be counted again that was. */
  readonly hasLoss?: boolean;
  readonly watermarkMs: EpochMs;
  readonly appendMs: EpochMs;
  readonly historicalMs: EpochMs;
  /** Of the first record that was stamped and of one shortly before `next` (core/fingerprint.ts): they tell this log from another one of the same name. */
  readonly fingerprints: readonly string[];
};
export type StoredProjection = {
  readonly generation: string;
  readonly partitions: readonly StoredPartition[];
  readonly series: ReadonlyMap<string, number>;
  readonly rebuilding: boolean;
  /** A later version of the metric has caught up: this one is counted no more. */
  readonly superseded?: boolean;
};

/** `damaged`: keys of the projection are missing or of another type. Its generation has ended; it is to be begun anew. */
export type RefusalReason = 'missing' | 'generation' | 'cursor' | 'series' | 'damaged';

/**
 * `applied` carries the projection's numbers of the series that the flush did not know; −1: refused, beyond `maxSeries`.
 * `refused` says what differed: the caller drops what it gathered, reads the cursors back and re-reads the log. A
 * series whose number is not the stored one was numbered by a history that a rollback undid.
 */
export type ApplyResult =
  | { readonly kind: 'applied'; readonly numbers: ReadonlyMap<string, number> }
  | { readonly kind: 'refused'; readonly reason: RefusalReason }
  | { readonly kind: 'overflow'; readonly detail: string };

/** Where a cell lies; `key` is that of its series. */
export type CellPlace = { readonly grain: Grain; readonly startMs: EpochMs; readonly key: string };
export type StoredCell = CellPlace & {
  readonly endMs: EpochMs;
  readonly series: number;
  readonly accumulators: Accumulators;
  readonly stage: number;
  readonly state: WindowState;
  readonly revision: number;
  readonly restatements: number;
  /** How many of the contributions are of historical events. */
  readonly historical: number;
};
/** One atomic view: the cells, and the cursors and watermark that they are a function of. */
export type ProjectionView = {
  readonly cells: readonly StoredCell[];
  readonly watermarkMs: EpochMs;
  readonly cursors: readonly Cursor[];
  readonly rebuilding: boolean;
  /** What it holds was counted before it was published, and nobody was told. */
  readonly isCandidate?: boolean;
};
/** How far a projection has come. */
export type ProjectionHead = Omit<ProjectionView, 'cells'> & {
  /** Records that were read so far, heartbeats and holes apart. */
  readonly events: number;
};

/** Projections in Redis. Every method is one atomic step of one slot, where it does not say otherwise. All throw redis_unavailable with unknown outcome. */
export type ProjectionStore = {
  readonly load: (ref: ProjectionRef) => Promise<StoredProjection | undefined>;
  /** Notes that a worker counts on from what is stored, which may be less than readers have seen. */
  readonly takeUp: (ref: ProjectionRef) => Promise<void>;
  /** Makes it unless there is one; first goes what a lost generation left, window by window, each step only while no new one has begun. @returns false when there was one */
  readonly create: (
    ref: ProjectionRef,
    start: {
      generation: string;
      partitions: readonly { topic: string; partition: number; first: number; empty: boolean }[];
    },
  ) => Promise<boolean>;
  /** Ends this generation, if it is the stored one: every flush of it is refused from here on, and `create` begins anew. */
  readonly retire: (ref: ProjectionRef, generation: string) => Promise<void>;
  /** Notes whether a later version of the metric has caught up. Does nothing where there is no projection. */
  readonly supersede: (ref: ProjectionRef, isSuperseded: boolean) => Promise<void>;
  /** Notes whether it is a candidate's, also before it is begun: filled before it is published, and told to nobody. */
  readonly nominate: (ref: ProjectionRef, isCandidate: boolean) => Promise<void>;
  /** All that were noted as candidates' and not as published, or forgotten, since. */
  readonly nominated: () => Promise<readonly ProjectionRef[]>;
  /** Ends its generation and removes all that it left; where there is nothing, it is no longer among those nominated. */
  readonly forget: (ref: ProjectionRef) => Promise<void>;
  /** Moves a cursor that lies below the log's start to it, and keeps the range that is missing. Does nothing when the cursor is another. */
  readonly noteLoss: (
    ref: ProjectionRef,
    loss: { generation: string; topic: string; partition: number; from: number; to: number },
  ) => Promise<void>;
  readonly apply: (ref: ProjectionRef, flush: FlushRequest) => Promise<ApplyResult>;
  /** Moves windows that the watermark has passed to their next stage, each atomically. @returns how many moved, at most `limit` */
  readonly advance: (metric: SimpleMetric, limit: number) => Promise<number>;
  /** Marks of cells whose change is not published yet: all, or `limit` of them. */
  readonly dirtyMarks: (ref: ProjectionRef, limit: number) => Promise<readonly string[]>;
  readonly readHead: (ref: ProjectionRef) => Promise<ProjectionHead>;
  /** The cells of these marks, as they are now, with the accumulators that the metric's aggregation has. */
  readonly readDirty: (metric: SimpleMetric, marks: readonly string[]) => Promise<ProjectionView>;
  /** The cells at these places; those that do not exist are left out. */
  readonly readCells: (ref: ProjectionRef, places: readonly CellPlace[]) => Promise<ProjectionView>;
  /** Clears the marks of cells whose series, contributions, stage and revision are still those of `cells`. */
  readonly clearDirty: (ref: ProjectionRef, cells: readonly StoredCell[]) => Promise<void>;
};

/** Some windows of a projection, whole, and the cursors that they are a function of. */
export type WindowsView = {
  readonly generation: string;
  readonly partitions: readonly StoredPartition[];
  /** Keys of all series that the projection has. */
  readonly series: ReadonlySet<string>;
  readonly cells: readonly ComparedCell[];
  /** How many of the windows that were asked for are in it, from the first one on. */
  readonly taken: number;
};

/** Reads stored cells in order to hold them against the log. Throws redis_unavailable. */
export type CellReader = {
  /**
   * As many of the windows as one view may hold, at least one; those without cells are taken too.
   * @param options `hasMembers`: the metric counts distinct members, or has entities   @returns undefined when there is no projection
   */
  readonly readWindows: (
    ref: ProjectionRef,
    options: { readonly windows: readonly WindowPlace[]; readonly hasMembers: boolean },
  ) => Promise<WindowsView | undefined>;
  /** Windows that hold cells, chosen at random. */
  readonly someWindows: (ref: ProjectionRef, count: number) => Promise<readonly WindowPlace[]>;
  /** What a cell of these members counts once it is an estimate. */
  readonly estimate: (ref: ProjectionRef, members: readonly string[]) => Promise<number>;
};

/** Reads stretches of the log beside the live lane. */
export type LogReader = {
  /**
   * Reads `[from, to)` of one partition in order.
   * @param onRecords called with each run of records; returning `false` ends the read; what it throws passes through
   * @throws broker_unavailable, log_unreadable
   */
  readonly read: (
    range: SourcePartition & { readonly from: number; readonly to: number },
    onRecords: (records: readonly KeptRecord[]) => Promise<boolean> | boolean,
  ) => Promise<void>;
};

/**
 * One view that moves over the records of a batch, in order and in place: offset −1 before the first `next`, the last one
 * after it; nothing is made for a record. Reading may stop anywhere and go on after an `await`. `bytes` belongs to the whole fetch: what
 * outlives the batch is copied.
 */
export type SourceCursor = SourceRecord & {
  /**
   * @returns whether there was one more record
   * @throws log_unreadable at a batch that is damaged: what came before it is right, and reading must stop there
   */
  next(): boolean;
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
  /** A cursor at the start; opened again, a batch reads the same. */
  open(): SourceCursor;
};

export type SourcePartition = { readonly topic: string; readonly partition: number };
export type SourceHandlers = {
  /** A new assignment, replacing the one before. Its partitions are paused until `resume`. */
  readonly onAssigned: (partitions: readonly SourcePartition[]) => void;
  /** @returns whether the batch was taken whole; else it is fetched again from where `seek` says */
  readonly onBatch: (batch: SourceBatch) => Promise<boolean>;
  /** The consumer is dead: it must be run again. */
  readonly onCrash: (error: Error) => void;
};

/** The live lane's consumer of one topic. It calls `onBatch` one at a time, and stays in its group while that takes long. */
export type SourceConsumer = {
  /** Joins; called again, it joins anew. */
  readonly run: (topic: string, handlers: SourceHandlers) => Promise<void>;
  /** The next fetch of this partition begins at `offset`; what is under way is dropped. A paused partition goes on. */
  readonly seek: (at: SourcePartition, offset: number) => void;
  readonly pause: (at: SourcePartition) => void;
  /** For lag tools only: the cursors in Redis are the truth. */
  readonly commit: (cursors: readonly Cursor[]) => void;
  readonly stop: () => Promise<void>;
};

/** Reads stretches of partitions outside of any group, in place. */
export type StretchReader = {
  /**
   * Reads `[from, to)` of one partition in order, fetch by fetch; the last one may hold records beyond `to`.
   * @param onFetch returning `false` ends the read; what it throws passes through
   * @throws broker_unavailable, log_unreadable
   */
  readonly readInPlace: (
    range: SourcePartition & { readonly from: number; readonly to: number },
    onFetch: (fetched: Pick<SourceBatch, 'open' | 'nextOffset'>) => Promise<boolean>,
  ) => Promise<void>;
};

/** Where partitions begin and end, where a time lies in them, and what lies at an offset. Throws broker_unavailable. */
export type SourceOffsets = {
  readonly bounds: (
    topic: string,
  ) => Promise<readonly { partition: number; first: number; end: number }[]>;
  /** First offset whose append time is at or after `timeMs`; the end of the log when there is none. */
  readonly offsetAt: (at: { topic: string; partition: number; timeMs: EpochMs }) => Promise<number>;
  /** @returns undefined where the log holds no record at this offset, between its start and its end */
  readonly recordAt: (at: {
    topic: string;
    partition: number;
    offset: number;
  }) => Promise<KeptRecord | undefined>;
};

/** What is read of a topic's events: the event type's record schema, and the top-level fields that any metric needs. */
export type ReadPlan = { readonly schema: Json; readonly fields: ReadonlySet<string> };

/** Readers of writer schemas. Throws registry_unavailable; an unknown id is a reader that refuses. */
export type ReaderSource = {
  readonly readerOf: (schemaId: number, plan: ReadPlan) => Promise<RecordReader>;
};

/** Where what is not counted goes, and what changed. Each resolves when every replica has it; throws broker_unavailable. */
export type AggregatorSinks = {
  readonly deadLetters: (letters: readonly DeadLetter[]) => Promise<void>;
  readonly lateEvents: (events: readonly LateEvent[]) => Promise<void>;
  readonly updates: (updates: readonly MetricUpdate[]) => Promise<void>;
};

/** Waiting; decides nothing. */
export type Clock = {
  readonly sleep: (ms: number) => Promise<void>;
  /** Calls `action` once. @returns how to call it off */
  readonly after: (ms: number, action: () => void) => () => void;
};

/** What the worker tells those who watch it. Must not throw. */
export type WorkerObserver = {
  /** Events whose effect is now visible in the store, and accept times (epoch ms) of some of them. */
  readonly visible: (tallies: readonly Tally[], ingestedAt: readonly EpochMs[]) => void;
  readonly flushed: (plan: MetricPlan, request: FlushRequest) => void;
  /** What was gathered for a projection was dropped, or could not be begun: it is tried again. */
  readonly restarted: (what: string, reason: unknown) => void;
  /** Something cannot go on without a person. */
  readonly halted: (what: string, error: unknown) => void;
};

/** What the whole service tells. Must not throw. */
export type AggregatorObserver = WorkerObserver & {
  readonly lag: (topic: string, records: number) => void;
  readonly watermark: (metric: string, watermarkMs: EpochMs) => void;
  /** How far a projection is in the partitions that this process owns. */
  readonly progress: (metric: string, progress: FillProgress) => void;
  /** The metric is there no more. */
  readonly forget: (metric: string) => void;
  readonly publishFailed: (metric: string, error: unknown) => void;
};

/** What the scheduled verification tells. Must not throw. */
export type SampleObserver = {
  /** @param found `checked`: cells of this sample; `differing`: cells that are known to differ from the log now */
  readonly sampled: (metric: string, found: { checked: number; differing: number }) => void;
  /** A cell was found to differ that was not known to. */
  readonly differs: (metric: string, what: string) => void;
  readonly skipped: (code: ErrorCode, error: unknown) => void;
  /** The metric is there no more. */
  readonly forget: (metric: string) => void;
};
