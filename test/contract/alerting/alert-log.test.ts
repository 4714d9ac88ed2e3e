import { afterAll } from 'vitest';
import { openKafkaLogs } from '../../../services/alerting/adapters/kafka-logs.ts';
import { createRecordProducer } from '../../../services/platform/kafka/producer.ts';
import { memoryAlertLog } from '../../support/memory-alert-log.ts';
import { openTestPlatform } from '../../support/platform.ts';
import { alertLogContract } from './alert-log.ts';

alertLogContract('memory', async () => memoryAlertLog());

const closing: (() => Promise<void>)[] = [];
alertLogContract('Kafka', async () => {
  const platform = await openTestPlatform({});
  const { kafka, schemas, logger, config } = platform;
  const producer = createRecordProducer(kafka, { logger });
  const prefix = config.TIDEMARK_TOPIC_PREFIX;
  const { alerts, close } = await openKafkaLogs({
    kafka,
    schemas,
    producer,
    prefix,
    groupId: prefix,
  });
  closing.push(async () => {
    await producer.close();
    await close();
    await platform.close();
  });
  return alerts;
});
afterAll(async () => {
  for (const close of closing) await close();
});
