import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';
import { repositoryDir } from '../../infra/bootstrap/prepare.mjs';
import { DAY_MS, HOUR_MS } from '../../services/kernel/time.ts';
import { readSeries } from '../support/retail.ts';
import type { Point } from '../support/retail.ts';
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

const SIZE_MS = { hour: HOUR_MS, day: DAY_MS };
/** Whether it is of a window that takes no more of what is written now. */
const isOver = (key: string): boolean => {
  const [, grain, start] = /:(hour|day):(\d+)/.exec(key) ?? [];
  return grain !== undefined && Number(start) + SIZE_MS[grain as 'hour' | 'day'] <= Date.now();
};

keepResults('redis-loss');
/** A disk of its own that can be filled, where this machine lets us mount one. */
const disk = join(repositoryDir, 'test', 'output', 'chaos', 'redis-loss-disk');
const hasDisk = mount();
let redis: RedisServer;
let world: World;
let aggregator: ServiceProcess;
let feed: LogFeed;
beforeAll(async () => {
  redis = await redisServer({ name: 'redis-loss', ...(hasDisk ? { directory: disk } : {}) });
  world = await openWorld({ name: 'redis-loss-world', redisUrl: redis.url });
  aggregator = await world.serve('aggregator');
  feed = logFeed(world, { name: 'loss', seed: 41 });
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
  if (hasDisk) execFileSync('umount', ['--lazy', disk]);
  rmSync(disk, { recursive: true, force: true });
});

function mount(): boolean {
  mkdirSync(disk, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', disk], { stdio: 'ignore' });
    return true;
  } catch {
    return false; // Not root, not Linux, or a container without the right.
  }
}

const hasStrace = ((): boolean => {
  try {
    execFileSync('strace', ['-V'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

const cursorsOf = async (): Promise<number> => {
  const [{ metric }] = world.catalog.pairs as [World['catalog']['pairs'][number]];
  const key = `{${world.prefix}${metric.id}@${metric.version}}:meta`;
  const fields = await world.platform.redis.hgetall(key);
  const cursors = Object.entries(fields).filter(([field]) => field.startsWith('c:'));
  return cursors.reduce((sum, [, next]) => sum + Number(next), 0);
};
const untilMissing = (): Promise<unknown> =>
  vi.waitFor(async () => expect(await aggregator.missing()).not.toEqual([]), {
    timeout: 30_000,
    interval: 50,
  });

row(
  44,
  'FLUSHALL under load is rebuilt from the log, and no reader sees a number that is too small',
  { guard: 'values are withheld until every partition was read to its end' },
  async (notes) => {
    const shell = await world.serve('console');
    const [{ metric }] = world.catalog.pairs as [World['catalog']['pairs'][number]];
    const day = 86_400_000;
    const from = new Date(Date.now() - 2 * day).toISOString();
    const to = new Date(Date.now() + 2 * day).toISOString();
    /** Events of today as they are shown; undefined while the value is withheld. */
    const shown = async (): Promise<number | undefined> => {
      const series = await readSeries(shell.url(), metric.id, { grain: 'day', from, to });
      const points = (series[0]?.points ?? []) as readonly (Point & { count: number })[];
      const today = points.findLast(({ start }) => Date.parse(start) <= Date.now());
      return today === undefined || today.value === null ? undefined : today.count;
    };
    await feed.write(300);
    await untilCounted(world);
    let atLeast = (await shown()) ?? 0;
    expect(atLeast).toBeGreaterThan(1_000);
    feed.run();
    const seen = { shown: 0, withheld: 0, problems: 0 };
    const tooSmall: string[] = [];
    let isOver = false;
    const watching = (async () => {
      while (!isOver) {
        const answer = await shown().catch(() => 'problem' as const);
        if (answer === 'problem') seen.problems++;
        else if (answer === undefined) seen.withheld++;
        else {
          seen.shown++;
          if (answer < atLeast) tooSmall.push(`${answer} after ${atLeast}`);
          atLeast = answer;
        }
      }
    })();
    // A log that is read slowly: the rebuild goes through values that are too small.
    for (const line of world.links.kafka) line.throttle(100_000);
    for (let round = 0; round < 2; round++) {
      await redis.command('FLUSHALL');
      await untilCounted(world);
    }
    await feed.stop();
    world.links.heal();
    await vi.waitFor(() => expect(seen.shown).toBeGreaterThan(0), { timeout: 20_000 });
    isOver = true;
    await watching;
    await world.dismiss(shell);
    expect(tooSmall).toEqual([]);
    Object.assign(notes, seen);
    notes['recovered_ms'] = await expectRecovered(world);
  },
);

row(
  45,
  'any key of a projection that is deleted or becomes of another type is noticed, and rebuilt',
  { guard: 'types and presence of all keys are checked before the first write' },
  async (notes) => {
    const random = seededRandom(45);
    const tried: string[] = [];
    for (let round = 0; round < 8; round++) {
      await feed.write(5);
      await untilCounted(world);
      const all = (await redis.command('KEYS', `{${world.prefix}*`)) as string[];
      // Of dirty marks that are gone nobody can know; they are no values. Old windows are the sampling recount's.
      const own = all
        .filter((key) => !/:(dirty|scratch)|:minute:/.test(key) && !isOver(key))
        .toSorted();
      const key = own[Math.floor(random() * own.length)] ?? '';
      tried.push(key.slice(key.indexOf('}') + 2));
      await redis.command('DEL', key);
      if (round % 2 === 0) await redis.command('LPUSH', key, 'x');
      // Enough that each series is among them: a key is missed when it is to be written.
      await feed.write(40);
      await expectRecovered(world);
    }
    notes['keys'] = tried;
  },
);

row(
  41,
  'after power losses that took the end of the append-only file, what is missing is read again',
  {
    guard:
      'a flush is taken only where every stored cursor is the expected one, and every flush that was begun was done',
  },
  async (notes) => {
    const random = seededRandom(41);
    const rolledBack: number[] = [];
    for (let round = 0; round < 5; round++) {
      await feed.write(40);
      await untilCounted(world);
      const before = await cursorsOf();
      await redis.kill();
      const folder = join(redis.directory, 'appendonlydir');
      const tail = readdirSync(folder).find((name) => name.endsWith('.incr.aof')) ?? '';
      const { size } = statSync(join(folder, tail));
      // Every other time the end is whole: what Redis kept of a cut transaction shows at the restart after it.
      const cut = round % 2 === 0 ? Math.ceil(random() * Math.min(size, 40_000)) : 0;
      truncateSync(join(folder, tail), size - cut);
      await redis.start();
      rolledBack.push(before - (await cursorsOf()));
      await feed.write(5);
      await expectRecovered(world);
    }
    notes['records_rolled_back'] = rolledBack;
    expect(Math.max(...rolledBack)).toBeGreaterThan(0);
  },
);

row(
  49,
  'a full disk holds counting back whole, and it goes on when there is room',
  {
    guard: 'MISCONF is an outcome that is unknown; nothing was written',
    lacks: hasDisk ? undefined : 'the right to mount a disk',
  },
  async (notes) => {
    const ballast = join(disk, 'ballast');
    try {
      writeFileSync(ballast, Buffer.alloc(64 * 1024 * 1024));
    } catch (error) {
      expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
    }
    feed.run();
    await vi.waitFor(
      async () => expect(await redis.command('SET', 'x', 1).catch(String)).toContain('MISCONF'),
      { timeout: 20_000, interval: 50 },
    );
    await untilMissing();
    await expectExact(world);
    rmSync(ballast);
    await feed.stop();
    notes['recovered_ms'] = await expectRecovered(world);
    await untilReady(aggregator);
  },
);

row(
  50,
  'a disk that takes a second for each fsync slows nothing down by more than that, and nobody gives up',
  {
    guard: 'time-outs are longer than a slow disk',
    lacks: hasStrace ? undefined : 'strace',
  },
  async (notes) => {
    const linesBefore = aggregator.output().split('\n').length;
    const inject = 'inject=fdatasync,fsync:delay_enter=1000000';
    const slow = spawn('strace', [
      '-f',
      '-p',
      String(redis.pid()),
      '-e',
      inject,
      '-o',
      '/dev/null',
    ]);
    await new Promise((resolve) => slow.stderr.once('data', resolve));
    try {
      feed.run();
      const deadline = performance.now() + 5_000;
      let slowestMs = 0;
      while (performance.now() < deadline)
        slowestMs = Math.max(slowestMs, await untilCounted(world));
      notes['slowest_ms'] = slowestMs;
      expect(slowestMs).toBeLessThan(10_000);
    } finally {
      slow.kill('SIGINT');
    }
    await feed.stop();
    await expectRecovered(world);
    expect(aggregator.output().split('\n').length).toBe(linesBefore);
  },
);
