import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createKafka } from '../../../../services/platform/kafka/client.ts';
import { openLogReader } from '../../../../services/platform/kafka/log-reader.ts';
import type { LogReader } from '../../../../services/platform/kafka/log-reader.ts';
import { createRecordProducer } from '../../../../services/platform/kafka/producer.ts';
import { ensureTopics, eventTopicSpec } from '../../../../services/platform/kafka/topics.ts';
import { openTestPlatform } from '../../../support/platform.ts';
import type { TestPlatform } from '../../../support/platform.ts';

/** One partition: 0–3 plain, 4 and 5 of an aborted transaction with its mark, 6 of a committed one, 7 its mark, 8 plain. */
let platform: TestPlatform;
let reader: LogReader;
let topic: string;

const plain = async (...texts: string[]): Promise<void> => {
  const producer = createRecordProducer(platform.kafka, { logger: platform.logger });
  for (const text of texts)
    await producer.send({ topic, partition: 0, key: null, value: Buffer.from(text) });
  await producer.close();
};
/** @param endOffset of the log once the transaction's mark is there: it comes after the answer */
const inTransaction = async (
  text: string,
  end: 'commit' | 'abort',
  endOffset: number,
): Promise<void> => {
  const producer = platform.kafka.producer({
    transactionalId: `${topic}-${text}`,
    maxInFlightRequests: 1,
    idempotent: true,
  });
  await producer.connect();
  const transaction = await producer.transaction();
  await transaction.send({ topic, messages: [{ partition: 0, value: text }] });
  await transaction[end]();
  await producer.disconnect();
  const admin = platform.kafka.admin();
  await admin.connect();
  await vi.waitFor(async () => {
    const [offsets] = await admin.fetchTopicOffsets(topic);
    expect(Number(offsets?.high)).toBe(endOffset);
  }, 30_000);
  await admin.disconnect();
};
const read = async (from: number, to: number): Promise<string[]> => {
  const found: string[] = [];
  await reader.read({ topic, partition: 0, from, to }, (records) => {
    found.push(...records.map(({ offset, value }) => `${offset}${String(value)}`));
    return true;
  });
  return found;
};

beforeAll(async () => {
  platform = await openTestPlatform({}, { TIDEMARK_PARTITIONS: '1' });
  const spec = eventTopicSpec(platform.config, 'reader');
  topic = spec.topic;
  await ensureTopics(platform.kafka, [spec]);
  reader = openLogReader(platform.kafka);
  await plain('a', 'b', 'c', 'd');
  await inTransaction('x', 'abort', 6);
  await inTransaction('y', 'commit', 8);
  await plain('e');
});
afterAll(async () => {
  await reader.close();
  await platform.close();
});

test('a stretch is read from its first offset up to, and without, its last', async () => {
  expect(await read(1, 3)).toEqual(['1b', '2c']);
  expect(await read(3, 3)).toEqual([]);
});

test('marks of transactions and what was aborted are passed over', async () => {
  expect(await read(3, 9)).toEqual(['3d', '6y', '8e']);
});

test('a stretch that ends with a mark ends', async () => {
  expect(await read(6, 8)).toEqual(['6y']);
  expect(await read(5, 6)).toEqual([]);
});

test('what is not in the log yet is waited for', async () => {
  const reading = read(8, 10);
  await plain('f');
  expect(await reading).toEqual(['8e', '9f']);
});

test('the read ends where its reader says so, and what the reader throws is not tried again', async () => {
  let calls = 0;
  const range = { topic, partition: 0, from: 0, to: 9 };
  await reader.read(range, () => ++calls < 1);
  expect(calls).toBe(1);
  await expect(
    reader.read(range, () => {
      calls++;
      throw new Error('mine');
    }),
  ).rejects.toThrow('mine');
  expect(calls).toBe(2);
});

test('a first address that takes connections and closes them, as before a dead broker, keeps nobody from reading', async () => {
  const closing = createServer((socket) => socket.end());
  await new Promise<void>((resolve) => closing.listen(0, '127.0.0.1', resolve));
  const { port } = closing.address() as AddressInfo;
  const brokers = [`127.0.0.1:${port}`, ...platform.config.KAFKA_BROKERS];
  const other = openLogReader(
    createKafka({ ...platform.config, KAFKA_BROKERS: brokers }, platform.logger),
  );
  try {
    const record = await other.recordAt({ topic, partition: 0, offset: 1 });
    expect(String(record?.value)).toBe('b');
  } finally {
    await other.close();
    closing.close();
  }
});

test('what retention took is passed over', async () => {
  const admin = platform.kafka.admin();
  await admin.connect();
  await admin.fetchTopicOffsets(topic);
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '2' }] });
  await admin.disconnect();
  expect(await read(0, 4)).toEqual(['2c', '3d']);
});
