import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Consumer, Kafka } from 'kafkajs';
import type { Logger } from '../logger.ts';
import { consumedRecords } from './consumer.ts';
import type { ConsumedRecord } from './consumer.ts';
import { recordsOf } from './lean-fetch.ts';

/** Reads topics from their ends on, for as long as it is open. */
export type Tail = {
  /** Whether it reads now, and misses nothing. */
  readonly isLive: () => boolean;
  readonly stop: () => Promise<void>;
};
export type TailOptions = {
  readonly topics: readonly string[];
  readonly logger: Logger;
  /**
   * Where to begin, by `topic/partition`, asked anew after each fault; a partition that is not named begins at its start. Absent:
   * at the ends, and after a fault where it was.
   */
  readonly startAt?: () => Promise<ReadonlyMap<string, number>>;
  /** Records of one partition in order, each once; the next ones wait for it. */
  readonly onRecords: (
    topic: string,
    records: readonly ConsumedRecord[],
    partition: number,
  ) => Promise<void>;
};

const RETRY_AFTER_MS = 1_000;
const MAX_WAIT_MS = 100;
const DISCONNECT_WITHIN_MS = 3_000;

/**
 * Follows topics alone, in a consumer group of its own that commits nothing. It begins at the ends as they are when it
 * first reaches the broker, or where it is told to; after a fault it goes on where it was, so nothing that was appended
 * meanwhile is missed.
 */
export function followTopics(kafka: Kafka, options: TailOptions): Tail {
  const positions = new Map<string, number>();
  const stopping = new AbortController();
  let isLive = false;

  const findEnds = async (): Promise<void> => {
    const admin = kafka.admin();
    try {
      await admin.connect();
      for (const topic of options.topics)
        for (const { partition, high } of await admin.fetchTopicOffsets(topic))
          positions.set(`${topic}/${partition}`, Number(high));
    } finally {
      await admin.disconnect();
    }
  };

  /** Reads until it fails or is stopped, also while it still joins its group, which may take seconds. */
  const read = async (): Promise<void> => {
    if (options.startAt) {
      const from = await options.startAt();
      positions.clear();
      for (const [place, offset] of from) positions.set(place, offset);
    } else if (positions.size === 0) await findEnds();
    if (stopping.signal.aborted) return;
    const ended = Promise.withResolvers<void>();
    // A new group each time: the one of before waits for its member that was cut off, half a minute.
    const consumer = kafka.consumer({
      groupId: `tidemark-tail-${randomUUID()}`,
      maxWaitTimeInMs: MAX_WAIT_MS,
      allowAutoTopicCreation: false,
      retry: { retries: 3 },
    });
    const end = (): void => ended.resolve();
    stopping.signal.addEventListener('abort', end);
    consumer.on(consumer.events.CRASH, ({ payload }) => ended.reject(payload.error));
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      for (const [topic, partitions] of Object.entries(payload.memberAssignment))
        for (const partition of partitions) {
          const offset = String(positions.get(`${topic}/${partition}`) ?? 0);
          consumer.seek({ topic, partition, offset });
        }
      isLive = true;
    });
    try {
      await Promise.race([consume(consumer).then(() => ended.promise), ended.promise]);
    } finally {
      isLive = false;
      stopping.signal.removeEventListener('abort', end);
      await Promise.race([
        consumer.disconnect(),
        wait(DISCONNECT_WITHIN_MS, undefined, { ref: false }),
      ]);
    }
  };

  const consume = async (consumer: Consumer): Promise<void> => {
    await consumer.connect();
    await consumer.subscribe({ topics: [...options.topics], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch, isStale }) => {
        if (isStale()) return;
        const key = `${batch.topic}/${batch.partition}`;
        const from = positions.get(key) ?? 0;
        const records = consumedRecords(recordsOf(batch)).filter(({ offset }) => offset >= from);
        if (records.length > 0) await options.onRecords(batch.topic, records, batch.partition);
        positions.set(key, Math.max(from, Number(batch.lastOffset()) + 1));
      },
    });
  };

  const running = (async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        await read();
      } catch (error) {
        options.logger.warn(
          { code: 'broker_unavailable', err: error, topics: options.topics },
          'following topics was cut; it goes on where it was',
        );
        await wait(RETRY_AFTER_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  })();

  return {
    isLive: () => isLive,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
