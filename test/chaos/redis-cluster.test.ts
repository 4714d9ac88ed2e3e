import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';
import { keysOf } from '../support/stored-cells.ts';
import { expectRecovered, untilCounted } from './support/checker.ts';
import { logFeed } from './support/log-feed.ts';
import type { LogFeed } from './support/log-feed.ts';
import { redisServer } from './support/redis-server.ts';
import type { RedisServer } from './support/redis-server.ts';
import { keepResults, row } from './support/row.ts';
import type { ServiceProcess } from './support/service-process.ts';
import { openWorld, untilReady } from './support/world.ts';
import type { World } from './support/world.ts';

keepResults('redis-cluster');
const SLOTS = 16_384;
let nodes: readonly RedisServer[] = [];
let world: World;
let aggregator: ServiceProcess;
let feed: LogFeed;
beforeAll(async () => {
  const settings = {
    'cluster-enabled': 'yes',
    'cluster-node-timeout': '2000',
    'cluster-require-full-coverage': 'no',
  };
  nodes = await Promise.all(
    ['redis-cluster-1', 'redis-cluster-2'].map((name) => redisServer({ name, settings })),
  );
  const [first, second] = nodes as [RedisServer, RedisServer];
  await first.command('CLUSTER', 'ADDSLOTSRANGE', 0, SLOTS / 2 - 1);
  await second.command('CLUSTER', 'ADDSLOTSRANGE', SLOTS / 2, SLOTS - 1);
  await first.command('CLUSTER', 'MEET', '127.0.0.1', second.port);
  for (const node of nodes)
    await vi.waitFor(
      async () => {
        const info = String(await node.command('CLUSTER', 'INFO'));
        expect(info).toContain('cluster_slots_ok:16384');
        expect(info).toContain('cluster_known_nodes:2');
      },
      { timeout: 20_000, interval: 50 },
    );
  world = await openWorld({
    name: 'redis-cluster-world',
    redisUrl: nodes.map(({ url }) => url).join(','),
  });
  aggregator = await world.serve('aggregator', {
    environment: { REDIS_URL: nodes.map(({ url }) => url).join(',') },
  });
  feed = logFeed(world, { name: 'cluster', seed: 56 });
  await feed.write(50);
  await untilReady(aggregator);
  await untilCounted(world);
});
afterEach(() => feed?.stop());
afterAll(async () => {
  await world?.close();
  await Promise.all(nodes.map((node) => node.close()));
});

const slotOf = async (key: string): Promise<number> =>
  Number(await nodes[0]?.command('CLUSTER', 'KEYSLOT', key));
const idOf = async (node: RedisServer): Promise<string> =>
  String(await node.command('CLUSTER', 'MYID'));
const holds = async (node: RedisServer, slot: number): Promise<boolean> =>
  Number(await node.command('CLUSTER', 'COUNTKEYSINSLOT', slot)) > 0;

/** As `redis-cli --cluster reshard` does: key by key, while clients go on. */
async function move(slot: number, from: RedisServer, to: RedisServer): Promise<number> {
  const [source, target] = await Promise.all([idOf(from), idOf(to)]);
  await to.command('CLUSTER', 'SETSLOT', slot, 'IMPORTING', source);
  await from.command('CLUSTER', 'SETSLOT', slot, 'MIGRATING', target);
  let moved = 0;
  for (;;) {
    const keys = (await from.command('CLUSTER', 'GETKEYSINSLOT', slot, 3)) as string[];
    if (keys.length === 0) break;
    await from.command('MIGRATE', '127.0.0.1', to.port, '', 0, 5_000, 'KEYS', ...keys);
    moved += keys.length;
  }
  for (const node of [to, from]) await node.command('CLUSTER', 'SETSLOT', slot, 'NODE', target);
  return moved;
}

row(
  56,
  'every projection lies in one slot, and slots that move between nodes under load change no value',
  { guard: 'one hash tag for all keys of a projection; a redirection that fails is read again' },
  async (notes) => {
    const [first, second] = nodes as [RedisServer, RedisServer];
    let moves = 0;
    feed.run();
    for (const { metric } of world.catalog.pairs) {
      const tag = `{${world.prefix}${metric.id}@${metric.version}}`;
      const keys = await keysOf(world.platform.redis, `${tag}*`);
      const slots = new Set(await Promise.all(keys.map(slotOf)));
      expect([...slots]).toHaveLength(1);
      const [slot = -1] = slots;
      const isFirst = await holds(first, slot);
      const [from, to] = isFirst ? [first, second] : [second, first];
      moves += await move(slot, from, to);
      await untilCounted(world);
      moves += await move(slot, to, from);
    }
    await feed.stop();
    notes['keys_moved'] = moves;
    notes['recovered_ms'] = await expectRecovered(world);
    await untilReady(aggregator);
  },
);
