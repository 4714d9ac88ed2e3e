import { afterAll } from 'vitest';
import { openKafkaLogs } from '../../../services/alerting/adapters/kafka-logs.ts';
import { createRecordProducer } from '../../../services/platform/kafka/producer.ts';
import { memoryCommandLog } from '../../support/memory-command-log.ts';
import { openTestPlatform } from '../../support/platform.ts';
import { commandLogContract } from './command-log.ts';

commandLogContract('memory', async () => memoryCommandLog());

const closing: (() => Promise<void>)[] = [];
commandLogContract('Kafka', async () => {
  const platform = await openTestPlatform({});
  const { kafka, schemas, logger, config } = platform;
  const producer = createRecordProducer(kafka, { logger });
  const prefix = config.TIDEMARK_TOPIC_PREFIX;
  const place = { kafka, schemas, producer, prefix, groupId: prefix };
  const { commands, close } = await openKafkaLogs(place);
  closing.push(async () => {
    await producer.close();
    await close();
    await platform.close();
  });
  return commands;
});
afterAll(async () => {
  for (const close of closing) await close();
});
