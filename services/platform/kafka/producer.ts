import type { Kafka, Message } from 'kafkajs';
import { TidemarkError } from '../../kernel/errors.ts';
import { err, invariant, ok } from '../../kernel/result.ts';
import type { Result } from '../../kernel/result.ts';
import type { Logger } from '../logger.ts';
import { batchMessage, produceLean } from './lean-produce.ts';
import {
  ACKNOWLEDGED,
  baseOffsetOf,
  createConnections,
  sendBatchOf,
} from './producer-connection.ts';
import { createLanes, isIdle, settle, sizeOf, stopTimers, take } from './producer-lane.ts';
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
  /**
   * For records that do no harm when they are in the log twice, or after later ones: those of partitions where nothing waits
   * go in one request to each broker. They overtake nothing that was handed over before. Where that fails, and for half a
   * minute after, each goes alone, as by `sendAll`.
   * @returns the fate of each
   */
  readonly sendTogether: (
    records: readonly OutgoingRecord[],
  ) => readonly Promise<Result<Written, TidemarkError>>[];
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

/** Records that could not be sent together are sent apart for so long: a topic that is gone must not delay the others. */
const APART_MS = 30_000;
const RETRY_AFTER_MS_MIN = 50;
const RETRY_AFTER_MS_MAX = 1_000;

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
  const connections = createConnections(kafka, options.logger);
  let inFlightBytes = 0;
  let lastFault: string | undefined;
  let apartUntilMs = 0;
  let together: Promise<unknown> = Promise.resolve();
  let isClosed = false;
  const settled: (() => void)[] = [];

  /** @returns the offset of the first record */
  const sendOnce = (lane: Lane, message: Message, withinMs: number): Promise<number> =>
    connections.attempt(withinMs, async (producer) => {
      const { topic } = lane;
      const metadata = await producer.send({ topic, messages: [message], ...ACKNOWLEDGED });
      return baseOffsetOf(metadata, lane);
    });

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
      try {
        const offset = await sendOnce(lane, message, Math.min(leftMs, limits.attemptMs));
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

  const sendAlone = async (record: OutgoingRecord): Promise<Result<Written, TidemarkError>> => {
    const [fate] = await sendAll([record]);
    invariant(fate, 'the fate of the record is told');
    return fate;
  };

  const trySending = (records: readonly OutgoingRecord[]) =>
    connections
      .attempt(limits.attemptMs, (producer) => sendBatchOf(producer, records))
      .catch((error: unknown) => {
        apartUntilMs = performance.now() + APART_MS;
        options.logger.warn({ err: error }, 'records go one by one, since together they failed');
        return undefined;
      });

  return {
    sendAll,
    sendTogether(records) {
      const isFree = ({ topic, partition }: OutgoingRecord): boolean =>
        !isClosed && performance.now() >= apartUntilMs && isIdle(lanes.of(topic, partition));
      const free = records.filter(isFree);
      const sent = free.length === 0 ? Promise.resolve(undefined) : trySending(free);
      together = sent;
      return records.map(async (record) => {
        if (!free.includes(record)) return sendAlone(record);
        const written = (await sent)?.get(record);
        return written ? ok(written) : sendAlone(record);
      });
    },
    async send(record) {
      const fate = await sendAlone(record);
      if (!fate.ok) throw fate.error;
      return fate.value;
    },
    freeBytes: () => limits.inFlightBytesMax - inFlightBytes,
    fault: () => lastFault,
    async close() {
      isClosed = true;
      for (const lane of lanes.all()) schedule(lane);
      if (inFlightBytes > 0) await new Promise<void>((resolve) => settled.push(resolve));
      await together;
      await connections.close();
    },
  };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
