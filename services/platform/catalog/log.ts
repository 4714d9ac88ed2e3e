import { randomUUID } from 'node:crypto';
import type { Consumer, Kafka } from 'kafkajs';
import { TidemarkError } from '../../kernel/errors.ts';
import { retried } from '../kafka/topics.ts';

export type CatalogRecord = {
  readonly key: string;
  readonly value: Buffer | null;
  readonly offset: number;
};

export type CatalogLogHandlers = {
  /** The topic is read from its start, at first or again: what was folded before no longer counts. */
  readonly onStart: () => void;
  /** Records in order. `isAtEnd`: nothing more was on the topic when they were fetched. */
  readonly onRecords: (records: readonly CatalogRecord[], isAtEnd: boolean) => Promise<void>;
  /** Reading stopped and begins anew by itself. */
  readonly onFault: (error: Error) => void;
};

const OPEN_WITHIN_MS = 30_000;
const REOPEN_AFTER_MS = 1_000;
const DISCONNECT_WITHIN_MS = 2_000;
/** How long a fetch waits for news: what `apply` writes is seen at once, this only bounds an idle round trip. */
const MAX_WAIT_MS = 200;

/**
 * Follows the one partition of the `catalog` topic from its start, and goes on until it is stopped. Offsets are never
 * committed: a view is always folded from the whole topic.
 * @returns when the end of the topic, as it was at the call, has been handed over
 * @throws broker_unavailable when that takes longer than 30 s
 */
export async function followCatalogLog(
  kafka: Kafka,
  topic: string,
  handlers: CatalogLogHandlers,
): Promise<{ readonly stop: () => Promise<void> }> {
  let consumer: Consumer | undefined;
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  const reachedEnd = Promise.withResolvers<void>();

  const open = async (): Promise<void> => {
    const isEmpty = await holdsNothing(kafka, topic);
    const next = kafka.consumer({
      groupId: `tidemark-catalog-${randomUUID()}`,
      maxWaitTimeInMs: MAX_WAIT_MS,
      allowAutoTopicCreation: false,
    });
    consumer = next;
    next.on(next.events.GROUP_JOIN, handlers.onStart);
    next.on(next.events.CRASH, ({ payload }) => {
      if (consumer !== next || isStopped) return;
      handlers.onFault(payload.error);
      if (!payload.restart) reopen();
    });
    await next.connect();
    await next.subscribe({ topics: [topic], fromBeginning: true });
    await next.run({
      autoCommit: false,
      eachBatch: async ({ batch, isStale }) => {
        if (isStale()) return;
        const records = batch.messages.map(({ key, value, offset }) => ({
          key: key?.toString('utf8') ?? '',
          value,
          offset: Number(offset),
        }));
        const isAtEnd = Number(batch.lastOffset()) + 1 >= Number(batch.highWatermark);
        await handlers.onRecords(records, isAtEnd);
        if (isAtEnd) reachedEnd.resolve();
      },
    });
    if (isEmpty) reachedEnd.resolve();
  };
  const reopen = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (isStopped) return;
      open().catch((error: unknown) => {
        handlers.onFault(error as Error);
        reopen();
      });
    }, REOPEN_AFTER_MS);
  };
  const stop = async (): Promise<void> => {
    isStopped = true;
    clearTimeout(timer);
    if (consumer) await disconnect(consumer);
  };

  const deadline = setTimeout(
    () => reachedEnd.reject(new Error(`the end was not reached within ${OPEN_WITHIN_MS} ms`)),
    OPEN_WITHIN_MS,
  );
  try {
    await Promise.all([open(), reachedEnd.promise]);
  } catch (cause) {
    await stop();
    throw new TidemarkError(
      'broker_unavailable',
      `the catalogue cannot be read from ${topic}: ${(cause as Error).message}`,
      { cause },
    );
  } finally {
    clearTimeout(deadline);
  }
  return { stop };
}

/** kafkajs waits for its retries when the broker is away; nothing is lost by going without its answer. */
async function disconnect(consumer: Consumer): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, DISCONNECT_WITHIN_MS);
  await Promise.race([consumer.disconnect(), promise]);
  clearTimeout(timer);
}

async function holdsNothing(kafka: Kafka, topic: string): Promise<boolean> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    const [partition] = await retried(() => admin.fetchTopicOffsets(topic));
    return partition === undefined || partition.high === partition.low;
  } finally {
    await admin.disconnect();
  }
}
