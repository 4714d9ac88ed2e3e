import { readFileSync } from 'node:fs';
import { envelopeSchema } from '../../services/kernel/envelope.ts';
import type { EventTypeDefinition } from '../../services/kernel/definitions.ts';
import type { Json } from '../../services/kernel/json.ts';
import { eventTopic } from '../../services/kernel/topics.ts';
import { FRAME_BYTES, frame, frameSchemaId } from '../../services/platform/avro/codec.ts';
import { avroType } from '../../services/platform/avro/types.ts';
import { createRecordProducer } from '../../services/platform/kafka/producer.ts';
import { readRange } from '../../services/platform/kafka/range-reader.ts';
import type { Platform } from '../../services/platform/platform.ts';

const HEARTBEAT_SCHEMA = JSON.parse(
  readFileSync(new URL('../../schemas/tidemark/heartbeat.avsc', import.meta.url), 'utf8'),
) as Json;

export type WrittenEvent = {
  readonly id: string;
  readonly source?: string;
  readonly time: number | null;
  readonly subject?: string | null;
  readonly historical?: boolean;
  readonly ingestedAt?: number | null;
  readonly data: Readonly<Record<string, unknown>>;
};
export type LoggedRecord = {
  readonly partition: number;
  readonly offset: number;
  readonly appendMs: number;
  readonly content:
    | { readonly kind: 'event'; readonly event: Required<WrittenEvent> }
    | { readonly kind: 'heartbeat'; readonly instance: string; readonly oldestAccepted: number }
    | { readonly kind: 'unreadable' };
};

/** Writes an event type's topic as ingest does, and reads it back; without ingest, so that a test says what lies where. */
export type EventLog = {
  readonly topic: string;
  readonly events: (partition: number, events: readonly WrittenEvent[]) => Promise<void>;
  /** A heartbeat into each of these partitions. */
  readonly heartbeats: (partitions: readonly number[], oldestAccepted: number) => Promise<void>;
  readonly raw: (partition: number, value: Buffer | null) => Promise<void>;
  readonly readAll: () => Promise<readonly LoggedRecord[]>;
  readonly bounds: () => Promise<readonly { partition: number; end: number }[]>;
  readonly close: () => Promise<void>;
};

export async function openEventLog(
  platform: Platform,
  type: EventTypeDefinition,
): Promise<EventLog> {
  const topic = eventTopic(platform.config.TIDEMARK_TOPIC_PREFIX, type.id);
  const schema = envelopeSchema(type.id, type.schema);
  const envelope = avroType(schema);
  const heartbeat = avroType(HEARTBEAT_SCHEMA);
  const [eventId, heartbeatId] = await Promise.all([
    platform.schemas.register(`${topic}-value`, schema),
    platform.schemas.register(
      `${platform.config.TIDEMARK_TOPIC_PREFIX}heartbeat-value`,
      HEARTBEAT_SCHEMA,
    ),
  ]);
  const producer = createRecordProducer(platform.kafka, { logger: platform.logger });
  const admin = platform.kafka.admin();
  await admin.connect();
  const send = async (partition: number, values: readonly (Buffer | null)[]): Promise<void> => {
    await Promise.all(
      values.map((value) => producer.send({ topic, partition, key: Buffer.from('k'), value })),
    );
  };
  const bounds = async () =>
    (await admin.fetchTopicOffsets(topic)).map(({ partition, low, high }) => ({
      partition,
      first: Number(low),
      end: Number(high),
    }));

  const contentOf = (value: Buffer | null): LoggedRecord['content'] => {
    const id = frameSchemaId(value);
    try {
      const body = (value as Buffer).subarray(FRAME_BYTES);
      if (id === heartbeatId)
        return {
          kind: 'heartbeat',
          ...(heartbeat.fromBuffer(body) as { instance: string; oldestAccepted: number }),
        };
      if (id === eventId)
        return { kind: 'event', event: envelope.fromBuffer(body) as Required<WrittenEvent> };
    } catch {
      return { kind: 'unreadable' };
    }
    return { kind: 'unreadable' };
  };

  return {
    topic,
    bounds,
    events: (partition, events) =>
      send(
        partition,
        events.map((event) =>
          frame(
            eventId,
            envelope.toBuffer({
              source: '/test',
              subject: null,
              historical: false,
              ingestedAt: null,
              ...event,
            }),
          ),
        ),
      ),
    async heartbeats(partitions, oldestAccepted) {
      const value = frame(heartbeatId, heartbeat.toBuffer({ instance: 'test', oldestAccepted }));
      await Promise.all(partitions.map((partition) => send(partition, [value])));
    },
    raw: (partition, value) => send(partition, [value]),
    async readAll() {
      const records: LoggedRecord[] = [];
      for (const { partition, first, end } of await bounds())
        await readRange(platform.kafka, { topic, partition, from: first, to: end }, (run) => {
          for (const { offset, appendMs, value } of run)
            records.push({ partition, offset, appendMs, content: contentOf(value) });
          return true;
        });
      return records;
    },
    async close() {
      await producer.close();
      await admin.disconnect();
    },
  };
}
