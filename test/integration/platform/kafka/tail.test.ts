import type { Producer } from 'kafkajs';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createKafka } from '../../../../services/platform/kafka/client.ts';
import { followTopics } from '../../../../services/platform/kafka/tail.ts';
import type { Tail } from '../../../../services/platform/kafka/tail.ts';
import { ensureTopics, eventTopicSpec } from '../../../../services/platform/kafka/topics.ts';
import { createLogger } from '../../../../services/platform/logger.ts';
import { testConfig } from '../../../support/platform.ts';
import { servers, uniquePrefix } from '../../../support/servers.ts';
import { kafkaThrough, tcpProxy } from '../../../support/tcp-proxy.ts';
import type { TcpProxy } from '../../../support/tcp-proxy.ts';

const config = testConfig({ TIDEMARK_TOPIC_PREFIX: uniquePrefix() });
const logger = createLogger({ level: 'silent', name: 'test', isTty: false });
const direct = createKafka(config, logger);
const { topic } = eventTopicSpec(config, 'tail');

let proxy: TcpProxy;
let producer: Producer;
let tail: Tail;
const read: string[] = [];
let sent = 0;
const send = async (count: number): Promise<void> => {
  const messages = Array.from({ length: count }, () => ({ value: String(sent++) }));
  await producer.send({ topic, messages });
};

beforeAll(async () => {
  await ensureTopics(direct, [eventTopicSpec(config, 'tail')]);
  proxy = await tcpProxy(servers().brokers[0] ?? '');
  producer = direct.producer();
  await producer.connect();
  await send(20);
  tail = followTopics(kafkaThrough(proxy, servers().brokers), {
    topics: [topic],
    logger,
    onRecords: async (_topic, records) =>
      void read.push(...records.map(({ value }) => String(value))),
  });
  await vi.waitFor(() => expect(tail.isLive()).toBe(true), 30_000);
});
afterEach(() => proxy.restore());
afterAll(async () => {
  await tail.stop();
  await producer.disconnect();
  await proxy.close();
});
const sorted = (): string[] => read.toSorted((a, b) => Number(a) - Number(b));
const numbers = (from: number): string[] =>
  Array.from({ length: sent - from }, (_, i) => String(from + i));

test('it begins at the end', async () => {
  await send(5);
  await vi.waitFor(() => expect(sorted()).toEqual(numbers(20)), 30_000);
});

test('what is appended while the broker is away comes afterwards, each record once', async () => {
  proxy.cut();
  await send(30);
  await vi.waitFor(() => expect(tail.isLive()).toBe(false), 60_000);
  await send(30);
  proxy.restore();
  await vi.waitFor(() => expect(sorted()).toEqual(numbers(20)), 60_000);
  expect(tail.isLive()).toBe(true);
}, 150_000);

test('a follower that never reached the broker stops all the same', async () => {
  proxy.cut();
  const lost = followTopics(kafkaThrough(proxy, servers().brokers), {
    topics: [topic],
    logger,
    onRecords: () => Promise.resolve(),
  });
  expect(lost.isLive()).toBe(false);
  await lost.stop();
}, 10_000);
