import { readFileSync } from 'node:fs';
import type { Json } from '../../services/kernel/json.ts';
import { systemTopic } from '../../services/kernel/topics.ts';
import type { TOPICS } from '../../services/kernel/topics.ts';
import { decodeUpdate } from '../../services/kernel/update.ts';
import type { MetricUpdate, UpdateRecord } from '../../services/kernel/update.ts';
import { openCodec } from '../../services/platform/avro/codec.ts';
import { readRange } from '../../services/platform/kafka/range-reader.ts';
import type { Platform } from '../../services/platform/platform.ts';

/** Everything on one of the system's own topics up to now, decoded, by partition and then in order. */
export async function readSystemTopic(
  platform: Platform,
  options: { name: keyof typeof TOPICS; schema: string },
): Promise<readonly { readonly partition: number; readonly record: unknown }[]> {
  const topic = systemTopic(platform.config.TIDEMARK_TOPIC_PREFIX, options.name);
  const file = new URL(`../../schemas/tidemark/${options.schema}.avsc`, import.meta.url);
  const codec = await openCodec<unknown>(platform.schemas, {
    subject: `${topic}-value`,
    schema: JSON.parse(readFileSync(file, 'utf8')) as Json,
  });
  const admin = platform.kafka.admin();
  await admin.connect();
  const offsets = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  const records: { partition: number; record: unknown }[] = [];
  for (const { partition, low, high } of offsets)
    await readRange(
      platform.kafka,
      { topic, partition, from: Number(low), to: Number(high) },
      async (run) => {
        for (const { value } of run) {
          const decoded = value && (await codec.decode(value));
          if (decoded?.ok) records.push({ partition, record: decoded.value });
        }
        return true;
      },
    );
  return records;
}

export async function readUpdates(platform: Platform): Promise<readonly MetricUpdate[]> {
  const records = await readSystemTopic(platform, {
    name: 'metricUpdates',
    schema: 'metric-update',
  });
  return records.map(({ record }) => decodeUpdate(record as UpdateRecord));
}
