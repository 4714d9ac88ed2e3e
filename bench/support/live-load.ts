import { envelopeSchema } from '../../services/kernel/envelope.ts';
import { partitionOf } from '../../services/kernel/partitioner.ts';
import { openCodec } from '../../services/platform/avro/codec.ts';
import { createKafka } from '../../services/platform/kafka/client.ts';
import { createLogger } from '../../services/platform/logger.ts';
import { createSchemaStore } from '../../services/platform/schema-registry.ts';
import { ORDER_EVENT, ORDER_SCHEMA } from '../orders/catalog.ts';
import { envelopeOf } from '../orders/fill.ts';
import { orders } from '../orders/workload.ts';
import type { Order, WorkloadOptions } from '../orders/workload.ts';
import { receiveTask, tellParent } from './child.ts';
import { nowMs } from './clock.ts';
import { benchConfig } from './services.ts';

/** Orders at an even rate straight into Kafka, in a process of its own; their event time is when they are due. */
export type LoadTask = {
  readonly env: Readonly<Record<string, string>>;
  readonly topic: string;
  readonly partitions: number;
  readonly workload: WorkloadOptions;
  readonly eventsPerTick: number;
};
/** After each tick: what was acknowledged, as the offset after the last record in each partition. */
export type SentTick = {
  readonly kind: 'sent';
  /** @see nowMs */
  readonly dueMs: number;
  readonly nexts: readonly { readonly partition: number; readonly next: number }[];
};

export const TICK_MS = 10;

/** Open loop: what is late is sent late, but counted from when it was due. */
async function run(task: LoadTask): Promise<void> {
  const config = benchConfig(task.env);
  const logger = createLogger({ level: 'warn', name: 'load', isTty: false });
  const codec = await openCodec<object>(createSchemaStore(config.SCHEMA_REGISTRY_URL, Date.now), {
    subject: `${task.topic}-value`,
    schema: envelopeSchema(ORDER_EVENT, ORDER_SCHEMA),
  });
  const producer = createKafka(config, logger).producer({ allowAutoTopicCreation: false });
  await producer.connect();
  const source = orders(task.workload);
  const startedMs = nowMs() + (task.workload.fromMs - Date.now());
  const sending = new Set<Promise<void>>();
  const ticks = Math.ceil(task.workload.events / task.eventsPerTick);
  for (let tick = 0; tick < ticks; tick++) {
    // The tick's last event is due when the tick ends.
    const dueMs = startedMs + (tick + 1) * TICK_MS;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueMs - nowMs())));
    const counts = new Map<number, number>();
    const messages = nextOf(source, task.eventsPerTick).map((order) => {
      const key = Buffer.from(order.orderId);
      const partition = partitionOf(key, task.partitions);
      counts.set(partition, (counts.get(partition) ?? 0) + 1);
      return { partition, key, value: codec.encode(envelopeOf(order)) };
    });
    const sent = producer.send({ topic: task.topic, messages }).then((answers) => {
      const nexts = answers.map(({ partition, baseOffset }) => ({
        partition,
        next: Number(baseOffset) + (counts.get(partition) ?? 0),
      }));
      tellParent({ kind: 'sent', dueMs, nexts } satisfies SentTick);
      sending.delete(sent);
    });
    sending.add(sent);
  }
  await Promise.all(sending);
  await producer.disconnect();
  tellParent({ kind: 'done' });
  process.disconnect?.();
}

function nextOf(source: Iterator<Order>, count: number): readonly Order[] {
  const taken: Order[] = [];
  for (let i = 0; i < count; i++) {
    const { done, value } = source.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
}

if (import.meta.main) await run(await receiveTask<LoadTask>());
