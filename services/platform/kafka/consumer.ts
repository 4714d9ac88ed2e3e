import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import type { Cursor } from '../../kernel/update.ts';
import type { Logger } from '../logger.ts';

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
  readonly records: readonly ConsumedRecord[];
};
export type ConsumerHandlers = {
  readonly onAssigned: (partitions: readonly { topic: string; partition: number }[]) => void;
  readonly onBatch: (batch: ConsumedBatch) => Promise<void>;
  readonly onCrash: (error: Error) => void;
};

export type ConsumerOptions = {
  readonly groupId: string;
  readonly logger: Logger;
  readonly sessionTimeoutMs?: number;
  readonly maxWaitMs?: number;
};

/** A consumer whose offsets are kept elsewhere: it starts where it is told to (`seek`), and commits only for lag tools. */
export type GroupConsumer = {
  /** Subscribes and runs; called again with other topics it rejoins. */
  readonly run: (topics: readonly string[], handlers: ConsumerHandlers) => Promise<void>;
  readonly seek: (topic: string, partition: number, offset: number) => void;
  readonly commit: (cursors: readonly Cursor[]) => void;
  readonly stop: () => Promise<void>;
};

const SESSION_TIMEOUT_MS = 10_000;
const MAX_WAIT_MS = 100;
const FETCH_BYTES_PER_PARTITION = 1 << 20;
const COMMIT_EVERY_MS = 5_000;

/**
 * kafkajs as a group consumer. Known traps are kept away here (kafkajs 2.2.4): offsets are committed only inside
 * eachBatch (`commitOffsets` outside loses the error's type and the consumer dies silently); nothing is auto-resolved,
 * so a thrown handler repeats its batch; a crash is reported instead of restarting for ever.
 */
export function createGroupConsumer(kafka: Kafka, options: ConsumerOptions): GroupConsumer {
  let consumer: Consumer | undefined;
  let pendingCommit: readonly Cursor[] = [];
  let lastCommitMs = 0;

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
        partitions: list.map(({ partition, offset }) => ({ partition, offset: String(offset) })),
      })),
    });
  };

  const open = async (topics: readonly string[], handlers: ConsumerHandlers): Promise<void> => {
    const next = kafka.consumer({
      groupId: options.groupId,
      sessionTimeout: options.sessionTimeoutMs ?? SESSION_TIMEOUT_MS,
      heartbeatInterval: Math.floor((options.sessionTimeoutMs ?? SESSION_TIMEOUT_MS) / 4),
      maxWaitTimeInMs: options.maxWaitMs ?? MAX_WAIT_MS,
      maxBytesPerPartition: FETCH_BYTES_PER_PARTITION,
      allowAutoTopicCreation: false,
    });
    consumer = next;
    next.on(next.events.GROUP_JOIN, ({ payload }) => {
      const assigned = Object.entries(payload.memberAssignment).flatMap(([topic, partitions]) =>
        partitions.map((partition) => ({ topic, partition })),
      );
      handlers.onAssigned(assigned);
    });
    next.on(next.events.CRASH, ({ payload }) => {
      if (!payload.restart) handlers.onCrash(payload.error);
    });
    await next.connect();
    await next.subscribe({ topics: [...topics], fromBeginning: true });
    await next.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: async (payload) => {
        const { batch } = payload;
        if (payload.isStale() || !payload.isRunning()) return;
        await handlers.onBatch({
          topic: batch.topic,
          partition: batch.partition,
          fetchedOffset: Number(fetchedOffsetOf(batch)),
          endOffset: Number(batch.highWatermark),
          nextOffset: Number(batch.lastOffset()) + 1,
          records: batch.messages.map((message) => ({
            offset: Number(message.offset),
            appendMs: Number(message.timestamp),
            key: message.key,
            value: message.value,
          })),
        });
        if (!payload.isStale()) payload.resolveOffset(batch.lastOffset());
        await payload.heartbeat();
        await commitDue(payload);
      },
    });
  };

  const close = async (): Promise<void> => {
    const previous = consumer;
    consumer = undefined;
    await previous?.disconnect();
  };

  return {
    async run(topics, handlers) {
      await close();
      if (topics.length > 0) await open(topics, handlers);
    },
    seek: (topic, partition, offset) =>
      consumer?.seek({ topic, partition, offset: String(offset) }),
    commit: (cursors) => {
      pendingCommit = cursors;
    },
    stop: close,
  };
}

/** kafkajs' Batch carries the offset that its fetch asked for, which its types do not name. */
const fetchedOffsetOf = (batch: EachBatchPayload['batch']): string =>
  (batch as unknown as { fetchedOffset: string }).fetchedOffset;
