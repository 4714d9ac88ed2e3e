import type { ErrorCode, Refusal, TidemarkError } from '../kernel/errors.ts';
import type { Result } from '../kernel/result.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { AcceptedEvent, EventTypeReader } from './core/decide.ts';

/** An event type that can be written: its topic exists and its schema has an id. */
export type OpenEventType = EventTypeReader & {
  readonly topic: string;
  readonly partitions: number;
  /** The envelope in Confluent framing. */
  readonly encode: (envelope: AcceptedEvent['envelope']) => Buffer;
};

/** The published event types, live. */
export type EventTypes = {
  /**
   * Opens a type the first time, then answers from memory, with Kafka and the registry away too. Refuses with type_unknown, or
   * schema_unknown when its schema can never be registered as it is.
   * @throws registry_unavailable, broker_unavailable while a type that is not open yet cannot be opened
   */
  readonly open: (id: string) => Promise<Result<OpenEventType, Refusal>>;
  /** Types that are open now. */
  readonly opened: () => readonly OpenEventType[];
};

export type EventRecord = {
  readonly topic: string;
  readonly partition: number;
  readonly key: Buffer | null;
  readonly value: Buffer;
};

/** Where accepted events go. */
export type EventSink = {
  /**
   * Hands over all records in the call itself, or none; records of one partition keep the order of calls. The sink batches and
   * retries. Resolves when the fate of each is known: its offset once every in-sync replica has it, else why there is no promise
   * (broker_unavailable: it may be in the log all the same).
   * @throws overloaded when they would pass the bytes that may wait: nothing was handed over
   */
  readonly write: (
    records: readonly EventRecord[],
  ) => Promise<readonly Result<{ readonly offset: number }, TidemarkError>[]>;
  /**
   * For records that may be in the log twice, or after later ones, but never before those that were handed over before: many
   * partitions at little cost. @returns the fate of each, as by `write`
   */
  readonly writeTogether: (
    records: readonly EventRecord[],
  ) => readonly Promise<Result<{ readonly offset: number }, TidemarkError>>[];
  /** What keeps records from being acknowledged now; undefined when all is well. */
  readonly fault: () => string | undefined;
  /** Writes what it holds; later writes are refused with broker_unavailable. */
  readonly close: () => Promise<void>;
};

/** What ingest tells those who watch it. Must not throw. */
export type IngestObserver = {
  readonly accepted: (eventType: string, isHistorical: boolean, events: number) => void;
  readonly rejected: (code: ErrorCode) => void;
  /** A request that was refused as a whole. */
  readonly refused: (code: ErrorCode) => void;
  /** From handing over to the last acknowledgement. */
  readonly produced: (seconds: number) => void;
  readonly heartbeat: (outcome: 'written' | 'failed') => void;
  readonly bytesInFlight: (bytes: number) => void;
};

export type Clock = { readonly now: () => EpochMs };
