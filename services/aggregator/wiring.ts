import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { eventEnvironment } from '../kernel/expression/environment.ts';
import type { Json } from '../kernel/json.ts';
import { eventTopic, systemTopic } from '../kernel/topics.ts';
import type { TOPICS } from '../kernel/topics.ts';
import type { UpdateRecord } from '../kernel/update.ts';
import { frameSchemaIdAt, openCodec } from '../platform/avro/codec.ts';
import type { Codec } from '../platform/avro/codec.ts';
import { compileCel } from '../platform/cel.ts';
import { createGroupConsumer } from '../platform/kafka/consumer.ts';
import { openLogReader } from '../platform/kafka/log-reader.ts';
import { ensureTopics, eventTopicSpec } from '../platform/kafka/topics.ts';
import type { Platform } from '../platform/platform.ts';
import type { DeadLetterRecord, LateEventRecord } from '../platform/side-records.ts';
import { kafkaOffsets } from './adapters/kafka-offsets.ts';
import { kafkaSinks } from './adapters/kafka-sinks.ts';
import { redisProjectionStore } from './adapters/redis-projection-store.ts';
import { schemaReaders } from './adapters/schema-readers.ts';
import { telemetryObserver } from './adapters/telemetry-observer.ts';
import { timers } from './adapters/timers.ts';
import type { AggregatorPorts } from './service.ts';

/** The aggregator's ports made real on a platform; tests put faults between them and the service. */
export async function openPorts(
  platform: Platform,
): Promise<{ readonly ports: AggregatorPorts; readonly close: () => Promise<void> }> {
  const { config, kafka, logger, now, schemas, telemetry } = platform;
  const prefix = config.TIDEMARK_TOPIC_PREFIX;
  const codecOf = <T>(file: string, topic: keyof typeof TOPICS): Promise<Codec<T>> =>
    openCodec<T>(schemas, {
      subject: `${systemTopic(prefix, topic)}-value`,
      schema: JSON.parse(
        readFileSync(new URL(`../../schemas/tidemark/${file}.avsc`, import.meta.url), 'utf8'),
      ) as Json,
    });
  const [deadLetter, lateEvent, update] = await Promise.all([
    codecOf<DeadLetterRecord>('dead-letter', 'deadLetters'),
    codecOf<LateEventRecord>('late-event', 'lateEvents'),
    codecOf<UpdateRecord>('metric-update', 'metricUpdates'),
  ]);
  const offsets = kafkaOffsets(kafka);
  const log = openLogReader(kafka);
  const sinks = kafkaSinks(kafka, {
    logger,
    prefix,
    codecs: { deadLetter, lateEvent, update },
    partitionsOf: async (topic) => (await offsets.bounds(topic)).length,
  });
  return {
    ports: {
      store: redisProjectionStore(platform.redis, prefix),
      offsets,
      log,
      readers: schemaReaders(schemas),
      sinks,
      observer: telemetryObserver({ telemetry, logger, prefix, now }),
      clock: timers,
      now,
      newGeneration: randomUUID,
      schemaIdOf: frameSchemaIdAt,
      topicOf: (eventType) => eventTopic(prefix, eventType),
      compilerOf(type) {
        const environment = eventEnvironment(type.schema);
        return (text) => {
          const compiled = compileCel(text, environment);
          if (!compiled.ok) throw new Error(`${text}: ${compiled.error.message}`);
          return compiled.value;
        };
      },
      consumerOf(topic, lane) {
        const group = `${prefix}aggregator.${topic}`;
        const groupId = lane === 'live' ? group : `${group}.backfill.${randomUUID()}`;
        return createGroupConsumer(kafka, {
          groupId,
          logger,
          sessionTimeoutMs: config.TIDEMARK_SESSION_TIMEOUT_MS,
        });
      },
      backfill: { sharePercent: config.TIDEMARK_BACKFILL_SHARE },
      async prepareTopic({ id }) {
        await ensureTopics(kafka, [eventTopicSpec(config, id)]);
      },
    },
    async close() {
      await sinks.close();
      await Promise.all([offsets.close(), log.close()]);
    },
  };
}
