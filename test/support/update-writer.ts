import { readFileSync } from 'node:fs';
import { partitionOf } from '../../services/kernel/partitioner.ts';
import { systemTopic } from '../../services/kernel/topics.ts';
import { encodeUpdate, updateKey } from '../../services/kernel/update.ts';
import type { MetricUpdate, UpdateRecord } from '../../services/kernel/update.ts';
import type { Json } from '../../services/kernel/json.ts';
import { openCodec } from '../../services/platform/avro/codec.ts';
import { createRecordProducer } from '../../services/platform/kafka/producer.ts';
import type { Platform } from '../../services/platform/platform.ts';

const SCHEMA = new URL('../../schemas/tidemark/metric-update.avsc', import.meta.url);

/** Writes `metric-updates` as the aggregator does: a value where its series lives, a tick into every partition. */
export async function openUpdateWriter({ kafka, schemas, logger, config }: Platform): Promise<{
  readonly write: (...updates: readonly MetricUpdate[]) => Promise<void>;
  readonly close: () => Promise<void>;
}> {
  const topic = systemTopic(config.TIDEMARK_TOPIC_PREFIX, 'metricUpdates');
  const codec = await openCodec<UpdateRecord>(schemas, {
    subject: `${topic}-value`,
    schema: JSON.parse(readFileSync(SCHEMA, 'utf8')) as Json,
  });
  const producer = createRecordProducer(kafka, { logger });
  return {
    async write(...updates) {
      const count = config.TIDEMARK_PARTITIONS;
      const sent = updates.flatMap((update) => {
        const value = codec.encode(encodeUpdate(update));
        const metric = update.kind === 'clock' ? '' : update.metric;
        const key = Buffer.from(updateKey(metric, update.kind === 'value' ? update.series : ''));
        const partitions =
          update.kind === 'value'
            ? [partitionOf(key, count)]
            : Array.from({ length: count }, (_, i) => i);
        return partitions.map((partition) => producer.send({ topic, partition, key, value }));
      });
      await Promise.all(sent);
    },
    close: producer.close,
  };
}
