import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';
import { expectAckedInLog, expectRecovered, untilCounted } from './support/checker.ts';
import { untilMembers } from './support/group.ts';
import { at, crashPoint, crashPoints } from './support/crash-points.ts';
import type { Links } from './support/links.ts';
import { orderFeed } from './support/order-feed.ts';
import type { OrderFeed } from './support/order-feed.ts';
import { keepResults, row } from './support/row.ts';
import type { ServiceProcess } from './support/service-process.ts';
import { openWorld, untilReady } from './support/world.ts';
import type { World } from './support/world.ts';

keepResults('aggregator');
let world: World;
/** Of the aggregator that is disturbed; ingest has the world's. */
let links: Links;
let aggregator: ServiceProcess;
let feed: OrderFeed;
beforeAll(async () => {
  world = await openWorld({ name: 'aggregator' });
  links = await world.openLinks();
  const ingest = await world.serve('ingest');
  aggregator = await world.serve('aggregator', { links });
  await untilReady(ingest);
  feed = orderFeed({ name: 'orders', seed: 18, urls: () => [ingest.url()] });
  await feed.send(3);
  await untilCounted(world);
});
afterEach(() => links?.heal());
afterAll(() => world?.close());

/** Something for every step of a flush: events of all partitions, and one that nobody can read. */
async function sendSome(): Promise<void> {
  await world.log.raw(0, Buffer.from('nobody reads this'));
  await feed.send(3);
}
const SOON = { timeout: 20_000, interval: 20 };

row(
  [18, 25],
  'kill -9 of the aggregator at every step of a flush, as out of memory ends it, changes no value',
  { guard: 'cursors are compared and move with the cells, in one script', timeoutMs: 180_000 },
  async (notes) => {
    for (const point of crashPoints()) {
      let killed: Promise<void> | undefined;
      at(links, point, () => {
        killed = aggregator.kill();
        return 'cut';
      });
      await sendSome();
      await vi.waitFor(() => expect(killed, point.name).toBeDefined(), SOON);
      await killed;
      links.heal();
      await aggregator.start();
      notes[point.name] = await expectRecovered(world);
    }
  },
);

row(
  [19, 24],
  'a worker that stands still longer than its session, with a flush on its way, changes nothing when it lands',
  { guard: 'the compare of cursors in the script', timeoutMs: 120_000 },
  async (notes) => {
    const second = await world.serve('aggregator');
    await untilMembers(world, 2);
    const refusals: string[] = [];
    const heldBefore = links.redis.faults();
    at(links, crashPoint('the flush is on its way'), () => {
      aggregator.pause();
      return 'hold';
    });
    // Until the one that is to stand still owns a part of what comes.
    await vi.waitFor(async () => {
      await feed.send(1);
      expect(links.redis.faults()).toBeGreaterThan(heldBefore);
    }, SOON);
    expect(await aggregator.missing()).toBeUndefined();
    await feed.send(3);
    notes['taken_over_ms'] = await untilCounted(world);
    links.redis.watch(({ from, bytes }) => {
      if (from === 'server') refusals.push(bytes.toString());
      return 'pass';
    });
    links.redis.release();
    await vi.waitFor(() => expect(refusals.join()).toContain('cursor'), SOON);
    aggregator.resume();
    await feed.send(3);
    notes['recovered_ms'] = await expectRecovered(world);
    await untilReady(aggregator);
    await world.dismiss(second);
  },
);

row(
  21,
  'workers that join and leave all the time do not stop the counting',
  {
    guard: 'who takes over reads the index of identities from one horizon before',
    timeoutMs: 120_000,
  },
  async (notes) => {
    feed.run({ everyMs: 200 });
    const progress: number[] = [];
    for (let round = 0; round < 4; round++) {
      const other = await world.serve('aggregator');
      await untilMembers(world, 2);
      if (round % 2 === 0) await other.stop();
      await world.dismiss(other);
      progress.push(await untilCounted(world, 30_000));
    }
    await feed.stop();
    notes['level_after_ms'] = progress;
    notes['recovered_ms'] = await expectRecovered(world);
  },
);

row(
  22,
  'SIGTERM in the middle of a flush: it ends with 0 within ten seconds, and the next worker goes on at once',
  { guard: 'the group is left before the process ends', timeoutMs: 60_000 },
  async (notes) => {
    let stopping: Promise<number | null> | undefined;
    let stopMs = 0;
    at(links, crashPoint('the flush is on its way'), () => {
      stopMs = performance.now();
      stopping = aggregator.stop();
      return 'pass';
    });
    await sendSome();
    await vi.waitFor(() => expect(stopping).toBeDefined(), SOON);
    expect(await stopping).toBe(0);
    notes['stopped_ms'] = Math.round(performance.now() - stopMs);
    expect(notes['stopped_ms']).toBeLessThan(10_000);
    await untilMembers(world, 0, 500);
    await aggregator.start();
    notes['recovered_ms'] = await expectRecovered(world);
  },
);

row(
  23,
  'SIGKILL while it stops changes no value',
  { guard: 'cursors are compared and move with the cells, in one script', timeoutMs: 60_000 },
  async (notes) => {
    let killed: Promise<void> | undefined;
    let stopping: Promise<unknown> | undefined;
    at(links, crashPoint('the flush is on its way'), () => {
      stopping = aggregator.stop();
      return 'hold';
    });
    await sendSome();
    await vi.waitFor(() => expect(stopping).toBeDefined(), SOON);
    links.redis.watch(({ from }) => {
      if (from === 'client') return 'pass';
      killed ??= aggregator.kill();
      return 'cut';
    });
    links.redis.release();
    await stopping;
    expect(killed).toBeDefined();
    links.heal();
    await aggregator.start();
    notes['recovered_ms'] = await expectRecovered(world);
    await expectAckedInLog(world, feed.acked);
  },
);
