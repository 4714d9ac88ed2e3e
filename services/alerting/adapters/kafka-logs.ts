import { readFileSync } from 'node:fs';
import type { Admin, Kafka } from 'kafkajs';
import { TidemarkError } from '../../kernel/errors.ts';
import type { AlertRecord } from '../../kernel/alert.ts';
import { COMMANDS } from '../../kernel/command.ts';
import type { Command, LoggedCommand } from '../../kernel/command.ts';
import type { Json } from '../../kernel/json.ts';
import { decodeUpdate, encodeUpdate } from '../../kernel/update.ts';
import type { UpdateRecord } from '../../kernel/update.ts';
import { systemTopic } from '../../kernel/topics.ts';
import { openCodec } from '../../platform/avro/codec.ts';
import type { ConsumedRecord } from '../../platform/kafka/consumer.ts';
import type { RecordProducer } from '../../platform/kafka/producer.ts';
import { openLogReader } from '../../platform/kafka/log-reader.ts';
import { readRange } from '../../platform/kafka/range-reader.ts';
import type { SchemaStore } from '../../platform/schema-registry.ts';
import { decodePoint } from '../core/partition/recovery-point.ts';
import type { AlertLog, CommandLog, UpdateLog } from '../ports.ts';

const schemaOf = (name: string): Json =>
  JSON.parse(
    readFileSync(new URL(`../../../schemas/tidemark/${name}.avsc`, import.meta.url), 'utf8'),
  ) as Json;

type Place = {
  readonly kafka: Kafka;
  readonly schemas: SchemaStore;
  readonly producer: RecordProducer;
  readonly prefix: string;
};
/** Clock ticks are told apart by their key before anything is decoded. */
export const CLOCK_KEY = 'clock';

/** Opens the topics that alerting lives on. @throws registry_unavailable, broker_unavailable */
export async function openKafkaLogs(place: Place & { readonly groupId: string }): Promise<{
  alerts: AlertLog;
  updates: UpdateLog;
  commands: CommandLog;
  close: () => Promise<void>;
}> {
  const { kafka, groupId, producer } = place;
  const admin = kafka.admin();
  await asked('connecting', () => admin.connect());
  const updatesTopic = systemTopic(place.prefix, 'metricUpdates');
  const alertsTopic = systemTopic(place.prefix, 'alerts');
  const codec = await openCodec<UpdateRecord>(place.schemas, {
    subject: `${updatesTopic}-value`,
    schema: schemaOf('metric-update'),
  });
  const updates: UpdateLog = {
    partitions: async () => (await boundsOf(admin, updatesTopic)).length,
    bounds: async (partition) => atPartition(await boundsOf(admin, updatesTopic), partition),
    offsetAt: (partition, timeMs) =>
      asked('offsets by time', async () => {
        const found = await admin.fetchTopicOffsetsByTimestamp(updatesTopic, timeMs);
        const offset = Number(found.find((one) => one.partition === partition)?.offset ?? -1);
        return offset >= 0
          ? offset
          : atPartition(await boundsOf(admin, updatesTopic), partition).end;
      }),
    async timeAt(partition, offset) {
      const { first, end } = atPartition(await boundsOf(admin, updatesTopic), partition);
      if (offset < first || offset >= end) return undefined;
      const reader = openLogReader(place.kafka);
      try {
        return (await reader.recordAt({ topic: updatesTopic, partition, offset }))?.appendMs;
      } finally {
        await reader.close();
      }
    },
    committed: (partition) =>
      asked('committed offsets', async () => {
        const [found] = await admin.fetchOffsets({ groupId, topics: [updatesTopic] });
        const kept = found?.partitions.find((one) => one.partition === partition);
        if (!kept || Number(kept.offset) < 0) return undefined;
        return { offset: Number(kept.offset), point: decodePoint(kept.metadata) };
      }),
    async writeClocks(partitions, { nowMs, commands }) {
      const clock = { kind: 'clock', watermark: nowMs, at: nowMs, commands } as const;
      const value = codec.encode(encodeUpdate(clock));
      const record = { topic: updatesTopic, key: Buffer.from(CLOCK_KEY), value };
      const fates = producer.sendTogether(
        partitions.map((partition) => ({ ...record, partition })),
      );
      for (const fate of await Promise.all(fates)) if (!fate.ok) throw fate.error;
    },
    async decode(value) {
      const decoded = await codec.decode(value);
      return decoded.ok ? decodeUpdate(decoded.value) : undefined;
    },
  };
  return {
    updates,
    alerts: await openAlertLog(place, admin, alertsTopic),
    commands: await openCommandLog(place, admin, systemTopic(place.prefix, 'commands')),
    close: () => admin.disconnect(),
  };
}

async function openAlertLog(place: Place, admin: Admin, topic: string): Promise<AlertLog> {
  const codec = await openCodec<AlertRecord>(place.schemas, {
    subject: `${topic}-value`,
    schema: schemaOf('alert'),
  });
  const count = (await boundsOf(admin, topic)).length;
  /** All alerts of a partition of updates lie in one partition here, so that one range is what a recovery reads. */
  const home = (partition: number): number => partition % count;
  const decodeAll = async (values: readonly ConsumedRecord[]): Promise<readonly AlertRecord[]> => {
    const present = values.flatMap(({ value }) => value ?? []);
    const decoded = await Promise.all(present.map((value) => codec.decode(value)));
    return decoded.flatMap((one) => (one.ok ? [one.value] : []));
  };
  return {
    async append(partition, records) {
      const acknowledged = await Promise.all(
        records.map((record) =>
          place.producer.send({
            topic,
            partition: home(partition),
            key: Buffer.from(record.id),
            value: codec.encode(record),
          }),
        ),
      );
      return Math.max(...acknowledged.map(({ offset }) => offset)) + 1;
    },
    async readFrom(partition, offset) {
      const { first, end } = atPartition(await boundsOf(admin, topic), home(partition));
      const records: AlertRecord[] = [];
      const range = { topic, partition: home(partition), from: Math.max(first, offset), to: end };
      await readRange(place.kafka, range, async (batch) => {
        const decoded = await decodeAll(batch);
        records.push(...decoded.filter(({ inputPartition }) => inputPartition === partition));
        return true;
      });
      return { records, next: Math.max(end, offset) };
    },
  };
}

async function openCommandLog(place: Place, admin: Admin, topic: string): Promise<CommandLog> {
  const codec = await openCodec<Command>(place.schemas, {
    subject: `${topic}-value`,
    schema: schemaOf('command'),
  });
  const bounds = async (): Promise<Bounds> => atPartition(await boundsOf(admin, topic), 0);
  const read = async (from: number, to: number): Promise<readonly LoggedCommand[]> => {
    const { first } = await bounds();
    const logged: LoggedCommand[] = [];
    const range = { topic, partition: 0, from: Math.max(first, from), to };
    await readRange(place.kafka, range, async (batch) => {
      for (const { offset, value } of batch) {
        const decoded = value && (await codec.decode(value));
        // Other commands are other services'.
        if (decoded?.ok && COMMANDS.includes(decoded.value.kind))
          logged.push({ offset, command: decoded.value });
      }
      return true;
    });
    return logged;
  };
  /** All lanes of a process ask for the same stretch at the same second. */
  let last: { readonly of: string; readonly answer: Promise<readonly LoggedCommand[]> } | undefined;
  return {
    async append(command) {
      const key = Buffer.from(command.target);
      const value = codec.encode(command);
      return (await place.producer.send({ topic, partition: 0, key, value })).offset;
    },
    end: async () => (await bounds()).end,
    read(from, to) {
      const of = `${from} ${to}`;
      if (last?.of === of) return last.answer;
      const answer = read(from, to);
      last = { of, answer };
      answer.catch(() => {
        if (last?.answer === answer) last = undefined;
      });
      return answer;
    },
  };
}

type Bounds = { readonly partition: number; readonly first: number; readonly end: number };

const boundsOf = (admin: Admin, topic: string): Promise<readonly Bounds[]> =>
  asked(`offsets of ${topic}`, async () =>
    (await admin.fetchTopicOffsets(topic)).map(({ partition, low, high }) => ({
      partition,
      first: Number(low),
      end: Number(high),
    })),
  );

const atPartition = (bounds: readonly Bounds[], partition: number): Bounds =>
  bounds.find((one) => one.partition === partition) ?? { partition, first: 0, end: 0 };

/** Attempts at what the broker refuses for a reason that passes: a leader that is not known yet. */
const ATTEMPTS_MAX = 20;
const RETRY_AFTER_MS = 50;

/** @throws broker_unavailable */
async function asked<T>(what: string, ask: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask();
    } catch (cause) {
      const { message, retriable } = cause as Error & { retriable?: boolean };
      if (!retriable || attempt >= ATTEMPTS_MAX)
        throw new TidemarkError('broker_unavailable', `${what}: ${message}`, { cause });
      await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS * attempt));
    }
  }
}
