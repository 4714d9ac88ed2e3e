import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { ORDERS } from '../support/order-events.ts';
import { seededRandom } from '../support/tcp-proxy.ts';
import { expectAckedInLog, expectRecovered } from './support/checker.ts';
import type { Acked } from './support/checker.ts';
import { API } from './support/kafka-frames.ts';
import { orderFeed } from './support/order-feed.ts';
import type { OrderFeed } from './support/order-feed.ts';
import { residentMegabytes } from './support/process-memory.ts';
import { keepResults, row } from './support/row.ts';
import type { ServiceProcess } from './support/service-process.ts';
import { openWorld, untilReady } from './support/world.ts';
import type { World } from './support/world.ts';

keepResults('ingest');
let world: World;
let ingest: ServiceProcess;
/** The aggregator has lines of its own: only ingest is disturbed here. */
beforeAll(async () => {
  world = await openWorld({ name: 'ingest' });
  ingest = await world.serve('ingest');
  await world.serve('aggregator', { links: await world.openLinks() });
  await untilReady(ingest);
});
afterEach(() => world?.links.heal());
afterAll(() => world?.close());

const acked: Acked[] = [];
const feedOf = (name: string, seed: number): OrderFeed =>
  orderFeed({ name, seed, urls: () => [ingest.url()] });

/** All that was acknowledged since the file began is in the log, and all of the log is counted, exactly. */
async function expectSound(feeds: readonly OrderFeed[]): Promise<number> {
  acked.push(...feeds.flatMap((feed) => feed.acked));
  const tookMs = await expectRecovered(world);
  await expectAckedInLog(world, acked);
  return tookMs;
}

/** How many events of a source lie in the log more than once. */
async function writtenAgain(source: string): Promise<number> {
  const ids = (await world.log.readAll()).flatMap(({ content }) =>
    content.kind === 'event' && content.event.source === source ? [content.event.id] : [],
  );
  return ids.length - new Set(ids).size;
}

row(
  1,
  'ingest is killed after Kafka wrote and before it answered: the same events again count once',
  { guard: 'duplicates are found by source and id' },
  async (notes) => {
    const feed = feedOf('killed', 1);
    await feed.send(2);
    const before = await writtenAgain('/killed');
    const killed = Promise.withResolvers<void>();
    world.links.kafka[0]?.watch(({ from, api, request }) => {
      if (from !== 'server' || api !== API.produce || !request?.includes('/killed')) return 'pass';
      void ingest.kill().then(killed.resolve);
      return 'cut';
    });
    const sending = feed.send(3);
    await killed.promise;
    world.links.heal();
    await ingest.start();
    await sending;
    expect(feed.refusals.get(0)).toBeGreaterThan(0);
    expect(await writtenAgain('/killed')).toBeGreaterThan(before);
    notes['recovered_ms'] = await expectSound([feed]);
  },
);

row(
  2,
  'acknowledgements that get lost under many senders lose no event that was acknowledged, and none counts twice',
  { guard: 'one send in flight per partition, and the identical batch again' },
  async (notes) => {
    const random = seededRandom(2);
    const [kafka] = world.links.kafka;
    const before = kafka?.faults() ?? 0;
    kafka?.watch(({ from, api }) =>
      from === 'server' && api === API.produce && random() < 0.3 ? 'cut' : 'pass',
    );
    const feeds = Array.from({ length: 6 }, (_, index) => feedOf(`lost-${index}`, 20 + index));
    await Promise.all(feeds.map((feed) => feed.send(15)));
    world.links.heal();
    notes['acknowledgements_cut'] = (kafka?.faults() ?? 0) - before;
    expect(notes['acknowledgements_cut']).toBeGreaterThan(10);
    notes['recovered_ms'] = await expectSound(feeds);
  },
);

row(
  15,
  'a batch of good and bad events has a result for each, and sent again changes no value',
  { guard: 'events are judged one by one, and found again by source and id' },
  async () => {
    const events = Array.from({ length: 1_000 }, (_, index) => ({
      specversion: '1.0',
      id: `mixed-${index}`,
      source: '/mixed',
      type: ORDERS.id,
      time: new Date(Date.now() - 60_000).toISOString(),
      data: { store_id: 'M', amount: index % 5 === 0 ? 'much' : '1.00' },
    }));
    const send = async () => {
      const answer = await fetch(`${ingest.url()}/v1/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/cloudevents-batch+json' },
        body: JSON.stringify(events),
      });
      const { results, ...counts } = (await answer.json()) as {
        results: { status: string; error?: { code: string } }[];
      };
      expect({ status: answer.status, ...counts }).toEqual({
        status: 207,
        accepted: 800,
        rejected: 200,
      });
      expect(results.map(({ status, error }) => error?.code ?? status)).toEqual(
        events.map((_, index) => (index % 5 === 0 ? 'schema_invalid' : 'accepted')),
      );
    };
    await send();
    await send();
    expect(await writtenAgain('/mixed')).toBe(800);
    await expectSound([]);
  },
);

row(
  16,
  'who sends a byte at a time, or breaks off, is let go, and leaves no part of an event',
  { guard: 'time-outs of headers and requests, looked at every second' },
  async (notes) => {
    const { hostname, port } = new URL(ingest.url());
    const slow = connect({ host: hostname, port: Number(port) });
    const brokenOff = connect({ host: hostname, port: Number(port) });
    await Promise.all([once(slow, 'connect'), once(brokenOff, 'connect')]);
    const head = `POST /v1/events HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/cloudevents+json\r\n`;
    const event = { specversion: '1.0', id: 'half', source: '/half', type: ORDERS.id };
    const body = JSON.stringify({ ...event, data: { store_id: 'H', amount: '1' } });
    brokenOff.write(`${head}content-length: ${body.length}\r\n\r\n${body.slice(0, -5)}`);
    brokenOff.end();
    const startedMs = performance.now();
    let sent = 0;
    const timer = setInterval(() => slow.write(head[sent++ % head.length] ?? ''), 500);
    slow.on('data', () => {});
    // A byte that meets a closed connection resets it: that is being let go, too.
    for (const socket of [slow, brokenOff]) socket.on('error', () => {});
    await new Promise((resolve) => slow.once('close', resolve));
    clearInterval(timer);
    notes['held_ms'] = Math.round(performance.now() - startedMs);
    // Without the guard Node lets it go after a minute at the earliest.
    expect(notes['held_ms']).toBeLessThan(45_000);
    expect(await ingest.missing()).toEqual([]);
    const found = (await world.log.readAll()).filter(
      ({ content }) => content.kind === 'event' && content.event.source === '/half',
    );
    expect(found).toEqual([]);
  },
);

row(
  17,
  'a gzip bomb is refused at the limit, and costs no memory',
  { guard: 'the limit is of decompressed bytes, looked at while they come' },
  async (notes) => {
    const bomb = gzipSync(Buffer.alloc(256 * 1024 * 1024));
    const before = residentMegabytes(ingest.pid());
    const answers = await Promise.all(
      Array.from({ length: 4 }, () =>
        fetch(`${ingest.url()}/v1/events`, {
          method: 'POST',
          headers: {
            'content-type': 'application/cloudevents-batch+json',
            'content-encoding': 'gzip',
          },
          body: bomb,
        }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([413, 413, 413, 413]);
    notes['grown_megabytes'] = Math.round(residentMegabytes(ingest.pid()) - before);
    expect(notes['grown_megabytes']).toBeLessThan(128);
    expect(await ingest.missing()).toEqual([]);
  },
);
