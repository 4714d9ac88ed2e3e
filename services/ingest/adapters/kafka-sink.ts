import type { Kafka } from 'kafkajs';
import { createRecordProducer } from '../../platform/kafka/producer.ts';
import type { ProducerLimits } from '../../platform/kafka/producer.ts';
import type { Logger } from '../../platform/logger.ts';
import type { EventSink } from '../ports.ts';

/**
 * The client is told no before the aggregator forgets an instance that it has not heard of (10 s of append time): an event
 * that is still on its way always holds the watermark by the heartbeat before it.
 */
const DEADLINE_MS = 8_000;
const ATTEMPT_MS = 4_000;

/** Events into Kafka, by the producer that loses nothing it acknowledged. */
export function kafkaSink(
  kafka: Kafka,
  options: { readonly logger: Logger; readonly limits?: Partial<ProducerLimits> },
): EventSink {
  const producer = createRecordProducer(kafka, {
    logger: options.logger,
    limits: { deadlineMs: DEADLINE_MS, attemptMs: ATTEMPT_MS, ...options.limits },
  });
  const { sendAll: write, sendTogether: writeTogether, fault, close } = producer;
  return { write, writeTogether, fault, close };
}
