import { afterAll } from 'vitest';
import { kafkaOffsets } from '../../services/aggregator/adapters/kafka-offsets.ts';
import { createRecordProducer } from '../../services/platform/kafka/producer.ts';
import { ensureTopics, eventTopicSpec } from '../../services/platform/kafka/topics.ts';
import { memorySourceOffsets } from '../support/memory-source-offsets.ts';
import { openTestPlatform } from '../support/platform.ts';
import { readPartition } from '../support/read-log.ts';
import { sourceOffsetsContract } from './source-offsets.ts';

sourceOffsetsContract('memory', async () => ({
  offsets: memorySourceOffsets(new Map([['events.t', [[10, 20, 30], []]]])),
  topic: 'events.t',
  appendMs: [10, 20, 30],
}));

const closing: (() => Promise<void>)[] = [];
sourceOffsetsContract('Kafka', async () => {
  const platform = await openTestPlatform({}, { TIDEMARK_PARTITIONS: '2' });
  const { kafka, logger, config } = platform;
  const spec = eventTopicSpec(config, 't');
  await ensureTopics(kafka, [spec]);
  const { topic } = spec;
  const producer = createRecordProducer(kafka, { logger });
  for (const text of ['a', 'b', 'c'])
    await producer.send({ topic, partition: 0, key: null, value: Buffer.from(text) });
  const offsets = kafkaOffsets(kafka);
  closing.push(async () => {
    await producer.close();
    await offsets.close();
    await platform.close();
  });
  const records = await readPartition(kafka, topic, 0);
  return { offsets, topic, appendMs: records.map(({ appendMs }) => appendMs) };
});
afterAll(async () => {
  for (const close of closing) await close();
});
