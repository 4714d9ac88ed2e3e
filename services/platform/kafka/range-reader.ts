import { randomUUID } from 'node:crypto';
import type { Kafka } from 'kafkajs';
import { TidemarkError } from '../../kernel/errors.ts';
import type { ConsumedRecord } from './consumer.ts';

export type LogRange = {
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
  readonly to: number;
};

/** Without a record for so long, the read is given up. */
const SILENCE_MS_MAX = 30_000;

/**
 * Reads `[from, to)` of one partition in order, outside any consumer's progress.
 * @param onRecords called with each run of records; returning `false` ends the read
 * @throws broker_unavailable when the broker gives nothing for half a minute
 */
export async function readRange(
  kafka: Kafka,
  range: LogRange,
  onRecords: (records: readonly ConsumedRecord[]) => Promise<boolean> | boolean,
): Promise<void> {
  if (range.to <= range.from) return;
  const consumer = kafka.consumer({
    groupId: `tidemark-read-${randomUUID()}`,
    maxWaitTimeInMs: 50,
    allowAutoTopicCreation: false,
    retry: { retries: 3 },
  });
  const done = Promise.withResolvers<void>();
  const timer = setTimeout(
    () => done.reject(new Error(`nothing came for ${SILENCE_MS_MAX} ms`)),
    SILENCE_MS_MAX,
  );
  let next = range.from;
  const passed = (lastOffset: string): void => {
    timer.refresh();
    next = Math.max(next, Number(lastOffset) + 1);
    if (next >= range.to) done.resolve();
  };
  try {
    await consumer.connect();
    // A crash that kafkajs starts again from (a coordinator that still loads) is no end of the read.
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      if (!payload.restart) done.reject(payload.error);
    });
    // Control records and aborted ones never reach eachBatch.
    consumer.on(consumer.events.START_BATCH_PROCESS, ({ payload }) => {
      if (payload.partition === range.partition && payload.batchSize === 0)
        passed(payload.lastOffset);
    });
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      for (const partition of payload.memberAssignment[range.topic] ?? []) {
        if (partition === range.partition)
          consumer.seek({ topic: range.topic, partition, offset: String(range.from) });
        else consumer.pause([{ topic: range.topic, partitions: [partition] }]);
      }
    });
    await consumer.subscribe({ topics: [range.topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: true,
      eachBatch: async ({ batch, isStale }) => {
        if (batch.partition !== range.partition || isStale()) return;
        const records = batch.messages
          .map((message) => ({
            offset: Number(message.offset),
            appendMs: Number(message.timestamp),
            key: message.key,
            value: message.value,
          }))
          .filter(({ offset }) => offset >= next && offset < range.to);
        const goOn = records.length === 0 || (await onRecords(records));
        if (goOn) passed(batch.lastOffset());
        else done.resolve();
      },
    });
    await done.promise;
  } catch (cause) {
    throw new TidemarkError(
      'broker_unavailable',
      `reading ${range.topic}/${range.partition} from ${range.from} to ${range.to}: ${(cause as Error).message}`,
      { cause },
    );
  } finally {
    clearTimeout(timer);
    await consumer.disconnect();
  }
}
