import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';
import type { EmbeddedServer } from '../../services/platform/embedded/server.ts';
import { expectAckedInLog, expectRecovered } from './support/checker.ts';
import { API } from './support/kafka-frames.ts';
import { orderFeed } from './support/order-feed.ts';
import type { OrderFeed } from './support/order-feed.ts';
import { residentMegabytes } from './support/process-memory.ts';
import { keepResults, row } from './support/row.ts';
import type { ServiceProcess } from './support/service-process.ts';
import { openWorld, untilReady } from './support/world.ts';
import type { World } from './support/world.ts';

keepResults('three-brokers');
let world: World;
let brokers: readonly EmbeddedServer[];
let ingest: ServiceProcess;
let feed: OrderFeed;
beforeAll(async () => {
  world = await openWorld({ name: 'three-brokers', own: { kinds: ['kafka'], brokers: 3 } });
  brokers = world.servers().kafka;
  ingest = await world.serve('ingest');
  await world.serve('aggregator');
  await untilReady(ingest);
  feed = orderFeed({ name: 'brokers', seed: 7, urls: () => [ingest.url()] });
  await feed.send(5);
});
afterEach(async () => {
  await Promise.all((brokers ?? []).map((broker) => broker.start()));
  if (world) await untilInSync();
});
afterAll(() => world?.close());

const SOON = { timeout: 60_000, interval: 50 };
const expectSound = async (): Promise<number> => {
  const tookMs = await expectRecovered(world);
  await expectAckedInLog(world, feed.acked);
  return tookMs;
};
/** A row that kills a broker speaks of partitions that three have: one that the row before left with a single replica in sync has none then. */
async function untilInSync(): Promise<void> {
  const admin = world.platform.kafka.admin();
  await admin.connect();
  try {
    await vi.waitFor(async () => {
      const { topics } = await admin.fetchTopicMetadata();
      const lacking = topics.flatMap(({ name, partitions }) =>
        partitions
          .filter(({ isr, replicas }) => isr.length < replicas.length)
          .map(({ partitionId }) => `${name}/${partitionId}`),
      );
      expect(lacking).toEqual([]);
    }, SOON);
  } finally {
    await admin.disconnect();
  }
}
/** The broker that leads this partition, as soon as there is one. */
async function leaderOf(topic: string, partition: number): Promise<EmbeddedServer> {
  const admin = world.platform.kafka.admin();
  await admin.connect();
  try {
    return await vi.waitFor(async () => {
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      const found = topics[0]?.partitions.find((one) => one.partitionId === partition);
      const leader = brokers[(found?.leader ?? 0) - 1];
      expect(leader, `leader of ${topic}/${partition}`).toBeDefined();
      return leader as EmbeddedServer;
    }, SOON);
  } finally {
    await admin.disconnect();
  }
}
/** One event. @returns what was answered, and after how long */
async function sendOne(id: string) {
  const startedMs = performance.now();
  const answer = await fetch(`${ingest.url()}/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents+json' },
    body: JSON.stringify({
      specversion: '1.0',
      id,
      source: '/one',
      subject: id,
      type: world.catalog.type.id,
      time: new Date().toISOString(),
      data: { store_id: 'One', amount: '1.00' },
    }),
  });
  const { code, results } = (await answer.json()) as {
    code?: string;
    results?: readonly { position?: string }[];
  };
  return {
    id,
    status: answer.status,
    code,
    position: results?.[0]?.position ?? '',
    retryAfter: answer.headers.get('retry-after'),
    tookMs: performance.now() - startedMs,
  };
}

row(
  7,
  'a leader that is killed before its followers have what it wrote loses nothing that was acknowledged',
  { guard: 'acks=all', timeoutMs: 180_000 },
  async (notes) => {
    const leader = await leaderOf(world.log.topic, 0);
    const followers = brokers.filter((broker) => broker !== leader).map((one) => one.pid() ?? 0);
    for (const pid of followers) process.kill(pid, 'SIGSTOP');
    let isWritten = false;
    let answers = 0;
    world.links.kafka[brokers.indexOf(leader)]?.watch(({ from, api, bytes }) => {
      if (from === 'client') isWritten ||= api === API.produce && bytes.includes('/one');
      else if (isWritten) answers++;
      return 'pass';
    });
    const sending = Promise.all(Array.from({ length: 30 }, (_, at) => sendOne(`moved-${at}`)));
    // Time enough for an acknowledgement that does not wait for followers.
    await vi.waitFor(() => expect(answers).toBeGreaterThan(3), SOON);
    await leader.kill();
    for (const pid of followers) process.kill(pid, 'SIGCONT');
    const answered = (await sending).filter(({ status }) => status === 202);
    await feed.send(10);
    await leader.start();
    notes['acknowledged'] = answered.length;
    notes['recovered_ms'] = await expectSound();
    await expectAckedInLog(world, answered);
  },
);

row(
  26,
  'the coordinator of the group is killed: the group meets again, and counting goes on',
  { guard: 'offsets of groups lie on three brokers', timeoutMs: 120_000 },
  async (notes) => {
    // All groups lie in one partition here.
    const coordinator = await leaderOf('__consumer_offsets', 0);
    await coordinator.kill();
    await feed.send(5);
    notes['recovered_ms'] = await expectSound();
  },
);

row(
  4,
  'a leader that stands still: 503 with Retry-After in time, or another leader; memory is bounded, and all goes on',
  { guard: 'the time-out of an attempt, and the deadline over all', timeoutMs: 120_000 },
  async (notes) => {
    const memory = residentMegabytes(ingest.pid());
    const leader = await leaderOf(world.log.topic, 0);
    const pid = leader.pid() ?? 0;
    process.kill(pid, 'SIGSTOP');
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) => sendOne(`still-${index}`)),
    ).finally(() => process.kill(pid, 'SIGCONT'));
    for (const { status, retryAfter, tookMs } of answers) {
      expect([202, 503]).toContain(status);
      expect(tookMs).toBeLessThan(20_000);
      if (status === 503) expect(Number(retryAfter)).toBeGreaterThan(0);
    }
    notes['refused'] = answers.filter(({ status }) => status === 503).length;
    expect(residentMegabytes(ingest.pid()) - memory).toBeLessThan(64);
    await feed.send(5);
    notes['recovered_ms'] = await expectSound();
  },
);

row(
  5,
  'with two of three brokers down nothing is acknowledged, ingest says 503 and is not ready, until they are back',
  { guard: 'acks=all on topics whose min.insync.replicas is 2', timeoutMs: 180_000 },
  async (notes) => {
    await Promise.all(brokers.slice(1).map((broker) => broker.kill()));
    // To leaders that are gone, and to the one that is left.
    const ids = Array.from({ length: 12 }, (_, index) => `alone-${index}`);
    const answers = await Promise.all(ids.map(sendOne));
    for (const answer of answers)
      expect(answer).toMatchObject({ status: 503, code: 'broker_unavailable' });
    expect((await ingest.missing())?.join()).toMatch(/Kafka does not acknowledge/);
    await Promise.all(brokers.slice(1).map((broker) => broker.start()));
    await feed.send(5);
    notes['recovered_ms'] = await expectSound();
    await untilReady(ingest);
  },
);

row(
  6,
  'with all brokers down ingest holds a bounded amount and answers in time, whatever is sent',
  { guard: 'the limit of bytes in flight', timeoutMs: 180_000 },
  async (notes) => {
    const memory = residentMegabytes(ingest.pid());
    await Promise.all(brokers.map((broker) => broker.kill()));
    const data = { store_id: 'x'.repeat(900_000), amount: '1.00' };
    const event = { specversion: '1.0', source: '/flood', type: world.catalog.type.id };
    const statuses = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const time = new Date().toISOString();
        const answer = await fetch(`${ingest.url()}/v1/events`, {
          method: 'POST',
          headers: { 'content-type': 'application/cloudevents+json' },
          body: JSON.stringify({ ...event, id: `flood-${index}`, time, data }),
        });
        return answer.status;
      }),
    );
    notes['statuses'] = Object.fromEntries(
      Map.groupBy(statuses, (status) => status)
        .entries()
        .map(([status, all]) => [status, all.length]),
    );
    expect(new Set(statuses)).toEqual(new Set([429, 503]));
    notes['grown_megabytes'] = Math.round(residentMegabytes(ingest.pid()) - memory);
    expect(notes['grown_megabytes']).toBeLessThan(400);
    await Promise.all(brokers.map((broker) => broker.start()));
    await feed.send(5);
    notes['recovered_ms'] = await expectSound();
  },
);
