import { kafkaSink } from '../../services/ingest/adapters/kafka-sink.ts';
import { createKafka } from '../../services/platform/kafka/client.ts';
import { ensureTopics, eventTopicSpec } from '../../services/platform/kafka/topics.ts';
import { createLogger } from '../../services/platform/logger.ts';
import { memoryEventSink } from '../support/memory-event-sink.ts';
import { testConfig } from '../support/platform.ts';
import { readPartition } from '../support/read-log.ts';
import { uniquePrefix } from '../support/servers.ts';
import { eventSinkContract } from './event-sink.ts';

const BYTES_MAX = 4_096;

eventSinkContract('memory', () => {
  const sink = memoryEventSink({ bytesMax: BYTES_MAX });
  const topic = 'events.x';
  return Promise.resolve({
    sink,
    topic,
    bytesMax: BYTES_MAX,
    logOf: (partition) =>
      Promise.resolve(sink.log(topic, partition).map(({ value }) => String(value))),
  });
});

eventSinkContract('Kafka', async () => {
  const config = testConfig({ TIDEMARK_TOPIC_PREFIX: uniquePrefix(), TIDEMARK_PARTITIONS: '2' });
  const logger = createLogger({ level: 'silent', name: 'test', isTty: false });
  const kafka = createKafka(config, logger);
  const spec = eventTopicSpec(config, 'contract');
  await ensureTopics(kafka, [spec]);
  return {
    sink: kafkaSink(kafka, { logger, limits: { inFlightBytesMax: BYTES_MAX } }),
    topic: spec.topic,
    bytesMax: BYTES_MAX,
    async logOf(partition) {
      const records = await readPartition(kafka, spec.topic, partition);
      return records.map(({ value }) => String(value));
    },
  };
});
