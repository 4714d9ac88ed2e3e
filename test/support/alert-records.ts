import { openKafkaLogs } from '../../services/alerting/adapters/kafka-logs.ts';
import type { AlertRecord } from '../../services/kernel/alert.ts';
import { createRecordProducer } from '../../services/platform/kafka/producer.ts';
import type { TestPlatform } from './platform.ts';

/** All records of `alerts`, in the order of each alert. */
export async function readAlertRecords(platform: TestPlatform): Promise<readonly AlertRecord[]> {
  const { kafka, logger, prefix, schemas } = platform;
  const producer = createRecordProducer(kafka, { logger });
  const logs = await openKafkaLogs({ kafka, schemas, producer, prefix, groupId: `${prefix}test` });
  const records: AlertRecord[] = [];
  const partitions = await logs.updates.partitions();
  for (let partition = 0; partition < partitions; partition++)
    records.push(...(await logs.alerts.readFrom(partition, 0)).records);
  await logs.close();
  await producer.close();
  return records;
}
