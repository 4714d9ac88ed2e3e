import { afterEach, beforeEach, expect, test } from 'vitest';
import { generationId } from '../../../services/kernel/projection.ts';
import { TidemarkError } from '../../../services/kernel/errors.ts';
import type { FlushRequest } from '../../../services/aggregator/core/flush.ts';
import type {
  ProjectionRef,
  ProjectionStore,
  SourceBatch,
  SourceCursor,
} from '../../../services/aggregator/ports.ts';
import { readHead } from '../../../services/console/adapters/projection-head.ts';
import { conservationGap } from '../../../services/console/core/conservation.ts';
import { projectionKeys } from '../../../services/kernel/projection.ts';
import { expectRecount, untilCaughtUp } from '../../support/aggregation.ts';
import { runAggregator } from '../../support/aggregators.ts';
import type { RunningAggregator } from '../../support/aggregators.ts';
import { openEventLog } from '../../support/event-log.ts';
import type { EventLog } from '../../support/event-log.ts';
import { EVERY_AGGREGATION, ORDERS, anOrder } from '../../support/order-events.ts';
import { openTestPlatform } from '../../support/platform.ts';
import type { TestPlatform } from '../../support/platform.ts';
import { keysOf, loseRedis } from '../../support/stored-cells.ts';

const now = Date.now();
const PAIRS = EVERY_AGGREGATION.slice(0, 3);
const DEFINITIONS = { eventTypes: [ORDERS], metrics: PAIRS.map(({ metric }) => metric) };
let platform: TestPlatform;
let log: EventLog;
const running: RunningAggregator[] = [];
const world = () => ({ redis: platform.redis, prefix: platform.prefix, log });

const run = async (faults?: Parameters<typeof runAggregator>[2]): Promise<RunningAggregator> => {
  const aggregator = await runAggregator(platform, DEFINITIONS, faults);
  running.push(aggregator);
  return aggregator;
};
const end = async (aggregator: RunningAggregator): Promise<void> => {
  running.splice(running.indexOf(aggregator), 1);
  await aggregator.stop();
};
/** Orders over all partitions, every fifth a copy of the one before. */
const write = async (from: number, count: number): Promise<void> => {
  const partitions = [0, 1, 2, 3];
  await Promise.all(
    partitions.map((partition) =>
      log.events(
        partition,
        Array.from({ length: count }, (_, i) => {
          const number = from + (i % 5 === 4 ? i - 1 : i);
          const amount = (number * 37) % 1_000;
          return anOrder(`${number}`, now - 1_000 * (number % 500), {
            amount,
            store: `S${number % 3}`,
          });
        }),
      ),
    ),
  );
};

beforeEach(async () => {
  platform = await openTestPlatform({ eventTypes: [ORDERS] });
  log = await openEventLog(platform, ORDERS);
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
  await log.close();
  await platform.close();
});

test('F-021 two workers share the partitions, and values stay right while one joins and leaves', async () => {
  await write(0, 200);
  await run();
  await untilCaughtUp(world(), PAIRS);
  let applied = 0;
  const second = await run(({ store }) => ({
    store: {
      ...store,
      apply(ref, flush) {
        applied++;
        return store.apply(ref, flush);
      },
    },
  }));
  let from = 200;
  const writeOn = async (): Promise<number> => {
    await write((from += 200), 200);
    return applied;
  };
  await expect.poll(writeOn, { timeout: 30_000, interval: 200 }).toBeGreaterThan(PAIRS.length);
  await untilCaughtUp(world(), PAIRS);
  await end(second);
  await write(from + 200, 200);
  await untilCaughtUp(world(), PAIRS);
  await expectRecount(world(), PAIRS);
});

test('F-020 the flush of a worker that others took for dead changes nothing when it lands at last', async () => {
  const held: (() => Promise<unknown>)[] = [];
  const hold = Promise.withResolvers<never>();
  const zombie = await run(({ store }) => ({
    store: {
      ...store,
      apply: (ref: ProjectionRef, flush: FlushRequest) => {
        held.push(() => store.apply(ref, flush));
        return hold.promise;
      },
    },
  }));
  await write(0, 100);
  await expect.poll(() => held.length, { timeout: 30_000 }).toBeGreaterThanOrEqual(PAIRS.length);
  const stopping = end(zombie);
  await run();
  await untilCaughtUp(world(), PAIRS);
  const late = await Promise.all(held.map((apply) => apply()));
  expect(late).toEqual(late.map(() => ({ kind: 'refused', reason: 'cursor' })));
  hold.reject(new TidemarkError('redis_unavailable', 'given up'));
  await stopping;
  await write(100, 100);
  await untilCaughtUp(world(), PAIRS);
  await expectRecount(world(), PAIRS);
});

test('an event that is dropped between the log and the counting shows in the equation', async () => {
  const dropped: number[] = [];
  /** The cursor of a batch, which passes over the third record that lies in partition 1. */
  const dropping =
    ({ open, partition }: SourceBatch) =>
    (): SourceCursor => {
      const cursor = open();
      const next = cursor.next.bind(cursor);
      cursor.next = () => {
        if (!next()) return false;
        if (partition !== 1 || dropped.length > 0 || cursor.offset !== 2) return true;
        dropped.push(cursor.offset);
        return next();
      };
      return cursor;
    };
  await write(0, 20);
  await run(({ consumerOf }) => ({
    consumerOf(topic, lane) {
      const consumer = consumerOf(topic, lane);
      return {
        ...consumer,
        run: (of, handlers) =>
          consumer.run(of, {
            ...handlers,
            onBatch: (batch) =>
              handlers.onBatch(Object.assign(Object.create(batch), { open: dropping(batch) })),
          }),
      };
    },
  }));
  await untilCaughtUp(world(), PAIRS);
  expect(dropped).toEqual([2]);
  for (const { metric } of PAIRS) {
    const keys = projectionKeys(platform.prefix, metric.id, metric.version);
    const head = readHead(
      await platform.redis.hgetall(keys.meta),
      await platform.redis.hgetall(keys.watermarks),
    );
    expect({ id: metric.id, gap: head && conservationGap(head.partitions) }).toEqual({
      id: metric.id,
      gap: 1,
    });
  }
});

test('answers of Redis that get lost, before or after it did its work, change no value', async () => {
  let call = 0;
  const flaky = (store: ProjectionStore): ProjectionStore => ({
    ...store,
    async apply(ref, flush) {
      const turn = call++ % 4;
      if (turn === 1) throw new TidemarkError('redis_unavailable', 'lost on the way there');
      const result = await store.apply(ref, flush);
      if (turn === 3) throw new TidemarkError('redis_unavailable', 'lost on the way back');
      return result;
    },
  });
  const aggregator = await run(({ store }) => ({ store: flaky(store) }));
  for (let round = 0; round < 5; round++) {
    await write(round * 100, 100);
    await untilCaughtUp(world(), PAIRS);
  }
  expect(aggregator.restarts().length).toBeGreaterThan(2);
  await expectRecount(world(), PAIRS);
});

test('a registry that is away blocks, and nothing goes to dead letters', async () => {
  let isAway = true;
  const aggregator = await run(({ readers }) => ({
    readers: {
      readerOf: (id, plan) =>
        isAway
          ? Promise.reject(new TidemarkError('registry_unavailable', 'away'))
          : readers.readerOf(id, plan),
    },
  }));
  await write(0, 50);
  await expect.poll(() => aggregator.restarts().join(), { timeout: 30_000 }).toContain('away');
  isAway = false;
  await untilCaughtUp(world(), PAIRS);
  await expectRecount(world(), PAIRS);
});

test('F-032 dead letters that Kafka does not take hold the cursors back until it does', async () => {
  let isAway = true;
  const sent: string[] = [];
  const aggregator = await run(({ sinks }) => ({
    sinks: {
      ...sinks,
      async deadLetters(letters) {
        if (isAway) throw new TidemarkError('broker_unavailable', 'no acknowledgement');
        sent.push(...letters.map(({ partition, record }) => `${partition}/${record.offset}`));
        await sinks.deadLetters(letters);
      },
    },
  }));
  await log.raw(0, Buffer.from('poison'));
  await write(0, 10);
  await expect.poll(() => aggregator.restarts().join()).toContain('no acknowledgement');
  isAway = false;
  await untilCaughtUp(world(), PAIRS);
  expect(new Set(sent)).toEqual(new Set(['0/0']));
  await expectRecount(world(), PAIRS);
});

test('Redis that loses everything in the middle of a load is filled again from the log', async () => {
  await run();
  for (let round = 0; round < 6; round++) {
    await write(round * 300, 300);
    if (round % 2 === 1) await loseRedis(platform.redis, platform.prefix);
  }
  await log.heartbeats([0, 1, 2, 3], now);
  await untilCaughtUp(world(), PAIRS);
  await expectRecount(world(), PAIRS);
});

/** Renames the generation of every projection. @returns the projections as they then are */
const renameGenerations = async (rename: (generation: string) => string) => {
  const metas = PAIRS.map(
    ({ metric }) => projectionKeys(platform.prefix, metric.id, metric.version).meta,
  );
  for (const meta of metas) {
    const generation = await platform.redis.hget(meta, 'gen');
    await platform.redis.hset(meta, 'gen', rename(generation ?? ''));
  }
  return () => Promise.all(metas.map((meta) => platform.redis.hgetall(meta)));
};

/** What ids of generations begin with: of this program's layout, of the next and of the one before. */
const OWN = generationId('');
const [LATER, EARLIER] = [1, -1].map((by) => `${Number.parseInt(OWN, 10) + by}.`) as [
  string,
  string,
];

test('F-037 what a later version keeps in Redis is neither written nor shown by this one, and goes on once it is its own again', async () => {
  const aggregator = await run();
  await write(0, 100);
  await untilCaughtUp(world(), PAIRS);
  const kept = await renameGenerations((generation) => generation.replace(OWN, LATER));
  const before = await kept();
  await write(100, 100);
  const isRefused = (): boolean =>
    PAIRS.every(({ metric }) =>
      aggregator
        .restarts()
        .some((one) => one.includes(`${metric.id}@`) && /later version/.test(one)),
    );
  await expect.poll(isRefused, { timeout: 30_000 }).toBe(true);
  expect(await kept()).toEqual(before);
  for (const meta of before) expect(readHead(meta, { x: '0' })?.rebuilding).toBe(true);
  await renameGenerations((generation) => generation.replace(LATER, OWN));
  await untilCaughtUp(world(), PAIRS);
  await expectRecount(world(), PAIRS);
});

test('F-036 what an earlier version keeps is counted anew, and its late flush is refused', async () => {
  const held: (() => Promise<unknown>)[] = [];
  const old = await run(({ store }) => ({
    store: {
      ...store,
      async apply(ref, flush) {
        if (held.length < PAIRS.length) held.push(() => store.apply(ref, flush));
        return store.apply(ref, flush);
      },
    },
  }));
  await write(0, 100);
  await untilCaughtUp(world(), PAIRS);
  await end(old);
  const kept = await renameGenerations((generation) => generation.replace(OWN, EARLIER));
  await run();
  await write(100, 100);
  await untilCaughtUp(world(), PAIRS);
  for (const { gen } of await kept()) expect(gen?.startsWith(OWN)).toBe(true);
  const late = await Promise.all(held.map((apply) => apply()));
  expect(late).toEqual(late.map(() => ({ kind: 'refused', reason: 'generation' })));
  await expectRecount(world(), PAIRS);
});

test('Redis that was rolled back goes on from where it was rolled back to, and readers hear that it was', async () => {
  await run();
  await write(0, 100);
  await untilCaughtUp(world(), PAIRS);
  const stamps = () =>
    Promise.all(
      PAIRS.map(({ metric }) =>
        platform.redis.hget(`{${platform.prefix}${metric.id}@${metric.version}}:meta`, 'finals'),
      ),
    );
  const before = await stamps();
  const keys = await keysOf(platform.redis, `{${platform.prefix}*`);
  const dump = await Promise.all(keys.map((key) => platform.redis.dumpBuffer(key)));
  await write(100, 100);
  await untilCaughtUp(world(), PAIRS);
  await loseRedis(platform.redis, platform.prefix);
  await Promise.all(
    keys.map(async (key, i) => {
      const content = dump[i];
      if (content) await platform.redis.restore(key, 0, content, 'REPLACE');
    }),
  );
  expect(await stamps()).toEqual(before);
  await write(200, 100);
  await untilCaughtUp(world(), PAIRS);
  await expectRecount(world(), PAIRS);
  for (const [i, stamp] of (await stamps()).entries()) expect(stamp).not.toBe(before[i]);
});

test('F-008 a log that is not the one that was counted is counted from its start', async () => {
  const first = await run();
  await write(0, 100);
  await untilCaughtUp(world(), PAIRS);
  await end(first);
  for (const { metric } of PAIRS)
    await platform.redis.hset(
      `{${platform.prefix}${metric.id}@${metric.version}}:meta`,
      `c:${log.topic}/0`,
      100_000,
    );
  const second = await run();
  await expect.poll(() => second.restarts().join(), { timeout: 30_000 }).toContain('rebuilt');
  await untilCaughtUp(world(), PAIRS);
  await expectRecount(world(), PAIRS);
});

test('F-028 records that retention took before they were counted are named, and what is left is counted', async () => {
  await write(0, 50);
  const admin = platform.kafka.admin();
  await admin.connect();
  const first = await run();
  await untilCaughtUp(world(), PAIRS);
  await end(first);
  await write(50, 50);
  await admin.fetchTopicOffsets(log.topic);
  await admin.deleteTopicRecords({
    topic: log.topic,
    partitions: [{ partition: 0, offset: '70' }],
  });
  await admin.disconnect();
  await run();
  await untilCaughtUp(world(), PAIRS);
  const meta = await platform.redis.hgetall(`{${platform.prefix}${PAIRS[0]?.metric.id}@v1}:meta`);
  expect(meta[`l:${log.topic}/0`]).toBe('50-70');
  expect(meta[`n:${log.topic}/0:lost`]).toBe('20');
});

test('a worker that lives on counts as a fresh one does when retention took originals and Redis lost everything', async () => {
  await write(0, 100);
  await run();
  await untilCaughtUp(world(), PAIRS);
  const admin = platform.kafka.admin();
  await admin.connect();
  await admin.fetchTopicOffsets(log.topic);
  // What comes first now is the copy of a record that is gone.
  await admin.deleteTopicRecords({
    topic: log.topic,
    partitions: [{ partition: 0, offset: '54' }],
  });
  await admin.disconnect();
  await loseRedis(platform.redis, platform.prefix);
  await write(100, 5);
  await untilCaughtUp(world(), PAIRS);
  await expectRecount(world(), PAIRS);
});
