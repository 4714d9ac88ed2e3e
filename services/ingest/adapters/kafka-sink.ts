import type { Kafka } from 'kafkajs';
import { TidemarkError } from '../../kernel/errors.ts';
import { err, ok } from '../../kernel/result.ts';
import { createRecordProducer } from '../../platform/kafka/producer.ts';
import type { ProducerLimits } from '../../platform/kafka/producer.ts';
import type { Logger } from '../../platform/logger.ts';
import type { EventRecord, EventSink } from '../ports.ts';

/**
 * The client is told no before the aggregator forgets an instance that it has not heard of (10 s of append time): an event
 * that is still on its way always holds the watermark by the heartbeat before it.
 */
const DEADLINE_MS = 8_000;
const ATTEMPT_MS = 4_000;
/** What a record takes beside its key and value; the producer counts alike. */
const RECORD_OVERHEAD_BYTES = 32;

/** Events into Kafka, by the producer that loses nothing it acknowledged. */
export function kafkaSink(
  kafka: Kafka,
  options: { readonly logger: Logger; readonly limits?: Partial<ProducerLimits> },
): EventSink {
  const producer = createRecordProducer(kafka, {
    logger: options.logger,
    limits: { deadlineMs: DEADLINE_MS, attemptMs: ATTEMPT_MS, ...options.limits },
  });
  return {
    async write(records) {
      const bytes = records.reduce((sum, record) => sum + sizeOf(record), 0);
      if (bytes > producer.freeBytes())
        throw new TidemarkError(
          'overloaded',
          'too many bytes wait for the acknowledgement of Kafka',
        );
      const settled = await Promise.allSettled(records.map((record) => producer.send(record)));
      return settled.map((one) =>
        one.status === 'fulfilled' ? ok(one.value) : err(asError(one.reason)),
      );
    },
    fault: producer.fault,
    close: producer.close,
  };
}

const sizeOf = ({ key, value }: EventRecord): number =>
  RECORD_OVERHEAD_BYTES + (key?.length ?? 0) + value.length;

function asError(reason: unknown): TidemarkError {
  if (reason instanceof TidemarkError) return reason;
  throw reason;
}
