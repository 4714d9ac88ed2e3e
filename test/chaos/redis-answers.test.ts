import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';
import { seededRandom } from '../support/tcp-proxy.ts';
import { expectExact, expectRecovered, untilCounted } from './support/checker.ts';
import { logFeed } from './support/log-feed.ts';
import type { LogFeed } from './support/log-feed.ts';
import { redisServer } from './support/redis-server.ts';
import type { RedisServer } from './support/redis-server.ts';
import { keepResults, row } from './support/row.ts';
import type { ServiceProcess } from './support/service-process.ts';
import { openWorld, untilReady } from './support/world.ts';
import type { World } from './support/world.ts';

keepResults('redis-answers');
let redis: RedisServer;
let world: World;
let aggregator: ServiceProcess;
let feed: LogFeed;
beforeAll(async () => {
  redis = await redisServer({ name: 'redis-answers' });
  world = await openWorld({ name: 'redis-answers-world', redisUrl: redis.url });
  aggregator = await world.serve('aggregator');
  feed = logFeed(world, { name: 'answers', seed: 7 });
  await feed.write(50);
  await untilReady(aggregator);
  await untilCounted(world);
});
afterEach(async () => {
  await feed?.stop();
  world?.links.heal();
});
afterAll(async () => {
  await world?.close();
  await redis?.close();
});

const MAX_CLIENTS = 20;
/** Over a second of loading, at the pace of row 54. */
const FILLER = "for i = 1, 6000 do redis.call('SET', 'filler:' .. i, i) end";
/** Waits until the aggregator says itself that Redis keeps it from its work. */
const untilMissing = (withinMs = 30_000): Promise<unknown> =>
  vi.waitFor(async () => expect(await aggregator.missing()).not.toEqual([]), {
    timeout: withinMs,
    interval: 100,
  });

row(
  38,
  'connections that break before Redis gets a command, or after it did its work, change no value',
  { guard: 'an outcome that is unknown is read back from the stored cursors' },
  async (notes) => {
    const random = seededRandom(38);
    world.links.redis.watch(() => (random() < 0.04 ? 'cut' : 'pass'));
    const before = world.links.redis.faults();
    feed.run();
    // With the whole time-out of a command for each of them this would take a minute.
    await vi.waitFor(() => expect(world.links.redis.faults() - before).toBeGreaterThan(12), {
      timeout: 30_000,
      interval: 50,
    });
    await feed.stop();
    world.links.heal();
    notes['cuts'] = world.links.redis.faults() - before;
    notes['recovered_ms'] = await expectRecovered(world);
  },
);

row(
  39,
  'Redis that stands still is given up on in time, and what it does when it goes on changes no value',
  { guard: 'commands time out; their late effects meet another cursor' },
  async (notes) => {
    feed.run();
    redis.pause();
    const startedMs = performance.now();
    await untilMissing();
    notes['noticed_ms'] = Math.round(performance.now() - startedMs);
    redis.resume();
    await feed.stop();
    notes['recovered_ms'] = await expectRecovered(world);
    await untilReady(aggregator);
  },
);

row(
  40,
  'Redis that is killed again and again, with either way of writing to disk, changes no value',
  { guard: 'cells and cursors move in one step; the client connects again' },
  async (notes) => {
    feed.run();
    for (const appendfsync of ['always', 'everysec', 'everysec']) {
      await redis.kill();
      await redis.start({ appendfsync });
      await untilCounted(world);
    }
    await feed.stop();
    notes['recovered_ms'] = await expectRecovered(world);
  },
);

row(
  52,
  'scripts that Redis forgets under load are sent again',
  { guard: 'a script is sent whole where its digest is not known' },
  async (notes) => {
    feed.run();
    for (let round = 0; round < 10; round++) {
      await redis.command('SCRIPT', 'FLUSH');
      await untilCounted(world);
    }
    await feed.stop();
    notes['recovered_ms'] = await expectRecovered(world);
    expect(await aggregator.missing()).toEqual([]);
  },
);

row(
  51,
  'Redis that is busy with a script of somebody else is waited for, and nobody kills the script',
  { guard: 'BUSY is an outcome that is unknown; there is no SCRIPT KILL in the code' },
  async (notes) => {
    await redis.command('CONFIG', 'SET', 'lua-time-limit', 5);
    const endless = redis.command('EVAL', 'while true do end', 0).catch(String);
    feed.run();
    await untilMissing();
    expect(await redis.command('PING').catch(String)).toContain('BUSY');
    await feed.stop();
    await redis.command('SCRIPT', 'KILL');
    expect(await endless).toContain('killed by user');
    notes['recovered_ms'] = await expectRecovered(world);
  },
);

row(
  54,
  'while Redis loads its file after a restart nobody is ready, and then counting goes on',
  { guard: 'LOADING is no answer: the projection is opened again until it is' },
  async (notes) => {
    await redis.command('EVAL', FILLER, 0);
    await redis.kill();
    await redis.launch({ 'key-load-delay': '200' });
    feed.run();
    await vi.waitFor(
      async () => expect(await redis.command('PING').catch(String)).toContain('LOADING'),
      { timeout: 10_000, interval: 20 },
    );
    await untilMissing();
    expect(await redis.command('PING').catch(String)).toContain('LOADING');
    await feed.stop();
    notes['recovered_ms'] = await expectRecovered(world);
    await untilReady(aggregator);
  },
);

row(
  55,
  'a server that takes no more connections is told of, and counting goes on when it does',
  { guard: 'the client connects again for as long as it takes' },
  async (notes) => {
    feed.run();
    await redis.command('CONFIG', 'SET', 'maxclients', MAX_CLIENTS);
    world.links.redis.cut();
    const idlers: Socket[] = [];
    let refusals = 0;
    // Places come free while connections that were cut are cleared away: they are taken too.
    await vi.waitFor(
      async () => {
        for (let i = 0; i < MAX_CLIENTS; i++)
          idlers.push(connect(redis.port, '127.0.0.1').on('error', () => {}));
        const answer = await redis.command('PING').catch(String);
        refusals = answer === 'PONG' ? 0 : refusals + 1;
        expect(refusals).toBeGreaterThan(5);
      },
      { timeout: 20_000, interval: 50 },
    );
    world.links.redis.heal();
    // Long enough for many attempts.
    let looks = 0;
    await vi.waitFor(
      async () => {
        expect(await aggregator.missing()).not.toEqual([]);
        expect(++looks).toBeGreaterThan(20);
      },
      { timeout: 30_000, interval: 100 },
    );
    for (const idler of idlers) idler.destroy();
    await feed.stop();
    notes['recovered_ms'] = await expectRecovered(world);
    await untilReady(aggregator);
  },
);

row(
  48,
  'Redis that may evict keys is refused at start, and told of when that is changed later',
  { guard: 'the policy is looked at, at start and every five seconds' },
  async () => {
    await redis.command('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
    await vi.waitFor(
      async () => expect(String(await aggregator.missing())).toContain('allkeys-lru'),
      { timeout: 15_000, interval: 100 },
    );
    await expect(world.serve('aggregator')).rejects.toThrow(/not start.*allkeys-lru/s);
    await redis.command('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
    await untilReady(aggregator);
  },
);

row(
  47,
  'Redis without memory takes no flush by half, and goes on when it has some again',
  { guard: 'every check of a flush stands before its first write' },
  async (notes) => {
    await redis.command('CONFIG', 'SET', 'maxmemory', 1);
    feed.run();
    await untilMissing();
    await expectExact(world);
    await vi.waitFor(async () => expect(await memoryRatio()).toBeGreaterThan(1), {
      timeout: 15_000,
    });
    await redis.command('CONFIG', 'SET', 'maxmemory', 0);
    await feed.stop();
    notes['recovered_ms'] = await expectRecovered(world);
    await untilReady(aggregator);
  },
);

/** What the alarm is made from. */
async function memoryRatio(): Promise<number> {
  const text = await (await fetch(`${aggregator.url()}/metrics`)).text();
  return Number(/^tidemark_redis_memory_used_ratio (\S+)/m.exec(text)?.[1]);
}
