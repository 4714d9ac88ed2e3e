import type { Kafka } from 'kafkajs';
import { envelopeSchema } from '../../services/kernel/envelope.ts';
import { partitionOf } from '../../services/kernel/partitioner.ts';
import { openCodec } from '../../services/platform/avro/codec.ts';
import type { SchemaStore } from '../../services/platform/schema-registry.ts';
import { ORDER_EVENT, ORDER_SCHEMA, ORDER_SOURCE } from './catalog.ts';
import type { Order } from './workload.ts';

const SEND_RECORDS = 8_000;
/** Within the broker's transaction.max.timeout.ms of 15 minutes. */
const TRANSACTION_WITHIN_MS = 600_000;

/** The envelope that ingest would write for an order. */
export const envelopeOf = (order: Order): object => ({
  id: order.eventId,
  source: ORDER_SOURCE,
  ingestedAt: null,
  historical: false,
  time: order.occurredAtMs,
  subject: order.orderId,
  data: {
    order_id: order.orderId,
    store_id: order.storeId,
    channel: order.channel,
    amount: order.amountCents,
    quantity: order.quantity,
    status: order.status,
  },
});

/** Writes the workload straight to its topic, partitioned by order as ingest does. @returns bytes of an average value */
export async function fillTopic(
  world: { readonly kafka: Kafka; readonly schemas: SchemaStore },
  target: {
    readonly topic: string;
    readonly partitions: number;
    /** All within one transaction: whoever reads what is committed sees nothing until the end, then all. */
    readonly isAtOnce?: boolean;
  },
  workload: Iterable<Order>,
): Promise<number> {
  const codec = await openCodec<object>(world.schemas, {
    subject: `${target.topic}-value`,
    schema: envelopeSchema(ORDER_EVENT, ORDER_SCHEMA),
  });
  const producer = world.kafka.producer({
    allowAutoTopicCreation: false,
    // What is sent again is not written again: the oracle knows of no other repeats than its own.
    idempotent: true,
    maxInFlightRequests: 1,
    ...(target.isAtOnce
      ? { transactionalId: `fill-${target.topic}`, transactionTimeout: TRANSACTION_WITHIN_MS }
      : {}),
  });
  await producer.connect();
  const transaction = target.isAtOnce ? await producer.transaction() : undefined;
  let bytes = 0;
  let records = 0;
  try {
    let messages: { partition: number; key: Buffer; value: Buffer }[] = [];
    const send = async (): Promise<void> => {
      if (messages.length > 0)
        await (transaction ?? producer).send({ topic: target.topic, messages });
      messages = [];
    };
    for (const order of workload) {
      const key = Buffer.from(order.orderId);
      const value = codec.encode(envelopeOf(order));
      bytes += value.length;
      records++;
      messages.push({ partition: partitionOf(key, target.partitions), key, value });
      if (messages.length === SEND_RECORDS) await send();
    }
    await send();
    await transaction?.commit();
  } finally {
    await producer.disconnect();
  }
  return bytes / records;
}
