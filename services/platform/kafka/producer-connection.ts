import { Partitioners } from 'kafkajs';
import type { Kafka, Producer, RecordMetadata } from 'kafkajs';
import type { Logger } from '../logger.ts';
import { batchMessage } from './lean-produce.ts';
import { writeBatch } from './write-batch.ts';

/** How long the broker may wait for its replicas, ms: shorter than the client's own time-out, so that its answer arrives. */
const REPLICATION_TIMEOUT_MS = 3_000;
/** Every in-sync replica has what is acknowledged. */
export const ACKNOWLEDGED = { acks: -1, timeout: REPLICATION_TIMEOUT_MS } as const;
const RETRY_AFTER_MS_MIN = 50;
const RETRY_AFTER_MS_MAX = 1_000;
const DISCONNECT_WITHIN_MS = 2_000;

type Connection = { readonly producer: Producer; readonly ready: Promise<void> };
type Place = { readonly topic: string; readonly partition: number };

/** The connection of a producer, which is replaced when it is of no use any more. */
export type Connections = {
  /** One attempt with the connection of now. @throws what `work` throws, TimeoutError */
  readonly attempt: <T>(withinMs: number, work: (producer: Producer) => Promise<T>) => Promise<T>;
  readonly close: () => Promise<void>;
};

export function createConnections(kafka: Kafka, logger: Logger): Connections {
  let connection: Connection | undefined;

  const connect = (): Connection => {
    const producer = kafka.producer({
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
      retry: { retries: 1, initialRetryTime: RETRY_AFTER_MS_MIN, maxRetryTime: RETRY_AFTER_MS_MAX },
    });
    return { producer, ready: producer.connect() };
  };

  /** Throws the connection away, unless another lane has replaced it already. */
  const abandon = (used: Connection): void => {
    if (connection === used) connection = undefined;
    used.ready
      .then(() => used.producer.disconnect())
      .catch((error: unknown) =>
        logger.debug({ err: error }, 'an abandoned producer did not disconnect'),
      );
  };

  return {
    async attempt(withinMs, work) {
      const used = (connection ??= connect());
      try {
        return await within(
          withinMs,
          used.ready.then(() => work(used.producer)),
        );
      } catch (error) {
        // What an attempt that was cut short wrote may still lie in this connection; one that never opened is of no use.
        if (error instanceof TimeoutError || !(await isReady(used))) abandon(used);
        throw error;
      }
    },
    async close() {
      const last = connection;
      connection = undefined;
      if (last)
        await within(
          DISCONNECT_WITHIN_MS,
          last.ready.then(() => last.producer.disconnect()),
        ).catch(() => abandon(last));
    },
  };
}

/** kafkajs calls a send successful that went to nobody (a partition that its metadata lack): only an answer with an offset counts. */
export function baseOffsetOf(
  metadata: readonly RecordMetadata[],
  { topic, partition }: Place,
): number {
  const answer = metadata.find((one) => one.topicName === topic && one.partition === partition);
  const offset = Number(answer?.baseOffset ?? -1);
  if (!answer || answer.errorCode !== 0 || !(offset >= 0))
    throw new Error(`no acknowledgement for ${topic}/${partition}`);
  return offset;
}

type PlacedRecord = Place & { readonly key: Buffer | null; readonly value: Buffer | null };

/** Records of several partitions, in one request to each of their brokers. @throws when one of them was not acknowledged */
export async function sendBatchOf<R extends PlacedRecord>(
  producer: Producer,
  records: readonly R[],
): Promise<ReadonlyMap<R, { readonly offset: number }>> {
  if (records.length === 0) return new Map();
  const topics = Map.groupBy(records, ({ topic }) => topic);
  const topicMessages = [...topics].map(([topic, ofTopic]) => ({
    topic,
    messages: [...Map.groupBy(ofTopic, ({ partition }) => partition)].map(([partition, list]) =>
      batchMessage(writeBatch(list, Date.now()), partition),
    ),
  }));
  const metadata = await producer.sendBatch({ topicMessages, ...ACKNOWLEDGED });
  const places = Map.groupBy(records, ({ topic, partition }) => `${topic}/${partition}`);
  return new Map(
    [...places.values()].flatMap((list) => {
      const baseOffset = baseOffsetOf(metadata, list[0] as R);
      return list.map((record, i) => [record, { offset: baseOffset + i }] as const);
    }),
  );
}

class TimeoutError extends Error {}

/** @throws TimeoutError when `work` is not done in time; it goes on, and its outcome is ignored */
async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new TimeoutError(`no answer within ${Math.round(ms)} ms`)),
    ms,
  );
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** @returns false when the connection failed to open */
const isReady = (connection: Connection): Promise<boolean> =>
  connection.ready.then(
    () => true,
    () => false,
  );
