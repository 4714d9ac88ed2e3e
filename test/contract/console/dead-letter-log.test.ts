import { afterAll } from 'vitest';
import { kafkaDeadLetters } from '../../../services/console/adapters/dead-letters/kafka-dead-letters.ts';
import { kafkaNoteLog } from '../../../services/console/adapters/dead-letters/note-log.ts';
import { systemTopic, eventTopic } from '../../../services/kernel/topics.ts';
import { openLogBounds } from '../../../services/platform/kafka/log-bounds.ts';
import { createRecordProducer } from '../../../services/platform/kafka/producer.ts';
import type { DeadLetterRecord } from '../../../services/platform/side-records.ts';
import { memoryDeadLetters } from '../../support/memory-dead-letters.ts';
import { anEventType } from '../../support/metrics.ts';
import { openTestPlatform } from '../../support/platform.ts';
import { deadLetterLogContract } from './dead-letter-log.ts';

deadLetterLogContract('memory', () => {
  const log = memoryDeadLetters();
  return Promise.resolve({
    log,
    topic: 'events.t',
    append: (letter) => Promise.resolve(log.append(letter)),
  });
});

const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

deadLetterLogContract('Kafka', async () => {
  const type = anEventType();
  const platform = await openTestPlatform({ eventTypes: [type] });
  const bounds = openLogBounds(platform.kafka);
  const log = kafkaDeadLetters(platform, bounds.of);
  const { codec, close } = kafkaNoteLog<DeadLetterRecord>(platform, 'deadLetters', bounds.of);
  const producer = createRecordProducer(platform.kafka, { logger: platform.logger });
  closing.push(platform.close, bounds.close, log.close, close, producer.close);
  return {
    log,
    topic: eventTopic(platform.prefix, type.id),
    async append(letter) {
      await producer.send({
        topic: systemTopic(platform.prefix, 'deadLetters'),
        partition: 0,
        key: Buffer.from('k'),
        value: (await codec()).encode(letter),
      });
    },
  };
});
