import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import avro from 'avsc';
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import { receiveTask, tellParent, toldToStop } from './support/child.ts';

/**
 * The rival of the catch-up bench, in a process of its own: what one writes with the same libraries in an afternoon.
 * Every record is decoded by the registry's client; every event is an HINCRBY per metric, pipelined per batch; offsets are
 * committed per batch. Minute cells of job A only. It keeps no ids, so repeats count twice, and a crash between the two
 * writes counts a batch twice.
 */
export type RivalTask = {
  readonly brokers: readonly string[];
  readonly registryUrl: string;
  readonly redisUrl: string;
  readonly topic: string;
  readonly groupId: string;
  /** Before each Redis key. */
  readonly prefix: string;
};

/** Names of keys and fields: shared with the check. */
export const rivalKey = (prefix: string, metric: string, minute: number): string =>
  `${prefix}${metric}:${minute}`;

type RivalOrder = {
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

async function run(task: RivalTask): Promise<void> {
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
      const pipeline = redis.pipeline();
      for (const { value } of batch.messages) {
        if (!value) continue;
        const { time, data } = (await registry.decode(value)) as RivalOrder;
        const minute = Math.floor(time / MINUTE_MS) * MINUTE_MS;
        if (data.status !== 'cancelled')
          pipeline.hincrby(
            rivalKey(task.prefix, 'm01', minute),
            `${data.store_id}|${data.channel}`,
            data.amount,
          );
        pipeline.hincrby(rivalKey(task.prefix, 'm02', minute), data.store_id, 1);
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

if (import.meta.main) await run(await receiveTask<RivalTask>());
