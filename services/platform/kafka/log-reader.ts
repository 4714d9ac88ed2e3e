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
  /**
   * The same, each fetch as it came, to be read in place: the last one may hold records beyond `to`. The next is under way
   * while one is handed over.
   */
  readonly readInPlace: (
    range: LogRange,
    onRecords: (records: RecordSet) => Promise<boolean> | boolean,
  ) => Promise<void>;
  /** One record of an offset that lies between the log's start and its end; undefined where none does. @throws broker_unavailable */
  readonly recordAt: (at: {
    topic: string;
    partition: number;
    offset: number;
  }) => Promise<ConsumedRecord | undefined>;
  readonly close: () => Promise<void>;
};

/** `records`: none where the log no longer holds the offset; `fault`: why nothing came. */
type Step = { readonly records?: RecordSet; readonly next: number; readonly fault?: unknown };

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
  let isClosed = false;

  const cluster = async (): Promise<Cluster> => {
    if (isClosed) throw new Error('the reader is closed');
    opened ??= (async () => {
      const made = createCluster(kafka);
      await made.connect();
      return made;
    })();
    return opened;
  };

  const reset = async (): Promise<void> => {
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

  /** One step forward; does not throw. @returns the records, and where to go on: at `next` where nothing came */
  const step = async (range: LogRange, next: number): Promise<Step> => {
    try {
      const records = await fetch(range, { offset: next, maxBytes: FETCH_BYTES });
      // An empty answer is the end of the log.
      if (records) return { records, next: records.nextOffset };
      return { next: Math.max(next, await firstOffset(range)) };
    } catch (fault) {
      return { next, fault };
    }
  };

  const readInPlace: LogReader['readInPlace'] = async (range, onRecords) => {
    let next = range.from;
    let silentSinceMs = performance.now();
    let lastFault: unknown = new Error(`nothing came for ${SILENCE_MS_MAX} ms`);
    let underWay: Promise<Step> | undefined;
    while (next < range.to) {
      if (isClosed) throw unavailable(range, new Error('the reader is closed'));
      const { records, next: reached, fault } = await (underWay ?? step(range, next));
      underWay = undefined;
      if (fault !== undefined) {
        if (fault instanceof TidemarkError && fault.code === 'log_unreadable') throw fault;
        lastFault = fault;
        await reset();
      }
      if (reached === next) {
        if (performance.now() - silentSinceMs > SILENCE_MS_MAX) throw unavailable(range, lastFault);
        await wait(RETRY_AFTER_MS);
        continue;
      }
      next = reached;
      if (next < range.to) underWay = step(range, next);
      if (records && !(await onRecords(records))) return;
      silentSinceMs = performance.now();
    }
  };

  return {
    readInPlace,
    read: (range, onRecords) =>
      readInPlace(range, (fetched) => {
        const records = consumedRecords(fetched).filter(({ offset }) => offset < range.to);
        return records.length === 0 || onRecords(records);
      }),
    async recordAt(at) {
      for (let attempt = 1; ; attempt++) {
        try {
          // The broker gives at least one whole batch; it may hold thousands.
          const cursor = (await fetch(at, { offset: at.offset, maxBytes: 1 }))?.open();
          return cursor?.next() && cursor.offset === at.offset ? consumedRecord(cursor) : undefined;
        } catch (error) {
          if (error instanceof TidemarkError && error.code === 'log_unreadable') throw error;
          await reset();
          const range = { ...at, from: at.offset, to: at.offset + 1 };
          if (attempt === ATTEMPTS_MAX) throw unavailable(range, error);
          await wait(RETRY_AFTER_MS);
        }
      }
    },
    async close() {
      isClosed = true;
      await reset();
    },
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
