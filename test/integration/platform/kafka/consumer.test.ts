import type { Admin, Message } from 'kafkajs';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createGroupConsumer } from '../../../../services/platform/kafka/consumer.ts';
import type { ConsumedBatch, GroupConsumer } from '../../../../services/platform/kafka/consumer.ts';
import { readRange } from '../../../../services/platform/kafka/range-reader.ts';
import { retried } from '../../../../services/platform/kafka/topics.ts';
import { openTestPlatform } from '../../../support/platform.ts';
import type { TestPlatform } from '../../../support/platform.ts';
import { readAll } from '../../../support/record-batches.ts';
import { servers } from '../../../support/servers.ts';
import { kafkaThrough, tcpProxy } from '../../../support/tcp-proxy.ts';

const SOON = { timeout: 30_000, interval: 20 };
let platform: TestPlatform;
let admin: Admin;
const consumers: GroupConsumer[] = [];

beforeAll(async () => {
  platform = await openTestPlatform();
  admin = platform.kafka.admin();
  await admin.connect();
});
afterEach(async () => {
  await Promise.all(consumers.splice(0).map(async ({ stop }) => stop()));
});
afterAll(async () => {
  await admin.disconnect();
  await platform.close();
});

/** A topic of one partition. */
async function topicOf(
  name: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<string> {
  const topic = `${platform.prefix}${name}`;
  const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
  // kafkajs' own wait throws where the broker is not done yet.
  const topics = [{ topic, numPartitions: 1, configEntries }];
  await admin.createTopics({ waitForLeaders: false, topics });
  await retried(() => admin.fetchTopicOffsets(topic));
  return topic;
}

async function send(topic: string, messages: readonly Message[]): Promise<void> {
  const producer = platform.kafka.producer();
  await producer.connect();
  await retried(() => producer.send({ topic, messages: [...messages] }));
  await producer.disconnect();
}

type Seen = {
  readonly batches: ConsumedBatch[];
  readonly text: () => readonly string[];
  readonly faults: Error[];
};
/** Consumes from `offset` on. */
async function consume(
  topic: string,
  {
    offset = 0,
    take = () => true,
  }: { offset?: number; take?: (batch: ConsumedBatch) => boolean } = {},
): Promise<Seen> {
  const batches: ConsumedBatch[] = [];
  const faults: Error[] = [];
  const shown: string[] = [];
  const { kafka, logger } = platform;
  const consumer = createGroupConsumer(kafka, { groupId: `${topic}-${consumers.length}`, logger });
  consumers.push(consumer);
  await consumer.run(topic, {
    onAssigned: ([at]) => at && consumer.seek(at, offset),
    async onBatch(batch) {
      batches.push(batch);
      const { records, fault } = readAll(batch.open());
      if (fault) faults.push(fault);
      const isTaken = take(batch) && !fault;
      if (isTaken) shown.push(...records.map((record) => `${record.offset}${record.value}`));
      else if (fault) consumer.pause(batch);
      return isTaken;
    },
    onCrash: (error) => faults.push(error),
  });
  return { batches, text: () => shown, faults };
}

const messages = (count: number): readonly Message[] =>
  Array.from({ length: count }, (_, i) => ({ key: `k${i}`, value: `:${'value '.repeat(i % 9)}` }));
const wanted = (count: number): readonly string[] =>
  messages(count).map(({ value }, offset) => `${offset}${String(value)}`);

test.each(['uncompressed', 'gzip', 'zstd'])(
  'batches that the broker keeps %s are read',
  async (codec) => {
    const topic = await topicOf(codec, { 'compression.type': codec });
    await send(topic, messages(500));
    const seen = await consume(topic);
    await expect.poll(() => seen.text().length, SOON).toBe(500);
    expect(seen.text()).toEqual(wanted(500));
    const [batch] = seen.batches;
    expect(batch).toMatchObject({ fetchedOffset: 0, partition: 0, endOffset: 500 });
    expect(batch?.records[7]).toMatchObject({ offset: 7, key: Buffer.from('k7') });
    expect(Math.abs((batch?.records[7]?.appendMs ?? 0) - Date.now())).toBeLessThan(60_000);
  },
);

test.each(['snappy', 'lz4'])('%s is named, and nothing of it is passed over', async (codec) => {
  const topic = await topicOf(codec, { 'compression.type': codec });
  await send(topic, messages(20));
  const seen = await consume(topic);
  await expect.poll(() => seen.faults.length, SOON).toBeGreaterThan(0);
  expect(seen.faults[0]).toMatchObject({
    code: 'log_unreadable',
    message: expect.stringContaining(`packed with ${codec}`),
  });
  expect(seen.text()).toEqual([]);
});

test('what is noted beside an offset is kept with it', async () => {
  const topic = await topicOf('noted');
  const take = (): boolean => {
    consumers.at(-1)?.commit([{ topic, partition: 0, offset: 1, note: '{"since":7}' }]);
    return true;
  };
  const groupId = `${topic}-${consumers.length}`;
  await consume(topic, { take });
  const kept = async () => {
    // Offsets are committed after a batch, some seconds after the last time.
    await send(topic, [{ value: 'a' }]);
    const [found] = await admin.fetchOffsets({ groupId, topics: [topic] });
    return found?.partitions;
  };
  await expect
    .poll(kept, { timeout: 30_000, interval: 500 })
    .toEqual([{ partition: 0, offset: '1', metadata: '{"since":7}' }]);
});

test('transactions that run into each other: what was committed is read, and reading gets past the rest', async () => {
  const topic = await topicOf('transactions');
  const [kept, dropped] = await Promise.all(
    ['kept', 'dropped'].map(async (transactionalId) => {
      const producer = platform.kafka.producer({
        transactionalId: `${topic}-${transactionalId}`,
        maxInFlightRequests: 1,
        idempotent: true,
      });
      await producer.connect();
      const transaction = await producer.transaction();
      return { producer, transaction };
    }),
  );
  if (!kept || !dropped) throw new Error('no producers');
  // Nine offsets with the marks, which a coordinator writes when it comes to it.
  await dropped.transaction.send({ topic, messages: [{ value: 'a' }] });
  await kept.transaction.send({ topic, messages: [{ value: 'b' }] });
  await send(topic, [{ value: 'c' }]);
  await dropped.transaction.send({ topic, messages: [{ value: 'd' }] });
  await dropped.transaction.abort();
  await kept.transaction.send({ topic, messages: [{ value: 'e' }] });
  await kept.transaction.commit();
  const late = await dropped.producer.transaction();
  await late.send({ topic, messages: [{ value: 'f' }] });
  await late.abort();
  await Promise.all([kept.producer.disconnect(), dropped.producer.disconnect()]);

  const seen = await consume(topic);
  await expect.poll(() => seen.batches.at(-1)?.nextOffset, SOON).toBe(9);
  expect(seen.text().map((text) => text.at(-1))).toEqual(['b', 'c', 'e']);
  const offset = Number.parseFloat(seen.text().at(-1) ?? '') + 1;
  const later = await consume(topic, { offset });
  await expect.poll(() => later.batches.at(-1)?.nextOffset, SOON).toBe(9);
  expect(later.batches[0]).toMatchObject({ fetchedOffset: offset, records: [] });
  expect(later.text()).toEqual([]);
});

test('a batch of which nothing is shown is fetched again too, until it is taken', async () => {
  const topic = await topicOf('refused');
  const producer = platform.kafka.producer({
    transactionalId: topic,
    maxInFlightRequests: 1,
    idempotent: true,
  });
  await producer.connect();
  const transaction = await producer.transaction();
  await transaction.send({ topic, messages: [{ value: 'a' }] });
  await transaction.abort();
  await producer.disconnect();
  let refusals = 3;
  const seen = await consume(topic, { take: () => --refusals < 0 });
  await expect.poll(() => seen.batches.length, SOON).toBeGreaterThan(3);
  await send(topic, [{ value: 'b' }]);
  await expect.poll(() => seen.text(), SOON).toEqual(['2b']);
  expect(seen.batches.slice(0, 4).map(({ fetchedOffset }) => fetchedOffset)).toEqual([0, 0, 0, 0]);
});

test('a log whose start was moved into a batch is read from there', async () => {
  const topic = await topicOf('moved');
  await send(topic, messages(10));
  await send(topic, messages(10));
  await retried(() =>
    admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '4' }] }),
  );
  const seen = await consume(topic);
  await expect.poll(() => seen.text().length, SOON).toBe(16);
  expect(seen.batches[0]).toMatchObject({ fetchedOffset: 4 });
  expect(seen.text()[0]).toMatch(/^4:/);
});

test('a log that was compacted is read across its holes', async () => {
  const topic = await topicOf('compacted', {
    'cleanup.policy': 'compact',
    'min.cleanable.dirty.ratio': '0.01',
    'segment.ms': '1',
    'max.compaction.lag.ms': '1',
    'delete.retention.ms': '1',
  });
  const round = (name: string): readonly Message[] =>
    ['x', 'y', 'z'].map((key) => ({ key, value: `:${name}${key}` }));
  for (const name of ['1', '2', '3', '4']) await send(topic, round(name));
  const [{ high } = { high: '0' }] = await admin.fetchTopicOffsets(topic);
  const offsets = async (): Promise<readonly number[]> => {
    const found: number[] = [];
    await readRange(
      platform.kafka,
      { topic, partition: 0, from: 0, to: Number(high) },
      (records) => {
        found.push(...records.map(({ offset }) => offset));
        return true;
      },
    );
    return found;
  };
  await vi.waitFor(async () => expect((await offsets()).length).toBeLessThan(Number(high)), {
    timeout: 90_000,
    interval: 500,
  });
  const seen = await consume(topic);
  await expect.poll(() => seen.batches.at(-1)?.nextOffset, SOON).toBe(Number(high));
  expect(seen.text().slice(-3)).toEqual(['9:4x', '10:4y', '11:4z']);
  expect(seen.text().map(Number.parseFloat)).toEqual(await offsets());
}, 120_000);

test('bytes that changed on their way are no records', async () => {
  const topic = await topicOf('changed');
  await send(topic, [{ value: 'one' }, { value: 'GOOD' }]);
  const proxy = await tcpProxy(servers().brokers[0] ?? '');
  proxy.alterAnswers((bytes) => {
    const at = bytes.indexOf('GOOD');
    if (at >= 0) bytes.write('BAAD', at);
  });
  const read: string[] = [];
  const kafka = kafkaThrough(proxy, servers().brokers);
  await expect(
    readRange(kafka, { topic, partition: 0, from: 0, to: 2 }, (records) => {
      read.push(...records.map(({ value }) => String(value)));
      return true;
    }),
  ).rejects.toMatchObject({
    code: 'log_unreadable',
    message: `${topic}/0: the batch at 0 fails its checksum`,
  });
  expect(read).toEqual([]);
  await proxy.close();
});
