import { afterAll } from 'vitest';
import { openLogReader } from '../../services/platform/kafka/log-reader.ts';
import { createRecordProducer } from '../../services/platform/kafka/producer.ts';
import { ensureTopics, eventTopicSpec } from '../../services/platform/kafka/topics.ts';
import { stretchesOf } from '../simulation/stretches.ts';
import { createTopic } from '../simulation/topic.ts';
import { memoryLogReader } from '../support/memory-log-reader.ts';
import { openTestPlatform } from '../support/platform.ts';
import { logReaderContract } from './log-reader.ts';
import type { LogWorld } from './log-reader.ts';

const values = [...'abcdefghij'];

logReaderContract('memory', async () => {
  const records = values.map((value, offset) => ({
    offset,
    appendMs: offset,
    key: null,
    value: Buffer.from(value),
  }));
  const topic = createTopic('events.t', 1);
  for (const { appendMs, value } of records)
    topic.append(0, value, { appendMs, content: { kind: 'unreadable' } });
  const log = memoryLogReader(new Map([[topic.name, [records]]]));
  const stretches = stretchesOf(topic, async (perform) => perform());
  return { log, stretches, topic: topic.name, values };
});

const closing: (() => Promise<void>)[] = [];
let world: Promise<LogWorld> | undefined;
const open = async (): Promise<LogWorld> => {
  const platform = await openTestPlatform({}, { TIDEMARK_PARTITIONS: '1' });
  const { kafka, logger, config } = platform;
  const spec = eventTopicSpec(config, 't');
  await ensureTopics(kafka, [spec]);
  const { topic } = spec;
  const producer = createRecordProducer(kafka, { logger });
  for (const value of values)
    await producer.send({ topic, partition: 0, key: null, value: Buffer.from(value) });
  await producer.close();
  const log = openLogReader(kafka);
  closing.push(log.close, platform.close);
  return { log, stretches: log, topic, values };
};
logReaderContract('Kafka', () => (world ??= open()));
afterAll(async () => {
  for (const close of closing) await close();
});
