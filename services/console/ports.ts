import type { Aggregation } from '../kernel/accumulator.ts';
import type { MetricReads } from '../kernel/catalog/prune.ts';
import type { DurationMs, EpochMs } from '../kernel/time.ts';
import type { Integer } from '../kernel/integer.ts';
import type { Grain } from '../kernel/window.ts';
import type { DeadLetterRecord } from '../platform/side-records.ts';
import type { Payload } from './core/dead-letters/answers.ts';
import type { Resend } from './core/dead-letters/letter.ts';
import type { SeenHeartbeat } from './core/pipeline-heartbeats.ts';
import type { BookedEntry } from './core/entries/booked-entry.ts';
import type { CellsView, NumbersView, ProjectionHead } from './core/projection.ts';
import type { SeriesEntry } from './core/series-choice.ts';

export type ProjectionRef = { readonly metric: string; readonly version: string };

export type CellsRequest = {
  readonly grain: Grain;
  readonly aggregation: Aggregation;
  readonly starts: readonly EpochMs[];
  readonly series: readonly number[];
  /** Nothing else is wanted: contributions may be told as 1 where there are any, revisions and restatements as 0. */
  readonly only?: 'values';
};
/** What may be kept of the windows that are asked for: by whom it is given knows when they are final, and when they are gone. */
export type Finality = {
  /** Of each window. */
  readonly ends: readonly EpochMs[];
  readonly latenessMs: DurationMs;
  readonly retentionMs: DurationMs;
};
/** Cells of these are one integer. */
export type NumberAggregation = 'sum' | 'count' | 'min' | 'max' | 'avg';
export type NumbersRequest = CellsRequest & {
  readonly aggregation: NumberAggregation;
  /** Absent: nothing of it is kept. */
  readonly finality?: Finality;
};
export type MembersRequest = {
  readonly grain: Grain;
  readonly starts: readonly EpochMs[];
  readonly seriesKey: string;
};
export type MemberCount = { readonly distinct: number; readonly approximate: boolean };

/**
 * Reads projections, in the layout of kernel/projection.ts. The caller bounds what it asks for; the adapter batches.
 * All throw redis_unavailable.
 */
export type ProjectionReader = {
  /** In the order asked; undefined where there is no projection. */
  readonly heads: (
    refs: readonly ProjectionRef[],
  ) => Promise<readonly (ProjectionHead | undefined)[]>;
  /** The dictionary of series: at least those that `head` counts. */
  readonly series: (ref: ProjectionRef, head: ProjectionHead) => Promise<readonly SeriesEntry[]>;
  /**
   * Cells with the head that they are no older than: every event below the head's cursors is in them. Up to a batch
   * (some ten thousand cells) head and cells are one atomic view; beyond it later batches may hold newer events.
   * `distinct` is not in them; of `latest` there is the sum, not the entities.
   * @returns undefined when there is no projection, or when it began anew meanwhile: ask again
   */
  readonly cells: (ref: ProjectionRef, request: CellsRequest) => Promise<CellsView | undefined>;
  /**
   * As `cells`, of aggregations whose cells are one integer beside their contributions. Ten times as many can be read so.
   * @returns undefined as `cells`
   */
  readonly numbers: (
    ref: ProjectionRef,
    request: NumbersRequest,
  ) => Promise<NumbersView | undefined>;
  /** Members of the union of each group's cells, in order; exact as far as all its cells are exact. */
  readonly members: (
    ref: ProjectionRef,
    groups: readonly MembersRequest[],
  ) => Promise<readonly MemberCount[]>;
  /** Of `latest`: sums of the newest values of all entities in the union of each group's cells, in order. */
  readonly latest: (
    ref: ProjectionRef,
    groups: readonly MembersRequest[],
  ) => Promise<readonly Integer[]>;
};

/** Where the partitions of a topic begin and end. Throws broker_unavailable. */
export type LogBounds = (
  topic: string,
) => Promise<readonly { partition: number; first: number; end: number }[]>;

/** The last heartbeats of each instance near the ends of a topic's partitions. Throws broker_unavailable, registry_unavailable. */
export type HeartbeatLog = (topic: string) => Promise<readonly SeenHeartbeat[]>;

/** Someone who watches the stream. */
export type StreamReader = {
  /** Metrics that it watches; undefined: all. */
  readonly metrics: ReadonlySet<string> | undefined;
  /** Whether messages to this receiver are for it. */
  readonly isFor: (receiver: string) => boolean;
  readonly write: (bytes: Uint8Array) => void;
  /** What was written and has not left for the reader yet. */
  readonly unreadBytes: () => number;
  readonly end: () => void;
};

/**
 * Which metrics are read, for all consoles of an installation. Times are epoch ms. Losing it only makes the catalogue
 * younger: nothing that was not seen for long is called unused. All throw redis_unavailable.
 */
export type ReadLedger = {
  /** The last read of each, in place of what was there; the caller bounds how often. */
  readonly note: (reads: ReadonlyMap<string, EpochMs>) => Promise<void>;
  /** When a metric was there for the first time: kept from the first call that names it. */
  readonly see: (metrics: readonly string[], atMs: EpochMs) => Promise<void>;
  /** Metrics that are no more: seen again, they are new. */
  readonly forget: (metrics: readonly string[]) => Promise<void>;
  /** Of every metric that was seen. */
  readonly all: () => Promise<ReadonlyMap<string, MetricReads>>;
};

/** Where a note lies on its topic. */
export type NotePlace = { readonly partition: number; readonly offset: number };
export type NoteHandlers<T> = {
  /** Where a partition begins now: what lay before is gone. */
  readonly onFirst: (partition: number, first: number) => void;
  readonly onNote: (note: T, lies: NotePlace) => void;
};
/** What is noted on a topic beside the events. All throw broker_unavailable, registry_unavailable. */
export type NoteLog<T> = {
  /**
   * Hands over what was appended since the last call, each partition in order; calls at the same time share one reading.
   * @throws rebuilding when that takes longer than a request waits: it goes on, and the next call finds it further
   */
  readonly catchUp: (handlers: NoteHandlers<T>) => Promise<void>;
  /** @returns undefined where the log no longer holds it */
  readonly read: (lies: NotePlace) => Promise<T | undefined>;
};

/** The dead letters, and the way back for what they hold. */
export type DeadLetterLog = NoteLog<DeadLetterRecord> & {
  /** What the record looks like, in bounds. */
  readonly preview: (letter: DeadLetterRecord) => Promise<Payload>;
  /**
   * Writes the record again, with its own key and into its own partition, where duplicates are known; then the note of it.
   * Between the two a crash leaves a record that counts once, however often it is written again.
   */
  readonly sendAgain: (
    letter: DeadLetterRecord,
    terms: { readonly by: string; readonly asHistorical: boolean },
  ) => Promise<Resend>;
};

/**
 * The newest entries of manual metrics, for all consoles of an installation; the log has all of them. All throw
 * redis_unavailable.
 */
export type EntryBook = {
  /** Offset up to which each partition is read; empty where nothing is kept, or all was lost. */
  readonly positions: () => Promise<ReadonlyMap<number, number>>;
  /**
   * Adds what lies in one partition before `next`; what is there already stays as it is.
   * @param add.known what was stored as position when it was last seen
   * @returns false, and nothing is added, where less than that is stored now: what was kept is lost
   */
  readonly add: (add: {
    readonly partition: number;
    readonly known: number;
    readonly next: number;
    readonly entries: readonly BookedEntry[];
  }) => Promise<boolean>;
  /** Entries of a metric below an offset, the newest first. */
  readonly page: (
    metric: string,
    page: { readonly before?: number | undefined; readonly limit: number },
  ) => Promise<readonly BookedEntry[]>;
};
