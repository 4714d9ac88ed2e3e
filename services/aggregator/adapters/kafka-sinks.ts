import type { Kafka } from 'kafkajs';
import { partitionOf } from '../../kernel/partitioner.ts';
import { systemTopic } from '../../kernel/topics.ts';
import type { TOPICS } from '../../kernel/topics.ts';
import { updateKey } from '../../kernel/update.ts';
import type { MetricUpdate, UpdateRecord } from '../../kernel/update.ts';
import type { Codec } from '../../platform/avro/codec.ts';
import { createRecordProducer } from '../../platform/kafka/producer.ts';
import type { OutgoingRecord } from '../../platform/kafka/producer.ts';
import type { Logger } from '../../platform/logger.ts';
import type { DeadLetterRecord, LateEventRecord } from '../../platform/side-records.ts';
import type { DeadLetter, LateEvent } from '../core/notes.ts';
import type { AggregatorSinks } from '../ports.ts';
import { updateEncoder } from './update-encoder.ts';

export type SinkCodecs = {
  readonly deadLetter: Codec<DeadLetterRecord>;
  readonly lateEvent: Codec<LateEventRecord>;
  readonly update: Codec<UpdateRecord>;
};

/** Records handed to the producer at once: what it holds in flight is bounded, and more would be refused. */
const RECORDS_AT_ONCE = 2_000;
const BYTES_AT_ONCE = 16 << 20;

type Outgoing = { readonly partition: number; readonly key: Buffer; readonly value: Buffer };

/** The aggregator's topics, by the producer that loses nothing it acknowledged. */
export function kafkaSinks(
  kafka: Kafka,
  options: {
    readonly logger: Logger;
    readonly prefix: string;
    readonly codecs: SinkCodecs;
    readonly partitionsOf: (topic: string) => Promise<number>;
  },
): AggregatorSinks & { readonly close: () => Promise<void> } {
  const producer = createRecordProducer(kafka, { logger: options.logger });
  const { codecs, prefix } = options;
  const encode = updateEncoder(codecs.update);
  const counts = new Map<string, Promise<number>>();

  const topicOf = async (
    name: keyof typeof TOPICS,
  ): Promise<{ topic: string; partitions: number }> => {
    const topic = systemTopic(prefix, name);
    const count = counts.get(topic) ?? options.partitionsOf(topic);
    counts.set(topic, count);
    try {
      return { topic, partitions: await count };
    } catch (error) {
      counts.delete(topic);
      throw error;
    }
  };

  const sendAll = async (topic: string, records: readonly Outgoing[]): Promise<void> => {
    for (let from = 0; from < records.length;) {
      let bytes = 0;
      let to = from;
      while (to < records.length && to - from < RECORDS_AT_ONCE && bytes < BYTES_AT_ONCE)
        bytes += (records[to++] as Outgoing).value.length;
      const fates = await producer.sendAll(
        records
          .slice(from, to)
          .map(({ partition, key, value }) => ({ topic, partition, key, value })),
      );
      for (const fate of fates) if (!fate.ok) throw fate.error;
      from = to;
    }
  };

  /** Ticks that are handed over in the same turn: all metrics tick at once. */
  let ticks: { readonly records: OutgoingRecord[]; readonly sent: Promise<void> } | undefined;

  /** One request for all of them: a tick does no harm when it comes twice or late, only when it comes before its values. */
  const sendTicks = (topic: string, records: readonly Outgoing[]): Promise<void> => {
    ticks ??= (() => {
      const gathered: OutgoingRecord[] = [];
      const sent = new Promise((resolve) => setImmediate(resolve)).then(async () => {
        ticks = undefined;
        const fates = await Promise.all(producer.sendTogether(gathered));
        for (const fate of fates) if (!fate.ok) throw fate.error;
      });
      return { records: gathered, sent };
    })();
    ticks.records.push(...records.map((record) => ({ topic, ...record })));
    return ticks.sent;
  };

  const keyed = (text: string, partitions: number): { key: Buffer; partition: number } => {
    const key = Buffer.from(text);
    return { key, partition: partitionOf(key, partitions) };
  };

  return {
    async deadLetters(letters) {
      const { topic, partitions } = await topicOf('deadLetters');
      await sendAll(
        topic,
        letters.map((letter) => ({
          ...keyed(`${letter.topic}-${letter.partition}-${letter.record.offset}`, partitions),
          value: codecs.deadLetter.encode(deadLetterRecord(letter)),
        })),
      );
    },
    async lateEvents(events) {
      const { topic, partitions } = await topicOf('lateEvents');
      await sendAll(
        topic,
        events.map((event) => {
          // As the event is keyed, so that its events stay in order; without a key by its place.
          const own = event.record.key;
          const place = `${event.topic}-${event.partition}-${event.record.offset}`;
          return {
            ...(own
              ? { key: own, partition: partitionOf(own, partitions) }
              : keyed(place, partitions)),
            value: codecs.lateEvent.encode(lateEventRecord(event)),
          };
        }),
      );
    },
    async updates(updates) {
      const { topic, partitions } = await topicOf('metricUpdates');
      const records = updates.flatMap((update) => outgoing(update, partitions));
      const isTicks = updates.every(({ kind }) => kind === 'tick');
      await (isTicks ? sendTicks : sendAll)(topic, records);
    },
    close: producer.close,
  };

  /** A value goes where its series lives; a tick goes to every partition, after the values that were sent before it. */
  function outgoing(update: MetricUpdate, partitions: number): readonly Outgoing[] {
    const value = encode(update);
    if (update.kind === 'value')
      return [{ ...keyed(updateKey(update.metric, update.series), partitions), value }];
    const key = Buffer.from(updateKey(update.kind === 'tick' ? update.metric : '', ''));
    return Array.from({ length: partitions }, (_, partition) => ({ partition, key, value }));
  }
}

const deadLetterRecord = ({ record, ...letter }: DeadLetter): DeadLetterRecord => ({
  topic: letter.topic,
  partition: letter.partition,
  offset: record.offset,
  appendTime: record.appendMs,
  code: letter.code,
  detail: letter.detail,
  key: record.key,
  value: record.value,
  resent: null,
});

const lateEventRecord = ({ record, ...event }: LateEvent): LateEventRecord => ({
  topic: event.topic,
  partition: event.partition,
  offset: record.offset,
  id: event.id,
  source: event.source,
  eventTime: event.eventMs,
  appendTime: record.appendMs,
  watermark: event.watermarkMs,
  metrics: event.metrics,
  value: record.value ?? Buffer.alloc(0),
});
