import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import avro from 'avsc';
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import { receiveTask, tellParent, toldToStop } from '../support/child.ts';

/**
 * A peer of the catch-up bench, in a process of its own: what one writes with the same libraries in an afternoon.
 * Every record is decoded by the registry's client; every event is an HINCRBY per metric, pipelined per batch; offsets are
 * committed per batch. Minute cells of job A only. Where repeats count once, each id is a key that is set unless it is
 * there, for a day. A crash between the writes and the commit counts a batch twice, or with ids half of it never.
 */
export type PeerTask = {
  readonly brokers: readonly string[];
  readonly registryUrl: string;
  readonly redisUrl: string;
  readonly topic: string;
  readonly groupId: string;
  /** Before each Redis key. */
  readonly prefix: string;
  readonly repeats: 'once' | 'each time';
};

/** Names of keys and fields: shared with the check. */
export const peerKey = (prefix: string, metric: string, minute: number): string =>
  `${prefix}${metric}:${minute}`;

type PeerOrder = {
  readonly id: string;
  readonly time: number;
  readonly data: {
    readonly store_id: string;
    readonly channel: string;
    readonly amount: number;
    readonly status: string;
  };
};

class CentsType extends avro.types.LogicalType {
  protected override _fromValue(bytes: Buffer): number {
    return bytes.readIntBE(0, bytes.length);
  }
  protected override _toValue(): Buffer {
    throw new Error('this program only reads');
  }
}

const MINUTE_MS = 60_000;

const SEEN_SECONDS = 86_400;

/** Those whose ids were not there yet; they are now. */
async function unseen(
  redis: Redis,
  prefix: string,
  orders: readonly PeerOrder[],
): Promise<readonly PeerOrder[]> {
  const pipeline = redis.pipeline();
  for (const { id } of orders) pipeline.set(`${prefix}seen:${id}`, 1, 'EX', SEEN_SECONDS, 'NX');
  const answers = (await pipeline.exec()) ?? [];
  return orders.filter((_, i) => answers[i]?.[1] === 'OK');
}

async function run(task: PeerTask): Promise<void> {
  const redis = new Redis(task.redisUrl);
  const registry = new SchemaRegistry(
    { host: task.registryUrl },
    { [SchemaType.AVRO]: { logicalTypes: { decimal: CentsType as never } } },
  );
  const kafka = new Kafka({ brokers: [...task.brokers], logLevel: logLevel.ERROR });
  const consumer = kafka.consumer({ groupId: task.groupId, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topics: [task.topic], fromBeginning: true });
  let counted = 0;
  await consumer.run({
    eachBatch: async ({ batch }) => {
      if (counted === 0) tellParent({ kind: 'first' });
      const orders: PeerOrder[] = [];
      for (const { value } of batch.messages)
        if (value) orders.push((await registry.decode(value)) as PeerOrder);
      const counting = task.repeats === 'once' ? await unseen(redis, task.prefix, orders) : orders;
      const pipeline = redis.pipeline();
      for (const { time, data } of counting) {
        const minute = Math.floor(time / MINUTE_MS) * MINUTE_MS;
        if (data.status !== 'cancelled')
          pipeline.hincrby(
            peerKey(task.prefix, 'm01', minute),
            `${data.store_id}|${data.channel}`,
            data.amount,
          );
        pipeline.hincrby(peerKey(task.prefix, 'm02', minute), data.store_id, 1);
      }
      await pipeline.exec();
      counted += batch.messages.length;
      tellParent({ kind: 'progress', counted });
    },
  });
  await toldToStop();
  await consumer.disconnect();
  await redis.quit();
  process.disconnect?.();
}

if (import.meta.main) await run(await receiveTask<PeerTask>());
