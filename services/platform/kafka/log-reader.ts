import { setTimeout as wait } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import { TidemarkError } from '../../kernel/errors.ts';
import { invariant } from '../../kernel/result.ts';
import { consumedRecord, consumedRecords } from './consumer.ts';
import type { ConsumedRecord } from './consumer.ts';
import type { HeldRecords } from './fetch-response.ts';
import { fetchLean, heldRecords } from './lean-fetch.ts';
import type { RecordSet } from './record-set.ts';

type Place = { readonly topic: string; readonly partition: number };
export type LogRange = Place & { readonly from: number; readonly to: number };

/** Reads stretches of partitions by plain fetches: no consumer group, so nothing to join or to wait for. */
export type LogReader = {
  /**
   * Reads `[from, to)` of one partition in order. What the log no longer holds is passed over; what it does not hold
   * yet is waited for.
   * @param onRecords called with each run of records; returning `false` ends the read; what it throws passes through
   * @throws broker_unavailable when nothing comes for half a minute
   */
  readonly read: (
    range: LogRange,
    onRecords: (records: readonly ConsumedRecord[]) => Promise<boolean> | boolean,
  ) => Promise<void>;
  /** One record of an offset that lies between the log's start and its end; undefined where none does. @throws broker_unavailable */
  readonly recordAt: (at: {
    topic: string;
    partition: number;
    offset: number;
  }) => Promise<ConsumedRecord | undefined>;
  readonly close: () => Promise<void>;
};

/** What is used of kafkajs 2.2.4's inside, which its types do not name. */
type Broker = {
  readonly fetch: (request: {
    maxWaitTime: number;
    maxBytes: number;
    isolationLevel: number;
    topics: { topic: string; partitions: object[] }[];
  }) => Promise<{ responses: { partitions: { messages: HeldRecords }[] }[] }>;
};
type Cluster = {
  readonly connect: () => Promise<void>;
  readonly disconnect: () => Promise<void>;
  readonly addTargetTopic: (topic: string) => Promise<void>;
  readonly findLeaderForPartitions: (
    topic: string,
    partitions: readonly number[],
  ) => Readonly<Record<string, readonly number[]>>;
  readonly findBroker: (at: { nodeId: string }) => Promise<Broker>;
  readonly fetchTopicsOffset: (
    topics: readonly { topic: string; partitions: { partition: number }[]; fromBeginning: true }[],
  ) => Promise<readonly { partitions: readonly { offset: string }[] }[]>;
};
/** Without a record for so long, the read is given up. */
const SILENCE_MS_MAX = 30_000;
const RETRY_AFTER_MS = 100;
const ATTEMPTS_MAX = 5;
const MAX_WAIT_MS = 100;
const FETCH_BYTES = 1 << 20;
const READ_COMMITTED = 1;

export function openLogReader(kafka: Kafka): LogReader {
  // Whoever made the client: answers must be read as they came.
  fetchLean();
  let opened: Promise<Cluster> | undefined;

  const cluster = async (): Promise<Cluster> => {
    opened ??= (async () => {
      const made = createCluster(kafka);
      await made.connect();
      return made;
    })();
    return opened;
  };

  const close = async (): Promise<void> => {
    const closing = opened;
    opened = undefined;
    await closing?.then((one) => one.disconnect()).catch(() => undefined);
  };

  /** @returns undefined where the log does not hold the offset */
  const fetch = async (
    { topic, partition }: Place,
    { offset, maxBytes }: { offset: number; maxBytes: number },
  ): Promise<RecordSet | undefined> => {
    const client = await cluster();
    await client.addTargetTopic(topic);
    const [nodeId] = Object.keys(client.findLeaderForPartitions(topic, [partition]));
    if (nodeId === undefined) throw new Error(`${topic}/${partition} has no leader`);
    const broker = await client.findBroker({ nodeId });
    const fetchOffset = String(offset);
    try {
      const { responses } = await broker.fetch({
        maxWaitTime: MAX_WAIT_MS,
        maxBytes,
        isolationLevel: READ_COMMITTED,
        topics: [{ topic, partitions: [{ partition, fetchOffset, maxBytes }] }],
      });
      const [answer] = responses[0]?.partitions ?? [];
      if (!answer) throw new Error(`the fetch of ${topic}/${partition} was not answered`);
      return heldRecords(answer.messages, { topic, partition, offset });
    } catch (error) {
      if ((error as Error).name === 'KafkaJSOffsetOutOfRange') return undefined;
      throw error;
    }
  };

  const firstOffset = async ({ topic, partition }: Place): Promise<number> => {
    const client = await cluster();
    const [found] = await client.fetchTopicsOffset([
      { topic, partitions: [{ partition }], fromBeginning: true },
    ]);
    return Number(found?.partitions[0]?.offset ?? 0);
  };

  /** One step forward. @returns the records, and where to go on */
  const step = async (
    range: LogRange,
    next: number,
  ): Promise<{ records: readonly ConsumedRecord[]; next: number }> => {
    const batch = await fetch(range, { offset: next, maxBytes: FETCH_BYTES });
    if (!batch) return { records: [], next: Math.max(next, await firstOffset(range)) };
    // An empty answer is the end of the log.
    const records = consumedRecords(batch).filter(({ offset }) => offset < range.to);
    return { records, next: batch.nextOffset };
  };

  return {
    async read(range, onRecords) {
      let next = range.from;
      let silentSinceMs = performance.now();
      let fault: unknown = new Error(`nothing came for ${SILENCE_MS_MAX} ms`);
      while (next < range.to) {
        let run: Awaited<ReturnType<typeof step>> = { records: [], next };
        try {
          run = await step(range, next);
        } catch (error) {
          if (error instanceof TidemarkError && error.code === 'log_unreadable') throw error;
          fault = error;
          await close();
        }
        if (run.next === next) {
          if (performance.now() - silentSinceMs > SILENCE_MS_MAX) throw unavailable(range, fault);
          await wait(RETRY_AFTER_MS);
          continue;
        }
        next = run.next;
        if (run.records.length > 0 && !(await onRecords(run.records))) return;
        silentSinceMs = performance.now();
      }
    },
    async recordAt(at) {
      for (let attempt = 1; ; attempt++) {
        try {
          // The broker gives at least one whole batch; it may hold thousands.
          const cursor = (await fetch(at, { offset: at.offset, maxBytes: 1 }))?.open();
          return cursor?.next() && cursor.offset === at.offset ? consumedRecord(cursor) : undefined;
        } catch (error) {
          if (error instanceof TidemarkError && error.code === 'log_unreadable') throw error;
          await close();
          const range = { ...at, from: at.offset, to: at.offset + 1 };
          if (attempt === ATTEMPTS_MAX) throw unavailable(range, error);
          await wait(RETRY_AFTER_MS);
        }
      }
    },
    close,
  };
}

const unavailable = ({ topic, partition, from, to }: LogRange, cause: unknown): TidemarkError =>
  new TidemarkError(
    'broker_unavailable',
    `reading ${topic}/${partition} from ${from} to ${to}: ${(cause as Error).message}`,
    { cause },
  );

/** The client makes a cluster for each consumer, producer and admin, by a method under a symbol. */
function createCluster(kafka: Kafka): Cluster {
  const symbol = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === 'private:Kafka:createCluster',
  );
  invariant(symbol, 'kafkajs makes its clusters otherwise than version 2.2.4 does');
  const create = (kafka as unknown as Record<symbol, (options: object) => Cluster>)[symbol];
  invariant(create, 'kafkajs makes its clusters otherwise than version 2.2.4 does');
  return create({ metadataMaxAge: 300_000, allowAutoTopicCreation: false });
}
