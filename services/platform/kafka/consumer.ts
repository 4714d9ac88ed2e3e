import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import type { Cursor } from '../../kernel/update.ts';
import { TidemarkError } from '../../kernel/errors.ts';
import type { Logger } from '../logger.ts';
import { keyOf, valueOf } from './kafka-messages.ts';
import { recordsOf } from './lean-fetch.ts';
import type { RecordCursor } from './record-batch.ts';
import type { RecordSet } from './record-set.ts';

export type ConsumedRecord = {
  readonly offset: number;
  /** Of the broker where the topic has LogAppendTime. */
  readonly appendMs: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
};
export type ConsumedBatch = {
  readonly topic: string;
  readonly partition: number;
  readonly fetchedOffset: number;
  readonly endOffset: number;
  /** Where the next fetch begins: past control records and other holes too. */
  readonly nextOffset: number;
  /** The records in order, read in place; each cursor begins at the start. */
  open(): RecordCursor;
  /** The same as objects, made when they are asked for. @throws log_unreadable */
  readonly records: readonly ConsumedRecord[];
};
export type ConsumedPartition = { readonly topic: string; readonly partition: number };
export type ConsumerHandlers = {
  /** A new assignment, replacing the one before. Its partitions are paused until `seek`. */
  readonly onAssigned: (partitions: readonly ConsumedPartition[]) => void;
  /** Called one at a time; while it takes long the member stays in its group. @returns whether the batch was taken whole; else it is fetched again */
  readonly onBatch: (batch: ConsumedBatch) => Promise<boolean>;
  /** The consumer is dead: only `run` revives it. */
  readonly onCrash: (error: Error) => void;
};

export type ConsumerOptions = {
  readonly groupId: string;
  readonly logger: Logger;
  /** 0, the default: the shortest that every broker allows. */
  readonly sessionTimeoutMs?: number;
  readonly maxWaitMs?: number;
};

/** `note`: kept beside the offset, up to 4 kB. */
export type NotedCursor = Cursor & { readonly note?: string };
/** A consumer whose offsets are kept elsewhere: it starts where it is told to (`seek`), and commits only for lag tools. */
export type GroupConsumer = {
  /** Subscribes and runs; called again it rejoins. @throws broker_unavailable */
  readonly run: (topic: string, handlers: ConsumerHandlers) => Promise<void>;
  /** The next fetch of this partition begins at `offset`; what is under way is dropped. A paused partition goes on. */
  readonly seek: (at: ConsumedPartition, offset: number) => void;
  readonly pause: (at: ConsumedPartition) => void;
  readonly commit: (cursors: readonly NotedCursor[]) => void;
  readonly stop: () => Promise<void>;
};

/** Kafka's own group.min.session.timeout.ms. */
const SESSION_TIMEOUT_MS = 6_000;
const MAX_WAIT_MS = 100;
const FETCH_BYTES_PER_PARTITION = 1 << 20;
const COMMIT_EVERY_MS = 5_000;
const DISCONNECT_WITHIN_MS = 5_000;

/**
 * kafkajs as a group consumer. Known traps are kept away here (kafkajs 2.2.4): offsets are committed only inside
 * eachBatch (`commitOffsets` outside loses the error's type and the consumer dies silently); nothing is auto-resolved,
 * so a batch that was not taken is fetched again; partitions stay paused from the assignment until the owner says where
 * to begin, else they would be read from Kafka's own offsets first; a crash is reported instead of restarting for ever.
 */
export function createGroupConsumer(kafka: Kafka, options: ConsumerOptions): GroupConsumer {
  const sessionTimeoutMs = options.sessionTimeoutMs || SESSION_TIMEOUT_MS;
  const heartbeatEveryMs = Math.floor(sessionTimeoutMs / 4);
  let consumer: Consumer | undefined;
  /** Settles when the consumer has joined, or failed to: one that is told to leave before goes on as a zombie. */
  let joined: Promise<void> = Promise.resolve();
  let pendingCommit: readonly NotedCursor[] = [];
  let lastCommitMs = 0;
  /** Batches one after the other, also those of a consumer that was replaced. */
  let turn: Promise<unknown> = Promise.resolve();

  const inTurn = <T>(action: () => Promise<T>): Promise<T> => {
    const result = turn.then(action);
    turn = result.catch(() => undefined);
    return result;
  };

  const commitDue = async (payload: EachBatchPayload): Promise<void> => {
    const now = performance.now();
    if (pendingCommit.length === 0 || now - lastCommitMs < COMMIT_EVERY_MS) return;
    lastCommitMs = now;
    const cursors = pendingCommit;
    pendingCommit = [];
    const topics = Map.groupBy(cursors, ({ topic }) => topic);
    await payload.commitOffsetsIfNecessary({
      topics: [...topics].map(([topic, list]) => ({
        topic,
        partitions: list.map(({ partition, offset, note = null }) => {
          return { partition, offset: String(offset), metadata: note };
        }),
      })),
    });
  };

  /** Keeps the membership while the handler works; a rebalance that is under way is answered when it is done. */
  const withHeartbeats = async <T>(
    payload: EachBatchPayload,
    action: () => Promise<T>,
  ): Promise<T> => {
    let fault: unknown;
    const timer = setInterval(() => {
      payload.heartbeat().catch((error: unknown) => {
        fault ??= error;
      });
    }, heartbeatEveryMs);
    const result = await action().finally(() => clearInterval(timer));
    // kafkajs rejoins on this error; it is its own, not the handler's.
    if (fault !== undefined) throw fault as Error;
    return result;
  };

  const takeBatch = async (payload: EachBatchPayload, handlers: ConsumerHandlers) => {
    const { batch } = payload;
    if (payload.isStale() || !payload.isRunning()) return;
    const isTaken = await withHeartbeats(payload, () =>
      inTurn(() => handlers.onBatch(consumedBatch(batch))),
    );
    if (isTaken && !payload.isStale()) payload.resolveOffset(batch.lastOffset());
    await payload.heartbeat();
    await commitDue(payload);
  };

  const open = async (topic: string, handlers: ConsumerHandlers): Promise<void> => {
    const next = kafka.consumer({
      groupId: options.groupId,
      sessionTimeout: sessionTimeoutMs,
      heartbeatInterval: heartbeatEveryMs,
      maxWaitTimeInMs: options.maxWaitMs ?? MAX_WAIT_MS,
      maxBytesPerPartition: FETCH_BYTES_PER_PARTITION,
      allowAutoTopicCreation: false,
    });
    consumer = next;
    next.on(next.events.GROUP_JOIN, ({ payload }) => {
      if (consumer !== next) return;
      const partitions = payload.memberAssignment[topic] ?? [];
      next.pause([{ topic, partitions }]);
      handlers.onAssigned(partitions.map((partition) => ({ topic, partition })));
    });
    next.on(next.events.CRASH, ({ payload }) => {
      if (consumer === next && !payload.restart) handlers.onCrash(payload.error);
    });
    const join = async (): Promise<void> => {
      await next.connect();
      await next.subscribe({ topics: [topic], fromBeginning: true });
      await next.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        eachBatch: async (payload) => {
          if (consumer === next) await takeBatch(payload, handlers);
        },
      });
    };
    joined = join();
    await joined;
  };

  const close = async (): Promise<void> => {
    const previous = consumer;
    consumer = undefined;
    if (!previous) return;
    const timeout = Promise.withResolvers<void>();
    const timer = setTimeout(timeout.resolve, DISCONNECT_WITHIN_MS);
    const left = joined
      .catch(() => undefined)
      .then(() => previous.disconnect())
      .catch((error: unknown) =>
        options.logger.debug({ err: error }, 'a consumer did not disconnect'),
      );
    await Promise.race([left, timeout.promise]);
    clearTimeout(timer);
  };

  return {
    async run(topic, handlers) {
      await close();
      try {
        await open(topic, handlers);
      } catch (cause) {
        await close();
        throw new TidemarkError(
          'broker_unavailable',
          `consumer of ${topic}: ${(cause as Error).message}`,
          { cause },
        );
      }
    },
    seek({ topic, partition }, offset) {
      consumer?.seek({ topic, partition, offset: String(offset) });
      consumer?.resume([{ topic, partitions: [partition] }]);
    },
    pause: ({ topic, partition }) => consumer?.pause([{ topic, partitions: [partition] }]),
    commit: (cursors) => {
      pendingCommit = cursors;
    },
    stop: close,
  };
}

const consumedBatch = (batch: EachBatchPayload['batch']): ConsumedBatch => {
  const records = recordsOf(batch);
  let made: readonly ConsumedRecord[] | undefined;
  return {
    topic: batch.topic,
    partition: batch.partition,
    fetchedOffset: records.fetchOffset,
    endOffset: Number(batch.highWatermark),
    nextOffset: records.nextOffset,
    open: records.open,
    get records() {
      return (made ??= consumedRecords(records));
    },
  };
};

/** @throws log_unreadable */
export function consumedRecords(records: RecordSet): readonly ConsumedRecord[] {
  const cursor = records.open();
  const made: ConsumedRecord[] = [];
  while (cursor.next()) made.push(consumedRecord(cursor));
  return made;
}

/** The record that a cursor shows, as an object. */
export const consumedRecord = (cursor: RecordCursor): ConsumedRecord => ({
  offset: cursor.offset,
  appendMs: cursor.appendMs,
  key: keyOf(cursor),
  value: valueOf(cursor),
});
