import type { Admin } from 'kafkajs';
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';
import { envelopeSchema } from '../../services/kernel/envelope.ts';
import type { Json } from '../../services/kernel/json.ts';
import { systemTopic } from '../../services/kernel/topics.ts';
import { frame } from '../../services/platform/avro/codec.ts';
import { avroType } from '../../services/platform/avro/types.ts';
import { ensureTopics, eventTopicSpec } from '../../services/platform/kafka/topics.ts';
import { anOrder } from '../support/order-events.ts';
import { expectExact, expectRecovered, untilCounted } from './support/checker.ts';
import { groupOf } from './support/group.ts';
import { API } from './support/kafka-frames.ts';
import type { Links } from './support/links.ts';
import { logFeed } from './support/log-feed.ts';
import type { LogFeed } from './support/log-feed.ts';
import { residentMegabytes } from './support/process-memory.ts';
import { keepResults, row } from './support/row.ts';
import type { ServiceProcess } from './support/service-process.ts';
import { openWorld, untilReady } from './support/world.ts';
import type { World } from './support/world.ts';

keepResults('event-log');
let world: World;
let links: Links;
let aggregator: ServiceProcess;
let feed: LogFeed;
let admin: Admin;
beforeAll(async () => {
  world = await openWorld({ name: 'event-log' });
  links = await world.openLinks();
  aggregator = await world.serve('aggregator', { links });
  admin = world.platform.kafka.admin();
  await admin.connect();
  feed = logFeed(world, { name: 'log', seed: 27 });
  await feed.write(30);
  await untilCounted(world);
});
afterEach(() => links?.heal());
afterAll(async () => {
  await admin?.disconnect();
  await world?.close();
});

const SOON = { timeout: 30_000, interval: 50 };

/** An order as the bytes of a record. */
async function orderBytes(id: string): Promise<Buffer> {
  const type = world.platform.catalog.current().eventTypes.get(world.catalog.type.id);
  const schema = envelopeSchema(world.catalog.type.id, type?.schema as Json);
  const schemaId = await world.platform.schemas.register(`${world.log.topic}-value`, schema);
  const head = { source: '/test', subject: null, historical: false, ingestedAt: null };
  return frame(schemaId, avroType(schema).toBuffer({ ...head, ...anOrder(id, Date.now()) }));
}

/** An order that holds itself so many times, under a schema of its own that says that it may. */
async function deepRecord(levels: number): Promise<Buffer> {
  const { id, schema } = world.catalog.type;
  const { fields, ...record } = schema as { fields: Json[]; name: string };
  const nested = { name: 'next', type: ['null', record.name], default: null };
  const envelope = envelopeSchema(id, { ...record, fields: [...fields, nested] } as Json);
  const schemaId = await world.platform.schemas.register(`${world.prefix}nested-value`, envelope);
  const data = { store_id: '', amount: 0, status: '', next: null };
  const head = { source: '/test', subject: null, historical: false, ingestedAt: null };
  const type = avroType(envelope);
  const write = (data: object): Buffer =>
    type.toBuffer({ ...head, ...anOrder('deep', Date.now()), data });
  const [once, twice] = [write(data), write({ ...data, next: data })];
  const level = twice.subarray(once.length);
  // The last byte of a level says whether there is one more below it.
  const more = Buffer.concat([level.subarray(0, -1), Buffer.from([2])]);
  const top = Buffer.concat([once.subarray(0, -1), Buffer.from([2])]);
  return frame(schemaId, Buffer.concat([top, Buffer.alloc(levels * more.length, more), level]));
}

/** A transaction with one order in each of these partitions, which is left open. */
async function openTransaction(name: string, partitions: readonly number[]) {
  const producer = world.platform.kafka.producer({
    transactionalId: `${world.prefix}${name}`,
    maxInFlightRequests: 1,
    idempotent: true,
  });
  await producer.connect();
  const transaction = await producer.transaction();
  const messages = await Promise.all(
    partitions.map(async (partition) => ({
      partition,
      value: await orderBytes(`${name}-${partition}`),
    })),
  );
  await transaction.send({ topic: world.log.topic, messages });
  return { ...transaction, disconnect: producer.disconnect };
}

const cursors = async (): Promise<Readonly<Record<string, string>>> => {
  const [pair] = world.catalog.pairs;
  const key = `{${world.prefix}${pair?.metric.id}@${pair?.metric.version}}:meta`;
  const meta = await world.platform.redis.hgetall(key);
  return Object.fromEntries(Object.entries(meta).filter(([field]) => /^[cln]:/.test(field)));
};
const deadLetters = async (): Promise<number> =>
  (await admin.fetchTopicOffsets(systemTopic(world.prefix, 'deadLetters'))).reduce(
    (sum, { high }) => sum + Number(high),
    0,
  );
const telemetry = async (): Promise<string> => (await fetch(`${aggregator.url()}/metrics`)).text();
const lag = async (): Promise<number> =>
  Number(/tidemark_consumer_lag_records\{[^}]*\} (\d+)/.exec(await telemetry())?.[1] ?? 0);

row(
  27,
  'offsets of the group that were deleted, or are wrong, move no cursor: counting goes on from those in Redis',
  { guard: 'the seek to the cursors in Redis', timeoutMs: 60_000 },
  async (notes) => {
    await aggregator.stop();
    await feed.write(10);
    await admin.deleteGroups([groupOf(world)]);
    const partitions = (await world.log.bounds()).map(({ partition, end }) => ({
      partition,
      offset: String(end),
    }));
    await admin.setOffsets({ groupId: groupOf(world), topic: world.log.topic, partitions });
    await aggregator.start();
    notes['recovered_ms'] = await expectRecovered(world);
  },
);

row(
  29,
  'aborted transactions never count, and the holes that they leave are passed over',
  { guard: 'only what is committed is read, holes have a counter' },
  async (notes) => {
    for (const name of ['aborted', 'committed', 'aborted again']) {
      const transaction = await openTransaction(name, [0, 1, 2, 3]);
      await (name === 'committed' ? transaction.commit() : transaction.abort());
      await transaction.disconnect();
      await feed.write(5);
    }
    notes['recovered_ms'] = await expectRecovered(world);
    const ids = (await world.log.readAll()).map(({ content }) =>
      content.kind === 'event' ? content.event.id : '',
    );
    expect(ids.filter((id) => id.startsWith('aborted'))).toEqual([]);
    expect(ids.filter((id) => id.startsWith('committed')).length).toBe(4);
  },
);

row(
  30,
  'a transaction that nobody ends holds counting before it, there alone, and no dead letter is written',
  { guard: 'only what is committed is read', timeoutMs: 60_000 },
  async (notes) => {
    const letters = await deadLetters();
    const before = await cursors();
    const transaction = await openTransaction('hanging', [0]);
    await feed.write(10);
    const field = (partition: number): string => `c:${world.log.topic}/${partition}`;
    const moved = async (partition: number): Promise<number> =>
      Number((await cursors())[field(partition)]) - Number(before[field(partition)]);
    await vi.waitFor(async () => {
      for (const partition of [1, 2, 3]) expect(await moved(partition)).toBeGreaterThanOrEqual(10);
    }, SOON);
    expect(await moved(0)).toBe(0);
    expect(await deadLetters()).toBe(letters);
    await transaction.abort();
    await transaction.disconnect();
    notes['recovered_ms'] = await expectRecovered(world);
    expect(await moved(0)).toBeGreaterThan(10);
  },
);

row(
  [31, 33],
  'records that nobody can read, one of them nested 200,000 deep, go to dead letters; the process lives and their neighbours count',
  { guard: 'what a decoder throws is the fault of the record' },
  async () => {
    const pid = aggregator.pid();
    const before = await deadLetters();
    const deep = await deepRecord(200_000);
    await feed.write(3);
    await world.log.raw(0, deep);
    await world.log.raw(1, Buffer.from('nobody reads this'));
    await world.log.raw(2, null);
    await feed.write(3);
    await expectRecovered(world);
    expect(await deadLetters()).toBe(before + 3);
    expect(aggregator.pid()).toBe(pid);
    expect(aggregator.isAlive()).toBe(true);
  },
);

row(
  32,
  'while dead letters are not taken no cursor passes what should lie there',
  { guard: 'dead letters are written before cursors move', timeoutMs: 90_000 },
  async (notes) => {
    let tries = 0;
    for (const line of links.kafka)
      line.watch(({ from, api, bytes }) => {
        if (from !== 'client' || api !== API.produce || !bytes.includes('dead-letters'))
          return 'pass';
        tries++;
        return 'cut';
      });
    const before = await cursors();
    const poisoned = Number(before[`c:${world.log.topic}/0`]);
    await world.log.raw(0, Buffer.from('poison'));
    await feed.write(3);
    await vi.waitFor(() => expect(tries).toBeGreaterThan(2), SOON);
    expect(Number((await cursors())[`c:${world.log.topic}/0`])).toBe(poisoned);
    links.heal();
    notes['recovered_ms'] = await expectRecovered(world);
  },
);

row(
  34,
  'behind a slow line the lag grows and is shown, memory does not, and all is counted in the end',
  { guard: 'the lag is measured against the end of the log', timeoutMs: 90_000 },
  async (notes) => {
    const before = residentMegabytes(aggregator.pid());
    for (const line of links.kafka) line.throttle(10_000);
    for (let round = 0; round < 5; round++) await feed.write(80);
    await vi.waitFor(async () => expect(await lag()).toBeGreaterThan(0), SOON);
    notes['grown_megabytes'] = Math.round(residentMegabytes(aggregator.pid()) - before);
    expect(notes['grown_megabytes']).toBeLessThan(64);
    links.heal();
    notes['recovered_ms'] = await expectRecovered(world);
  },
);

row(
  28,
  'records that retention took while nobody counted are told with their offsets, and what is left is counted',
  { guard: 'cursors are compared with the start of the log' },
  async () => {
    await untilCounted(world);
    const remembered = await world.log.readAll();
    await aggregator.stop();
    const ends = new Map((await world.log.bounds()).map(({ partition, end }) => [partition, end]));
    await feed.write(20);
    const partitions = [...ends].map(([partition, end]) => ({
      partition,
      offset: String(end + 5),
    }));
    // kafkajs finds no leader of a topic that this client has not asked about.
    await admin.fetchTopicOffsets(world.log.topic);
    await admin.deleteTopicRecords({ topic: world.log.topic, partitions });
    await aggregator.start();
    await untilCounted(world);
    const told = await cursors();
    for (const [partition, end] of ends)
      expect(told[`l:${world.log.topic}/${partition}`]).toBe(`${end}-${end + 5}`);
    await expectExact(world, remembered);
  },
);

/** The topic of the orders, deleted and made anew with so many orders in each partition. */
async function makeAnew(perPartition: number): Promise<void> {
  const { kafka, config } = world.platform;
  await admin.deleteTopics({ topics: [world.log.topic] });
  await ensureTopics(kafka, [eventTopicSpec(config, world.catalog.type.id)]);
  // A broker says for a moment that it does not lead what it has just made.
  await vi.waitFor(() => world.log.bounds(), SOON);
  await feed.write(perPartition);
}

row(
  8,
  'a topic that was deleted and made anew, with fewer records or with more, is counted from its start',
  { guard: 'fingerprints of records, cursors beyond the end', timeoutMs: 120_000 },
  async (notes) => {
    for (const [perPartition, reason] of [
      [5, /the log ends at/],
      [40, /is another record than/],
    ] as const) {
      await aggregator.stop();
      await makeAnew(perPartition);
      await aggregator.start();
      const startedMs = performance.now();
      // A projection that has just begun anew is exact, and has counted nothing.
      await vi.waitFor(() => expectExact(world), { timeout: 30_000, interval: 500 });
      await expectRecovered(world);
      notes[`${perPartition}_each_ms`] = Math.round(performance.now() - startedMs);
      expect(aggregator.output()).toMatch(reason);
    }
  },
);

row(
  9,
  'when partitions are added, counting stops and says that keys have moved',
  { guard: 'the compare of partitions with cursors', timeoutMs: 60_000 },
  async () => {
    await untilReady(aggregator);
    const topicPartitions = [{ topic: world.log.topic, count: 6 }];
    await admin.createPartitions({ topicPartitions });
    await aggregator.stop();
    await aggregator.start();
    await vi.waitFor(
      async () =>
        expect((await aggregator.missing())?.join()).toMatch(/has 6 partitions.*keys have moved/),
      SOON,
    );
    const before = await cursors();
    await world.log.events(0, [anOrder('after', Date.now())]);
    expect(await cursors()).toEqual(before);
  },
);

row(
  10,
  'an event of a type that nobody published makes no topic',
  { guard: 'topics are made for published types alone' },
  async () => {
    const ingest = await world.serve('ingest');
    await untilReady(ingest);
    const before = await admin.listTopics();
    const event = { specversion: '1.0', id: '1', source: '/typo', type: 'com.example.oder' };
    const answer = await fetch(`${ingest.url()}/v1/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents+json' },
      body: JSON.stringify({ ...event, time: new Date().toISOString(), data: {} }),
    });
    expect(await answer.json()).toMatchObject({ results: [{ error: { code: 'type_unknown' } }] });
    expect(await admin.listTopics()).toEqual(before);
  },
);
