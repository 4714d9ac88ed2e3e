import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createKafka } from '../../../../services/platform/kafka/client.ts';
import { createRecordProducer } from '../../../../services/platform/kafka/producer.ts';
import type {
  ProducerLimits,
  RecordProducer,
} from '../../../../services/platform/kafka/producer.ts';
import { ensureTopics, eventTopicSpec } from '../../../../services/platform/kafka/topics.ts';
import { createLogger } from '../../../../services/platform/logger.ts';
import { testConfig } from '../../../support/platform.ts';
import { readPartition } from '../../../support/read-log.ts';
import { servers, uniquePrefix } from '../../../support/servers.ts';
import { kafkaThrough, seededRandom, tcpProxy } from '../../../support/tcp-proxy.ts';
import type { TcpProxy } from '../../../support/tcp-proxy.ts';

const PARTITIONS = 3;
const logger = createLogger({ level: 'silent', name: 'test', isTty: false });
const config = testConfig({
  TIDEMARK_TOPIC_PREFIX: uniquePrefix(),
  TIDEMARK_PARTITIONS: String(PARTITIONS),
});
const kafka = createKafka(config, logger);
let topicNumber = 0;
let topic: string;
let proxy: TcpProxy;
let producer: RecordProducer;

const open = (limits: Partial<ProducerLimits> = {}): RecordProducer => {
  producer = createRecordProducer(kafkaThrough(proxy, servers().brokers), { logger, limits });
  return producer;
};
beforeAll(async () => {
  proxy = await tcpProxy(servers().brokers[0] ?? '');
});
beforeEach(async () => {
  const spec = eventTopicSpec(config, `producer-${topicNumber++}`);
  await ensureTopics(kafka, [spec]);
  topic = spec.topic;
});
afterEach(async () => {
  proxy.cutAnswers(() => false);
  proxy.restore();
  await producer.close();
});
afterAll(() => proxy.close());

const recordOf = (partition: number, value: string | Buffer) => ({
  topic,
  partition,
  key: Buffer.from('k'),
  value: Buffer.from(value),
});
const valuesOf = async (partition: number): Promise<readonly string[]> =>
  (await readPartition(kafka, topic, partition)).map(({ value }) => String(value));

/** Sends numbered records from many callers at once. @returns what was acknowledged, and how many were not */
async function sendMany(
  count: number,
): Promise<{ acked: { value: string; partition: number; offset: number }[]; refused: number }> {
  const acked: { value: string; partition: number; offset: number }[] = [];
  let refused = 0;
  let next = 0;
  const caller = async (): Promise<void> => {
    while (next < count) {
      const number = next++;
      const partition = number % PARTITIONS;
      const value = String(number);
      try {
        const { offset } = await producer.send(recordOf(partition, value));
        acked.push({ value, partition, offset });
      } catch {
        refused++;
      }
    }
  };
  await Promise.all(Array.from({ length: 60 }, caller));
  return { acked, refused };
}

async function expectInLog(
  acked: readonly { value: string; partition: number; offset: number }[],
): Promise<number> {
  const logs = await Promise.all(
    Array.from({ length: PARTITIONS }, (_, partition) => valuesOf(partition)),
  );
  expect(
    acked.filter(({ value, partition, offset }) => logs[partition]?.[offset] !== value),
  ).toEqual([]);
  return logs.flat().length;
}

describe('acknowledged is in the log, at the offset that was told', () => {
  test('F-002 while connections are cut after the broker wrote and before it answered', async () => {
    open({ batchRecordsMax: 20 });
    const random = seededRandom(20_261_125);
    proxy.cutAnswers(() => random() < 0.05);
    const { acked, refused } = await sendMany(6_000);
    proxy.cutAnswers(() => false);
    expect({ acked: acked.length, refused }).toEqual({ acked: 6_000, refused: 0 });
    expect(proxy.cuts()).toBeGreaterThan(10);
    expect(await expectInLog(acked)).toBeGreaterThanOrEqual(6_000);
  });

  test('while the broker goes away and comes back', async () => {
    open({ batchRecordsMax: 50, deadlineMs: 20_000 });
    const sending = sendMany(4_000);
    proxy.cut();
    await expect.poll(() => producer.fault(), { timeout: 30_000 }).toBeDefined();
    proxy.restore();
    const { acked, refused } = await sending;
    expect({ acked: acked.length, refused }).toEqual({ acked: 4_000, refused: 0 });
    await expectInLog(acked);
    expect(producer.fault()).toBeUndefined();
  });

  test('F-002 F-004 while the broker takes bytes and says nothing', async () => {
    open({ attemptMs: 500, deadlineMs: 20_000 });
    await producer.send(recordOf(0, 'before'));
    proxy.mute();
    const sending = sendMany(500);
    await expect.poll(() => producer.fault(), { timeout: 30_000 }).toMatch(/no answer within/);
    proxy.restore();
    const { acked, refused } = await sending;
    expect({ acked: acked.length, refused }).toEqual({ acked: 500, refused: 0 });
    await expectInLog(acked);
  });
});

describe('what cannot be acknowledged is refused', () => {
  test('F-003 with broker_unavailable at the deadline, and later records go through', async () => {
    open({ attemptMs: 500, deadlineMs: 1_000 });
    proxy.cut();
    const startedMs = performance.now();
    await expect(producer.send(recordOf(0, 'lost'))).rejects.toMatchObject({
      code: 'broker_unavailable',
    });
    expect(performance.now() - startedMs).toBeLessThan(20_000);
    proxy.restore();
    await expect
      .poll(async () => producer.send(recordOf(0, 'found')).catch(() => undefined), {
        timeout: 30_000,
      })
      .toBeDefined();
    expect(await valuesOf(0)).toContain('found');
  });

  test('with overloaded when too many bytes wait, and only until they are acknowledged', async () => {
    open({ inFlightBytesMax: 1_000 });
    const first = producer.send(recordOf(0, 'x'.repeat(900)));
    await expect(producer.send(recordOf(0, 'x'.repeat(100)))).rejects.toMatchObject({
      code: 'overloaded',
    });
    await first;
    expect(producer.freeBytes()).toBe(1_000);
    await producer.send(recordOf(0, 'x'.repeat(100)));
  });

  test('F-011 with too_large when the topic does not take it, and its neighbours in time are not touched', async () => {
    open();
    const huge = producer.send(recordOf(0, Buffer.alloc(1_100_000)));
    const small = producer.send(recordOf(0, 'small'));
    await expect(huge).rejects.toMatchObject({ code: 'too_large' });
    await small;
    expect(await valuesOf(0)).toEqual(['small']);
  });

  test('once it is closed, after what it held is written', async () => {
    open();
    const last = producer.send(recordOf(1, 'last'));
    await producer.close();
    expect(await last).toEqual({ offset: 0 });
    await expect(producer.send(recordOf(1, 'later'))).rejects.toMatchObject({
      code: 'broker_unavailable',
    });
  });
});

test('records of one partition keep the order of the calls', async () => {
  open({ batchRecordsMax: 7 });
  const numbers = Array.from({ length: 300 }, (_, index) => String(index));
  await Promise.all(numbers.map((value) => producer.send(recordOf(2, value))));
  expect(await valuesOf(2)).toEqual(numbers);
});

test('a tombstone is written as one', async () => {
  open();
  await producer.send({ topic, partition: 0, key: Buffer.from('gone'), value: null });
  expect((await readPartition(kafka, topic, 0)).map(({ value }) => value)).toEqual([null]);
});
