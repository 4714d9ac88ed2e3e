import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';
import { expectRecovered, untilCounted } from './support/checker.ts';
import { faultProxy } from './support/fault-proxy.ts';
import type { FaultProxy } from './support/fault-proxy.ts';
import { logFeed } from './support/log-feed.ts';
import type { LogFeed } from './support/log-feed.ts';
import { redisServer } from './support/redis-server.ts';
import type { RedisServer } from './support/redis-server.ts';
import { keepResults, row } from './support/row.ts';
import type { ServiceProcess } from './support/service-process.ts';
import { openWorld, untilReady } from './support/world.ts';
import type { World } from './support/world.ts';

keepResults('redis-failover');
let [first, second]: RedisServer[] = [];
/** Where clients believe that the master is, and the line that its replica follows it by. */
let address: FaultProxy;
let replication: FaultProxy;
let master: RedisServer;
let world: World;
let aggregator: ServiceProcess;
let feed: LogFeed;
beforeAll(async () => {
  first = await redisServer({ name: 'redis-failover-1' });
  second = await redisServer({ name: 'redis-failover-2' });
  master = first;
  address = await faultProxy(() => ({ host: '127.0.0.1', port: master.port }));
  replication = await faultProxy(() => ({ host: '127.0.0.1', port: master.port }));
  world = await openWorld({
    name: 'redis-failover-world',
    redisUrl: `redis://127.0.0.1:${address.port}`,
  });
  aggregator = await world.serve('aggregator');
  feed = logFeed(world, { name: 'failover', seed: 42 });
  await feed.write(50);
  await untilReady(aggregator);
  await untilCounted(world);
});
afterEach(async () => {
  await feed?.stop();
  for (const line of [world?.links, address, replication]) line?.heal();
});
afterAll(async () => {
  await world?.close();
  await Promise.all([address?.close(), replication?.close(), first?.close(), second?.close()]);
});

const infoOf = async (server: RedisServer, field: string): Promise<string | undefined> =>
  new RegExp(`^${field}:(\\S+)`, 'm').exec(
    String(await server.command('INFO', 'replication')),
  )?.[1];

/** Makes `replica` follow the master by the line that can be cut, and waits until it has all. */
async function follow(replica: RedisServer): Promise<void> {
  await replica.command('REPLICAOF', '127.0.0.1', replication.port);
  await vi.waitFor(
    async () => {
      expect(await infoOf(replica, 'master_link_status')).toBe('up');
      const [own, its] = await Promise.all([
        infoOf(replica, 'master_repl_offset'),
        infoOf(master, 'master_repl_offset'),
      ]);
      expect(own).toBe(its);
    },
    { timeout: 30_000, interval: 20 },
  );
}
/** Clients are led to another master; connections to the old one end. */
async function lead(to: RedisServer): Promise<void> {
  await to.command('REPLICAOF', 'NO', 'ONE');
  address.cut();
  master = to;
  address.heal();
}
const cursorSum = async (server: RedisServer): Promise<number> => {
  const [{ metric }] = world.catalog.pairs as [World['catalog']['pairs'][number]];
  const key = `{${world.prefix}${metric.id}@${metric.version}}:meta`;
  const fields = (await server.command('HGETALL', key)) as string[] | Record<string, string>;
  const pairs = Array.isArray(fields)
    ? fields.flatMap((name, i) => (i % 2 === 0 ? [[name, fields[i + 1] ?? ''] as const] : []))
    : Object.entries(fields);
  return pairs
    .filter(([name]) => name.startsWith('c:'))
    .reduce((sum, [, next]) => sum + Number(next), 0);
};

row(
  42,
  'a replica that lost the end of what its master acknowledged is promoted, and what is missing is read again',
  { guard: 'a flush is taken only where every stored cursor is the expected one' },
  async (notes) => {
    const replica = second as RedisServer;
    const old = master;
    await follow(replica);
    replication.mute();
    await feed.write(100);
    await untilCounted(world);
    notes['lost_records'] = (await cursorSum(old)) - (await cursorSum(replica));
    expect(notes['lost_records']).toBeGreaterThan(0);
    await old.kill();
    await lead(replica);
    await feed.write(20);
    notes['recovered_ms'] = await expectRecovered(world);
  },
);

row(
  43,
  'an old master that comes back and takes flushes of half of the workers changes no value once they are led away',
  { guard: 'generation and cursors are compared: two histories never mix' },
  async (notes) => {
    const old = first as RedisServer;
    await old.start();
    // A second worker that still believes in the old master; the group gives it some of the partitions.
    const stale = await faultProxy(() => ({ host: '127.0.0.1', port: staleTarget.port }));
    let staleTarget = old;
    const links = await world.openLinks();
    const other = await world.serve('aggregator', {
      links: {
        ...links,
        environment: { ...links.environment, REDIS_URL: `redis://127.0.0.1:${stale.port}` },
      },
    });
    const before = await cursorSum(old);
    await vi.waitFor(
      async () => {
        await feed.write(5);
        expect(await cursorSum(old)).toBeGreaterThan(before);
      },
      { timeout: 40_000, interval: 100 },
    );
    notes['old_master_took'] = (await cursorSum(old)) - before;
    stale.cut();
    staleTarget = master;
    stale.heal();
    await feed.write(20);
    notes['recovered_ms'] = await expectRecovered(world);
    await world.dismiss(other);
    await feed.write(20);
    await expectRecovered(world);
    await stale.close();
  },
);
