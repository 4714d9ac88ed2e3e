import type { Kafka } from 'kafkajs';
import type { ConsumedRecord } from '../../services/platform/kafka/consumer.ts';
import { readRange } from '../../services/platform/kafka/range-reader.ts';

/** All records of a partition, in order. */
export async function readPartition(
  kafka: Kafka,
  topic: string,
  partition: number,
): Promise<readonly ConsumedRecord[]> {
  const admin = kafka.admin();
  await admin.connect();
  const offsets = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  const end = Number(offsets.find((one) => one.partition === partition)?.high ?? 0);
  const found: ConsumedRecord[] = [];
  await readRange(kafka, { topic, partition, from: 0, to: end }, (records) => {
    found.push(...records);
    return true;
  });
  return found;
}
