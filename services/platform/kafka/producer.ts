import { Partitioners } from 'kafkajs';
import type { Kafka, Message, Producer, RecordMetadata } from 'kafkajs';
import { TidemarkError } from '../../kernel/errors.ts';
import { err, invariant, ok } from '../../kernel/result.ts';
import type { Result } from '../../kernel/result.ts';
import type { Logger } from '../logger.ts';
import { batchMessage, produceLean } from './lean-produce.ts';
import { createLanes, settle, sizeOf, stopTimers, take } from './producer-lane.ts';
import type { Handover, Lane, Pending, Written } from './producer-lane.ts';
import { writeBatch } from './write-batch.ts';

export type OutgoingRecord = {
  readonly topic: string;
  /** Chosen by the caller, once (kernel/partitioner.ts): a retry must not land elsewhere. */
  readonly partition: number;
  readonly key: Buffer | null;
  /** null is a tombstone. */
  readonly value: Buffer | null;
};

export type RecordProducer = {
  /**
   * Resolves when all in-sync replicas have the record. Records of one partition keep the order of the calls.
   * @throws overloaded at once when the bytes in flight would pass their limit; broker_unavailable when nothing was
   *   acknowledged before the deadline (the record may be in the log all the same); too_large when the topic refuses it
   */
  readonly send: (record: OutgoingRecord) => Promise<Written>;
  /**
   * As `send` for each, but all or none is handed over, in the call itself; cheaper than as many sends.
   * @returns when the fate of each is known, what `send` would have given or thrown
   * @throws overloaded: nothing was handed over
   */
  readonly sendAll: (
    records: readonly OutgoingRecord[],
  ) => Promise<readonly Result<Written, TidemarkError>[]>;
  /** Bytes that may still be handed over before `overloaded`. */
  readonly freeBytes: () => number;
  /** What keeps records from being acknowledged now; undefined when the last answer was an acknowledgement. */
  readonly fault: () => string | undefined;
  /** Sends what it holds, then disconnects. Later sends are refused. */
  readonly close: () => Promise<void>;
};

export type ProducerLimits = {
  /** Wait for more records of a partition that was written to a moment ago, ms. An idle partition does not wait. */
  readonly lingerMs: number;
  /** A batch is sent without waiting from this size on, bytes. One larger record is a batch of its own. */
  readonly batchBytesMax: number;
  readonly batchRecordsMax: number;
  /** Of all records that are not acknowledged, bytes. */
  readonly inFlightBytesMax: number;
  /** One attempt at a batch, ms; then its connection is replaced and the identical batch sent again. */
  readonly attemptMs: number;
  /** From the call to the answer "no", ms. */
  readonly deadlineMs: number;
};

export const PRODUCER_LIMITS: ProducerLimits = {
  lingerMs: 5,
  batchBytesMax: 512 * 1024,
  batchRecordsMax: 2_000,
  inFlightBytesMax: 64 * 1024 * 1024,
  attemptMs: 5_000,
  deadlineMs: 10_000,
};

/** How long the broker may wait for its replicas, ms: shorter than the client's own time-out, so that its answer arrives. */
const REPLICATION_TIMEOUT_MS = 3_000;
const RETRY_AFTER_MS_MIN = 50;
const RETRY_AFTER_MS_MAX = 1_000;
const DISCONNECT_WITHIN_MS = 2_000;

type Connection = { readonly producer: Producer; readonly ready: Promise<void> };

/**
 * acks=all, one partition per send, one send in flight per partition, and the identical payload again on any error until
 * it is acknowledged or its callers were told no. Stock use of kafkajs 2.2.4 loses acknowledged records in three ways:
 * sequences reused after an error in idempotent mode, sends that span leaders, errors that bypass its retries. This rule
 * is free of all three; the duplicates that retries leave are removed by identity downstream.
 */
export function createRecordProducer(
  kafka: Kafka,
  options: { logger: Logger; limits?: Partial<ProducerLimits> },
): RecordProducer {
  const limits = { ...PRODUCER_LIMITS, ...options.limits };
  invariant(
    limits.lingerMs < limits.attemptMs && limits.attemptMs <= limits.deadlineMs,
    'a batch must have time for an attempt',
  );
  produceLean();
  const lanes = createLanes();
  let inFlightBytes = 0;
  let connection: Connection | undefined;
  let lastFault: string | undefined;
  let isClosed = false;
  const settled: (() => void)[] = [];

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
        options.logger.debug({ err: error }, 'an abandoned producer did not disconnect'),
      );
  };

  const sendOnce = async (used: Connection, lane: Lane, message: Message): Promise<number> => {
    await used.ready;
    const metadata = await used.producer.send({
      topic: lane.topic,
      messages: [message],
      acks: -1,
      timeout: REPLICATION_TIMEOUT_MS,
    });
    return baseOffsetOf(metadata, lane);
  };

  /** @returns the offset of the first record   @throws broker_unavailable, too_large */
  const deliver = async (lane: Lane, batch: readonly Pending[]): Promise<number> => {
    // Written once: whatever happens to an attempt, the next sends the same bytes.
    const message = batchMessage(writeBatch(batch, Date.now()), lane.partition);
    const deadlineMs = (batch[0] as Pending).handover.enqueuedMs + limits.deadlineMs;
    for (
      let retryAfterMs = RETRY_AFTER_MS_MIN;
      ;
      retryAfterMs = Math.min(2 * retryAfterMs, RETRY_AFTER_MS_MAX)
    ) {
      const leftMs = deadlineMs - performance.now();
      if (leftMs <= 0)
        throw new TidemarkError(
          'broker_unavailable',
          `Kafka did not acknowledge within ${limits.deadlineMs} ms: ${lastFault ?? 'no answer'}`,
        );
      const used = (connection ??= connect());
      try {
        const offset = await within(
          Math.min(leftMs, limits.attemptMs),
          sendOnce(used, lane, message),
        );
        lastFault = undefined;
        return offset;
      } catch (error) {
        const cause = error as Error & { type?: string; cause?: { type?: string } };
        lastFault = cause.message;
        const type = cause.type ?? cause.cause?.type;
        if (type === 'MESSAGE_TOO_LARGE' || type === 'RECORD_LIST_TOO_LARGE')
          throw new TidemarkError(
            'too_large',
            `topic ${lane.topic} refuses a batch of ${batch.length} records: ${cause.message}`,
            { cause },
          );
        options.logger.warn(
          { topic: lane.topic, partition: lane.partition, error: cause.message },
          'a batch was not acknowledged and is sent again',
        );
        // What an attempt that was cut short wrote may still lie in this connection; one that never opened is of no use.
        if (error instanceof TimeoutError || !(await isReady(used))) abandon(used);
        await pause(Math.min(retryAfterMs, Math.max(0, deadlineMs - performance.now())));
      }
    }
  };

  const pump = async (lane: Lane): Promise<void> => {
    stopTimers(lane);
    if (lane.isSending || lane.queue.length === 0) return;
    lane.isSending = true;
    const batch = take(lane, limits);
    try {
      const baseOffset = await deliver(lane, batch);
      batch.forEach((record, index) => settle(record, ok({ offset: baseOffset + index })));
    } catch (error) {
      const fate = err(error as TidemarkError);
      for (const record of batch) settle(record, fate);
    }
    for (const { bytes } of batch) inFlightBytes -= bytes;
    lane.isSending = false;
    lane.lastSentMs = performance.now();
    if (inFlightBytes === 0) for (const resolve of settled.splice(0)) resolve();
    schedule(lane);
  };

  const schedule = (lane: Lane): void => {
    if (lane.isSending || lane.queue.length === 0 || lane.immediate) return;
    const isUrgent =
      isClosed ||
      lane.queuedBytes >= limits.batchBytesMax ||
      lane.queue.length >= limits.batchRecordsMax;
    if (lane.timer && !isUrgent) return;
    const now = performance.now();
    const dueMs =
      isUrgent || now - lane.lastSentMs > limits.lingerMs
        ? 0
        : (lane.queue[0] as Pending).handover.enqueuedMs + limits.lingerMs - now;
    // Even without waiting, what one tick hands over goes into one batch.
    if (dueMs <= 0) lane.immediate = setImmediate(() => void pump(lane));
    else lane.timer ??= setTimeout(() => void pump(lane), dueMs);
  };

  const sendAll: RecordProducer['sendAll'] = (records) => {
    const bytes = records.reduce((sum, record) => sum + sizeOf(record), 0);
    if (isClosed) {
      const fate = err(new TidemarkError('broker_unavailable', 'the producer is closed'));
      return Promise.resolve(records.map(() => fate));
    }
    if (inFlightBytes + bytes > limits.inFlightBytesMax)
      return Promise.reject(
        new TidemarkError(
          'overloaded',
          `${limits.inFlightBytesMax} bytes wait for Kafka's acknowledgement`,
        ),
      );
    if (records.length === 0) return Promise.resolve([]);
    inFlightBytes += bytes;
    return new Promise((resolve) => {
      const handover: Handover = {
        enqueuedMs: performance.now(),
        fates: [],
        left: records.length,
        resolve,
      };
      records.forEach((record, index) => {
        const { key, value } = record;
        const lane = lanes.of(record.topic, record.partition);
        const bytes = sizeOf(record);
        lane.queue.push({ key, value, bytes, handover, index });
        lane.queuedBytes += bytes;
        schedule(lane);
      });
    });
  };

  return {
    sendAll,
    async send(record) {
      const [fate] = await sendAll([record]);
      invariant(fate, 'the fate of the record is told');
      if (!fate.ok) throw fate.error;
      return fate.value;
    },
    freeBytes: () => limits.inFlightBytesMax - inFlightBytes,
    fault: () => lastFault,
    async close() {
      isClosed = true;
      for (const lane of lanes.all()) schedule(lane);
      if (inFlightBytes > 0) await new Promise<void>((resolve) => settled.push(resolve));
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
function baseOffsetOf(metadata: readonly RecordMetadata[], { topic, partition }: Lane): number {
  const answer = metadata.find((one) => one.topicName === topic && one.partition === partition);
  const offset = Number(answer?.baseOffset ?? -1);
  if (!answer || answer.errorCode !== 0 || !(offset >= 0))
    throw new Error(`no acknowledgement for ${topic}/${partition}`);
  return offset;
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

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
