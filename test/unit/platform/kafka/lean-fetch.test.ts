import { createRequire } from 'node:module';
import type { EachBatchPayload, EachMessagePayload } from 'kafkajs';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import type { FetchResponse } from '../../../../services/platform/kafka/fetch-response.ts';
import {
  fetchLean,
  heldRecords,
  recordsOf,
} from '../../../../services/platform/kafka/lean-fetch.ts';
import { BASE_MS, encodeBatch, encodeMarker, readAll } from '../../../support/record-batches.ts';

type Batch = EachBatchPayload['batch'];
type Response = { decode: (bytes: Buffer) => Promise<FetchResponse> };
type Encoder = Record<
  'writeInt16' | 'writeInt32' | 'writeInt64' | 'writeString',
  (value: unknown) => Encoder
> & {
  writeBytes: (bytes: Buffer) => Encoder;
  readonly buffer: Buffer;
};
const load = createRequire(import.meta.url);
const manifest = load('kafkajs/package.json') as { version: string };
const KafkaEncoder = load('kafkajs/src/protocol/encoder.js') as new () => Encoder;
const VERSIONS = [4, 5, 6, 7, 8, 9, 10, 11];
const responseOf = (version: number): Response =>
  load(`kafkajs/src/protocol/requests/fetch/v${version}/response.js`) as Response;
const stock = new Map(VERSIONS.map((version) => [version, responseOf(version).decode]));
fetchLean();

const value = (text: string): Buffer => Buffer.from(text);
const RECORDS = Buffer.concat([
  encodeBatch({
    baseOffset: 5,
    producerId: 9,
    codec: 'gzip',
    records: [
      { offset: 5, key: value('k'), value: value('v'), afterMs: 2 },
      {
        offset: 6,
        value: null,
        headers: [
          ['a', value('1')],
          ['b', value('2')],
          ['a', value('3')],
        ],
      },
    ],
  }),
  encodeMarker(7, 9, 'commit'),
]);
const HIDDEN = encodeMarker(8, 9, 'commit');

/** A fetch response as a broker writes it: one partition fails, and one has records. */
function written(
  version: number,
  records: Buffer,
  aborted: readonly [number, number][] = [],
): Buffer {
  const to = new KafkaEncoder().writeInt32(250);
  if (version >= 7) to.writeInt16(0).writeInt32(77);
  to.writeInt32(1).writeString('events').writeInt32(2);
  const partitions = [
    { partition: 0, error: 3, bytes: Buffer.alloc(0) },
    { partition: 3, error: 0, bytes: records },
  ];
  for (const { partition, error, bytes } of partitions) {
    to.writeInt32(partition).writeInt16(error).writeInt64(20).writeInt64(19);
    if (version >= 5) to.writeInt64(1);
    to.writeInt32(error === 0 ? aborted.length : -1);
    for (const [producerId, offset] of error === 0 ? aborted : [])
      to.writeInt64(producerId).writeInt64(offset);
    if (version >= 11) to.writeInt32(error === 0 ? 12 : -1);
    to.writeBytes(bytes);
  }
  return to.buffer;
}

describe.each(VERSIONS)('a fetch response of version %d', (version) => {
  test('is read as kafkajs reads it, but for the records', async () => {
    const bytes = written(version, RECORDS);
    const theirs = (await stock.get(version)?.(bytes)) as FetchResponse;
    const ours = await responseOf(version).decode(bytes);
    expect(theirs.responses[0]?.partitions[1]?.messages).toHaveLength(3);
    const bare = ({ responses, ...rest }: FetchResponse) => ({
      ...rest,
      responses: responses.map(({ topicName, partitions }) => ({
        topicName,
        partitions: partitions.map((partition) => ({ ...partition, messages: undefined })),
      })),
    });
    expect(bare(ours)).toMatchObject(bare(theirs));
    expect(ours.responses[0]?.partitions.map(({ messages }) => messages.length)).toEqual([0, 0]);
  });

  test('holds the records, and the transactions that hide some', async () => {
    const response = await responseOf(version).decode(written(version, RECORDS, [[9, 5]]));
    const [failed, answer] = response.responses[0]?.partitions ?? [];
    const at = { topic: 'events', partition: 3, offset: 5 };
    if (!failed || !answer) throw new Error('no partitions');
    expect(heldRecords(failed.messages, at).isEmpty).toBe(true);
    expect(heldRecords(answer.messages, at)).toMatchObject({ count: 0, nextOffset: 8 });
  });
});

type Group = { maxWaitTime: number; fetch: (nodeId: string) => Promise<readonly Batch[]> };
const { prototype: groups } = load('kafkajs/src/consumer/consumerGroup.js') as { prototype: Group };
const { prototype: runners } = load('kafkajs/src/consumer/runner.js') as {
  prototype: { handleBatch: (batch: Batch) => Promise<void> };
};
/** kafkajs' consumer of `events/3`, before a broker that answers so; no partition is asked for when the answer is none. */
const groupOf = (answer: () => Buffer | undefined, offset: number): Group =>
  Object.assign(Object.create(groups) as Group, {
    maxWaitTime: 1,
    sessionTimeout: 6_000,
    cluster: {
      refreshMetadataIfNecessary: () => undefined,
      findBroker: async () => ({
        fetch: async () => responseOf(11).decode(answer() ?? Buffer.alloc(0)),
      }),
    },
    checkForStaleAssignment: () => undefined,
    subscriptionState: {
      assigned: () => [{ topic: 'events', partitions: answer() ? [3] : [] }],
      isPaused: (_topic: string, partition: number) => partition !== 3,
    },
    filterPartitionsByNode: (_node: string, partitions: unknown) => partitions,
    seekOffsets: () => undefined,
    offsetManager: { committedOffsets: () => ({ events: { 3: '0' } }), nextOffset: () => offset },
    getActiveTopicPartitions: () => ({ events: new Set([3]) }),
    preferredReadReplicasPerTopicPartition: {},
    logger: { info: () => undefined },
    recoverFromFetch(error: Error) {
      throw error;
    },
    seekOffset: { has: () => false },
  });

/** What it does with an answer: it fetches from `offset`, and works off what it got. @returns the offsets it settled */
async function consumed(answer: Buffer, offset: number, by: object): Promise<readonly string[]> {
  const resolved: string[] = [];
  const group = groupOf(() => answer, offset);
  const runner = Object.assign(Object.create(runners) as typeof runners, {
    running: true,
    autoCommit: false,
    eachBatchAutoResolve: true,
    consumerGroup: Object.assign(group, {
      hasSeekOffset: () => false,
      isPaused: () => false,
      heartbeat: () => undefined,
      resolveOffset: (at: { offset: string }) => resolved.push(at.offset),
    }),
    logger: { error: () => undefined, debug: () => undefined },
    instrumentationEmitter: { emit: () => undefined },
    ...by,
  });
  for (const batch of await group.fetch('1')) await runner.handleBatch(batch);
  return resolved;
}

describe('a consumer of kafkajs', () => {
  test('has records that are read in place', async () => {
    const seen: unknown[] = [];
    const resolved = await consumed(written(11, RECORDS), 6, {
      eachBatchAutoResolve: false,
      eachBatch: async ({ batch, resolveOffset }: EachBatchPayload) => {
        seen.push(readAll(recordsOf(batch).open()).records);
        resolveOffset(batch.lastOffset());
      },
    });
    expect(seen).toEqual([[{ offset: 6, appendMs: BASE_MS, key: null, value: null }]]);
    expect(resolved).toEqual(['7']);
  });

  test('that asks for messages gets those that kafkajs would make', async () => {
    const seen: Batch[] = [];
    await consumed(written(11, RECORDS), 5, {
      eachBatch: async ({ batch }: EachBatchPayload) => void seen.push(batch),
    });
    const theirs = (await stock.get(11)?.(written(11, RECORDS)))?.responses[0]?.partitions[1];
    const messages = (theirs?.messages ?? []) as unknown as Batch['messages'];
    const wanted = messages
      .slice(0, 2)
      .map(({ offset, timestamp, attributes, key, value, headers }) => ({
        offset,
        timestamp,
        attributes,
        key,
        value,
        headers,
      }));
    expect(wanted).toHaveLength(2);
    expect(seen.map(({ messages }) => messages)).toEqual([wanted]);
    expect(seen[0]).toMatchObject({ topic: 'events', partition: 3, highWatermark: '20' });
    expect(seen[0]?.offsetLag()).toBe('12');
    expect(seen[0]?.offsetLagLow()).toBe('14');
    expect(seen[0]?.firstOffset()).toBe('5');
  });

  test('of each message gets each, and passes what is hidden', async () => {
    const offsets: string[] = [];
    const eachMessage = async ({ message }: EachMessagePayload) =>
      void offsets.push(message.offset);
    expect(await consumed(written(11, RECORDS), 5, { eachMessage })).toEqual(['5', '6']);
    expect(await consumed(written(11, HIDDEN), 8, { eachMessage })).toEqual(['8']);
    expect(offsets).toEqual(['5', '6']);
  });

  test('is called for a batch whose records are all hidden, to move past it, and not for nothing', async () => {
    const counts: number[] = [];
    const eachBatch = async ({ batch }: EachBatchPayload) =>
      void counts.push(batch.messages.length);
    expect(await consumed(written(11, HIDDEN), 8, { eachBatch })).toEqual(['8']);
    expect(await consumed(written(11, Buffer.alloc(0)), 8, { eachBatch })).toEqual([]);
    expect(counts).toEqual([0]);
  });
});

const large = encodeBatch({
  baseOffset: 5,
  records: [{ offset: 5, value: Buffer.alloc(1 << 16) }],
});

test('between heartbeats of a short session no fetch waits longer than a third of it', async () => {
  const group = Object.assign(
    groupOf(() => written(11, Buffer.alloc(0)), 5),
    { sessionTimeout: 1_500, maxWaitTime: 400 },
  );
  await group.fetch('1');
  expect(group.maxWaitTime).toBe(500);
});

test('a consumer that has little to read lets the broker wait longer, until much comes', async () => {
  let answer: Buffer | undefined = written(11, Buffer.alloc(0));
  const group = groupOf(() => answer, 5);
  group.maxWaitTime = 100;
  const waitAfterFetch = async (): Promise<number> => {
    await group.fetch('1');
    return group.maxWaitTime;
  };
  const waits = [await waitAfterFetch(), await waitAfterFetch(), await waitAfterFetch()];
  expect([...waits, await waitAfterFetch()]).toEqual([200, 400, 800, 1_500]);
  answer = written(11, RECORDS);
  expect(await waitAfterFetch()).toBe(1_500);
  answer = written(11, large);
  expect(await waitAfterFetch()).toBe(100);
  answer = written(11, Buffer.alloc(0));
  expect(await waitAfterFetch()).toBe(200);
  // All partitions are paused: they go on soon.
  answer = undefined;
  expect(await waitAfterFetch()).toBe(100);
});

describe('between fetches', () => {
  afterEach(() => vi.useRealTimers());
  /** How long after the answer the next fetch begins. */
  const msUntilNext = async (records: Buffer): Promise<number> => {
    vi.useFakeTimers();
    let asked = 0;
    const group = groupOf(() => {
      asked = performance.now();
      return written(11, records);
    }, 5);
    await group.fetch('1');
    const answered = performance.now();
    const next = group.fetch('1');
    await vi.advanceTimersByTimeAsync(100);
    await next;
    return asked - answered;
  };
  test('a consumer waits 10 ms where little came, and not where much or nothing did', async () => {
    expect(await msUntilNext(RECORDS)).toBe(10);
    expect(await msUntilNext(large)).toBe(0);
    expect(await msUntilNext(Buffer.alloc(0))).toBe(0);
  });
});

describe('another kafkajs', () => {
  const { version } = manifest;
  afterAll(() => {
    manifest.version = version;
  });
  test('is refused: what is replaced here is its inside', () => {
    manifest.version = '2.2.5';
    expect(fetchLean).toThrow('kafkajs 2.2.5 is not 2.2.4');
  });
});
