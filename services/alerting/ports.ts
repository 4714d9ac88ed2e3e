import type { AlertRecord } from '../kernel/alert.ts';
import type { Command, LoggedCommand } from '../kernel/command.ts';
import type { ReceiverDefinition, ReceiverType } from '../kernel/definitions.ts';
import type { MetricUpdate } from '../kernel/update.ts';
import type { DurationMs, EpochMs } from '../kernel/time.ts';
import type { Verdict } from './core/sending/delivery.ts';
import type { Message } from './core/alert/episode.ts';
import type { Changes, StoredPartition } from './core/partition/partition-state.ts';
import type { Reached } from './core/partition/recovery-point.ts';
import type { StoredDocument } from './core/partition/restore.ts';
import type { HistoryCell } from './core/values/recall.ts';
import type { MetricDefinition } from '../kernel/definitions.ts';
import type { Grain } from '../kernel/window.ts';

/** A partition of `metric-updates` as it was committed, and where on `alerts` to read what came after. */
export type StoredAlerts = StoredPartition & { readonly alertsNext: number };

export type Commit = {
  /** Where the batch began: must be the stored cursor. */
  readonly from: number;
  readonly to: number;
  readonly activeFrom: number;
  readonly logMs: EpochMs;
  readonly awakeMs: EpochMs;
  readonly alertsNext: number;
  readonly changes: Changes;
};

/**
 * State of alerting, one slot per partition of `metric-updates`. What another version of this program left in another layout
 * is nothing: it is not read, and `create` takes its place. Every method is one atomic step of one slot. All throw
 * redis_unavailable with unknown outcome; the caller then loads anew.
 */
export type AlertStore = {
  /** Makes `owner` the only one who may commit, and reads what is stored. @returns undefined when nothing is: `create` it */
  readonly claim: (partition: number, owner: string) => Promise<StoredAlerts | undefined>;
  /** @returns false when there was something already: claim again */
  readonly create: (
    partition: number,
    owner: string,
    start: Omit<StoredAlerts, 'fields' | 'documents'>,
  ) => Promise<boolean>;
  /** Writes all of it, or nothing when another owner came or the stored cursor is not `from`. @returns whether it did */
  readonly commit: (partition: number, owner: string, commit: Commit) => Promise<boolean>;
  /** Documents of all alerts of a partition, each with its last look. @returns undefined when nothing is stored */
  readonly documents: (partition: number) => Promise<readonly StoredDocument[] | undefined>;
  /** One of them, without reading the others. @returns `unknown` where there is none, undefined as `documents` */
  readonly document: (
    partition: number,
    alert: string,
  ) => Promise<StoredDocument | 'unknown' | undefined>;
};

/** Receivers that said they want nothing more (410). A receiver with another address is another receiver. All throw redis_unavailable or broker_unavailable. */
export type DisabledReceivers = {
  readonly isDisabled: (receiver: ReceiverAddress) => Promise<boolean>;
  readonly disable: (receiver: ReceiverAddress) => Promise<void>;
  /** Takes that back. @returns whether it was disabled */
  readonly enable: (receiver: ReceiverAddress) => Promise<boolean>;
};
export type ReceiverAddress = { readonly id: string; readonly url: string };

/** The topic `alerts`. Throws broker_unavailable. */
export type AlertLog = {
  /** Appends the records of one partition of `metric-updates`, in order. @returns the offset after the last one */
  readonly append: (partition: number, records: readonly AlertRecord[]) => Promise<number>;
  /** Records of one partition of `metric-updates` from this offset of `alerts` on. */
  readonly readFrom: (
    partition: number,
    offset: number,
  ) => Promise<{ readonly records: readonly AlertRecord[]; readonly next: number }>;
};

/** The topic `commands`. Throws broker_unavailable. */
export type CommandLog = {
  /** @returns its offset, once it is durable */
  readonly append: (command: Command) => Promise<number>;
  /** The offset after the last one. */
  readonly end: () => Promise<number>;
  /** Those with from ≤ offset < to that the topic still holds, in order. */
  readonly read: (from: number, to: number) => Promise<readonly LoggedCommand[]>;
};

/** The topic `metric-updates`, beside reading it. Throws broker_unavailable. */
export type UpdateLog = {
  readonly partitions: () => Promise<number>;
  readonly bounds: (partition: number) => Promise<{ readonly first: number; readonly end: number }>;
  /** First offset whose append time is at or after `timeMs`; the end of the log when there is none. */
  readonly offsetAt: (partition: number, timeMs: EpochMs) => Promise<number>;
  /** Append time of this record; undefined where the log does not hold it. */
  readonly timeAt: (partition: number, offset: number) => Promise<EpochMs | undefined>;
  /** What `UpdateSource.commit` kept: its offset is what lag tools see. */
  readonly committed: (partition: number) => Promise<Reached | undefined>;
  /** Alerting's own second, into each of these partitions. @param commands those below count from there on */
  readonly writeClocks: (
    partitions: readonly number[],
    clock: { readonly nowMs: EpochMs; readonly commands: number },
  ) => Promise<void>;
  /** @returns undefined for a record that is none. @throws registry_unavailable */
  readonly decode: (value: Buffer) => Promise<MetricUpdate | undefined>;
};

/**
 * What is stored of a metric's past, as the aggregator left it. The caller bounds what it asks for; the adapter batches.
 * All throw redis_unavailable.
 */
export type History = {
  /** How far the metric has come, and keys of all its series. @returns undefined while there is nothing, or it is rebuilt */
  readonly head: (
    metric: MetricDefinition,
  ) => Promise<{ readonly watermarkMs: EpochMs; readonly series: readonly string[] } | undefined>;
  /**
   * Cells of these series that start in [fromMs, toMs), with their values; of derived metrics the formula's.
   * @returns undefined as `head`, or when it began anew meanwhile
   */
  readonly cells: (
    metric: MetricDefinition,
    of: {
      readonly grain: Grain;
      readonly fromMs: EpochMs;
      readonly toMs: EpochMs;
      readonly series: readonly string[];
    },
  ) => Promise<readonly HistoryCell[] | undefined>;
};

export type UpdateBatch = {
  readonly partition: number;
  readonly fetchedOffset: number;
  readonly nextOffset: number;
  readonly records: readonly {
    readonly offset: number;
    readonly appendMs: EpochMs;
    readonly key: Buffer | null;
    readonly value: Buffer | null;
  }[];
};
/** The consumer of `metric-updates`: a partition is read from where `seek` says, and not before it does. */
export type UpdateSource = {
  readonly run: (handlers: {
    readonly onAssigned: (partitions: readonly number[]) => void;
    /** @returns whether the batch was taken whole; else it is fetched again */
    readonly onBatch: (batch: UpdateBatch) => Promise<boolean>;
    readonly onCrash: (error: Error) => void;
  }) => Promise<void>;
  readonly seek: (partition: number, offset: number) => void;
  /** Keeps, some seconds later, how far each partition has come, where Redis' loss does not reach it. */
  readonly commit: (reached: readonly (Reached & { readonly partition: number })[]) => void;
  readonly stop: () => Promise<void>;
};

/** Sends one message to its receiver once. Never throws: what went wrong is the verdict. */
export type Messenger = (message: Message) => Promise<Verdict>;

/** How receivers of one type are told: one attempt. Never throws: what went wrong is the verdict. */
export type Channel<T extends ReceiverType> = (
  message: Message,
  receiver: Extract<ReceiverDefinition, { type: T }>,
) => Promise<Verdict>;
export type Channels = { readonly [T in ReceiverType]: Channel<T> };

/** Turns at destinations, shared by all processes. All throw redis_unavailable. */
export type Limiter = {
  /** Takes a turn at the receiver's destination. @returns how many more may be taken one by one, or how long to wait */
  readonly take: (
    receiver: string,
  ) => Promise<
    | { readonly kind: 'granted'; readonly spare: number }
    | { readonly kind: 'wait'; readonly waitMs: DurationMs }
  >;
  /** The destination asked for silence: nobody tells it anything for so long. */
  readonly hold: (receiver: string, forMs: DurationMs) => Promise<void>;
};
/** An episode as one receiver is told it, and where the first message of it stands there. */
export type Thread = { readonly receiver: string; readonly episode: string };
export type Place = { readonly channel: string; readonly ts: string };
/** First messages of episodes, for those who can change them. All throw redis_unavailable. */
export type Threads = {
  readonly find: (thread: Thread) => Promise<Place | undefined>;
  readonly keep: (thread: Thread, place: Place) => Promise<void>;
};

/** What alerting tells those who watch it. Must not throw. */
export type AlertingObserver = {
  readonly evaluated: (records: number, transitions: number) => void;
  /** @param latencyMs from the publication of the value that shows it, for the first telling */
  readonly attempted: (of: {
    receiver: string;
    outcome: Verdict['kind'];
    firingLatencyMs?: number;
  }) => void;
  /** A partition starts from what is stored. */
  readonly reloaded: (partition: number, reason: unknown) => void;
  readonly crashed: (error: Error) => void;
};
