import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FlushRequest } from '../../../services/aggregator/core/flush.ts';
import type { ApplyResult, ProjectionRef } from '../../../services/aggregator/ports.ts';
import type { AggregatorPorts } from '../../../services/aggregator/service.ts';
import { TidemarkError } from '../../../services/kernel/errors.ts';
import { projectionKeys } from '../../../services/kernel/projection.ts';
import { expectRecount, refOf, untilCaughtUp } from '../../support/aggregation.ts';
import { runAggregator } from '../../support/aggregators.ts';
import type { RunningAggregator } from '../../support/aggregators.ts';
import { openEventLog } from '../../support/event-log.ts';
import type { EventLog } from '../../support/event-log.ts';
import { EVERY_AGGREGATION, ORDERS, anOrder } from '../../support/order-events.ts';
import { catalogOf, openTestPlatform } from '../../support/platform.ts';
import type { TestPlatform } from '../../support/platform.ts';
import { storedCursors } from '../../support/stored-cells.ts';

const PARTITIONS = [0, 1, 2, 3];
const OLD = EVERY_AGGREGATION.slice(0, 2);
const NEW = EVERY_AGGREGATION.slice(2, 5);
const ALL = [...OLD, ...NEW];
const metricsOf = (pairs: typeof ALL) => pairs.map(({ metric }) => metric);
const isNew = ({ metric }: ProjectionRef): boolean => NEW.some((one) => one.metric.id === metric);
/** Much less than the log, so that a log of tens of thousands is a long one. */
const REACH = 1_000;
const LONG = 5_000;

const now = Date.now();
let platform: TestPlatform;
let log: EventLog;
let written = 0;
const running: RunningAggregator[] = [];
const streams: { readonly stop: () => Promise<void> }[] = [];
const world = () => ({ redis: platform.redis, prefix: platform.prefix, log });

/** Orders over all partitions, every fifth a copy of one shortly before. */
const write = async (count: number): Promise<void> => {
  const from = written;
  written += count;
  const orders = Array.from({ length: count }, (_, i) => {
    const number = from + (i % 5 === 4 ? i - 3 : i);
    const over = { amount: (number * 37) % 1_000, store: `S${number % 3}` };
    return anOrder(`${number}`, now - 1_000 * (number % 500), over);
  });
  await Promise.all(PARTITIONS.map((partition) => log.events(partition, orders)));
};
/** Goes on writing until it is told to stop, a little as soon as the first metric has counted what came before. */
const traffic = (): { stop: () => Promise<void> } => {
  let stopped = false;
  const done = (async () => {
    while (!stopped) {
      await write(20);
      await untilPassed(OLD[0], await ends());
    }
  })();
  const stream = {
    async stop() {
      stopped = true;
      await done;
    },
  };
  streams.push(stream);
  return stream;
};
const ends = async (): Promise<readonly number[]> => {
  const bounds = await log.bounds();
  return PARTITIONS.map((partition) => bounds.find((at) => at.partition === partition)?.end ?? 0);
};

type Hooks = {
  /** Before a flush goes out. */
  readonly before?: (ref: ProjectionRef, flush: FlushRequest) => Promise<void>;
  readonly after?: (ref: ProjectionRef, flush: FlushRequest) => void;
};
const hooked =
  ({ before, after }: Hooks) =>
  ({ store }: AggregatorPorts): Partial<AggregatorPorts> => ({
    backfill: { reachRecords: REACH },
    store: {
      ...store,
      async apply(ref, flush): Promise<ApplyResult> {
        await before?.(ref, flush);
        const result = await store.apply(ref, flush);
        if (result.kind === 'applied') after?.(ref, flush);
        return result;
      },
    },
  });
/** Notes where the live lane is told to read, how often a lane of the other kind begins, and how often it ends. */
const watched = (faults: ReturnType<typeof hooked>) => {
  const seen = { seeks: [] as { partition: number; offset: number }[], begun: 0, ended: 0 };
  const wrap = (ports: AggregatorPorts): Partial<AggregatorPorts> => ({
    ...faults(ports),
    consumerOf(topic, lane) {
      const consumer = ports.consumerOf(topic, lane);
      if (lane === 'live')
        return {
          ...consumer,
          seek(at, offset) {
            seen.seeks.push({ partition: at.partition, offset });
            consumer.seek(at, offset);
          },
        };
      seen.begun++;
      return {
        ...consumer,
        async stop() {
          seen.ended++;
          await consumer.stop();
        },
      };
    },
  });
  return { seen, wrap };
};

const run = async (
  pairs: typeof ALL,
  faults: Parameters<typeof runAggregator>[2],
): Promise<RunningAggregator> => {
  const definitions = { eventTypes: [ORDERS], metrics: metricsOf(pairs) };
  const aggregator = await runAggregator(platform, definitions, faults);
  running.push(aggregator);
  return aggregator;
};
const end = async (aggregator: RunningAggregator): Promise<void> => {
  running.splice(running.indexOf(aggregator), 1);
  await aggregator.stop();
};
const publish = (aggregator: RunningAggregator, pairs: typeof ALL): void =>
  aggregator.publish({ eventTypes: [ORDERS], metrics: metricsOf(pairs) });
const cursorsOf = (pair: (typeof ALL)[number] | undefined): Promise<Record<number, number>> =>
  storedCursors(platform.redis, refOf(platform.prefix, (pair as (typeof ALL)[number]).metric));

beforeEach(async () => {
  written = 0;
  platform = await openTestPlatform({ eventTypes: [ORDERS] });
  log = await openEventLog(platform, ORDERS);
});
afterEach(async () => {
  await Promise.all(streams.splice(0).map((one) => one.stop()));
  await Promise.all(running.splice(0).map((one) => one.stop()));
  await log.close();
  await platform.close();
});

test('new metrics over a long log are filled beside the live lane, which goes on and takes them up at the head', async () => {
  await log.raw(2, Buffer.from('poison'));
  await write(LONG);
  const release = Promise.withResolvers<void>();
  const { seen, wrap } = watched(
    hooked({ before: (ref) => (isNew(ref) ? release.promise : Promise.resolve()) }),
  );
  const letters: number[] = [];
  const aggregator = await run(OLD, (ports) => ({
    ...wrap(ports),
    sinks: {
      ...ports.sinks,
      async deadLetters(list) {
        letters.push(...list.map(({ partition }) => partition));
        await ports.sinks.deadLetters(list);
      },
    },
  }));
  await untilCaughtUp(world(), OLD);
  seen.seeks.length = 0;
  const stream = traffic();
  publish(aggregator, ALL);
  await expect.poll(() => seen.begun, { timeout: 30_000 }).toBe(1);
  // Events that came after it began are counted by the old metrics before a single one is by the new.
  const begun = await ends();
  await untilPassed(OLD[0], begun);
  for (const pair of NEW) expect(Math.max(...Object.values(await cursorsOf(pair)))).toBe(0);
  release.resolve();
  await expect.poll(() => seen.ended === seen.begun, { timeout: 60_000 }).toBe(true);
  const handedOver = await ends();
  for (const pair of ALL) await untilPassed(pair, handedOver);
  await stream.stop();
  // What the live lane passed is not sent again.
  expect(letters).toEqual([2]);
  const back = seen.seeks.map(({ partition, offset }) => (begun[partition] as number) - offset);
  expect(Math.max(...back)).toBeLessThanOrEqual(REACH);
  await untilCaughtUp(world(), ALL);
  await expectRecount(world(), ALL);
});

/** Waits until the stored cursors of a metric have passed these offsets. */
async function untilPassed(
  pair: (typeof ALL)[number] | undefined,
  ends: readonly number[],
): Promise<void> {
  await expect
    .poll(
      async () => {
        const cursors = await cursorsOf(pair);
        return ends.every((offset, partition) => (cursors[partition] ?? 0) >= offset);
      },
      { timeout: 30_000, interval: 50 },
    )
    .toBe(true);
}

test('a process that dies while it fills leaves what it filled: the next goes on from there', async () => {
  await write(LONG);
  let flushes = 0;
  const dead = new Promise<never>(() => {});
  const first = await run(
    OLD,
    hooked({
      before: (ref) => (isNew(ref) && ++flushes > 6 ? dead : Promise.resolve()),
    }),
  );
  await untilCaughtUp(world(), OLD);
  publish(first, ALL);
  await expect.poll(() => flushes, { timeout: 30_000 }).toBeGreaterThan(6);
  // It is not stopped: it hangs, as a process does that was killed.
  running.splice(running.indexOf(first), 1);
  void first.stop();
  const before = await cursorsOf(NEW[0]);
  expect(Math.max(...Object.values(before))).toBeGreaterThan(0);
  const froms: number[] = [];
  await run(
    ALL,
    hooked({
      after(ref, { spans }) {
        if (ref.metric === NEW[0]?.metric.id)
          for (const { partition, from } of spans) froms.push(from - (before[partition] ?? 0));
      },
    }),
  );
  await untilCaughtUp(world(), ALL, 60_000);
  expect(Math.min(...froms)).toBe(0);
  await expectRecount(world(), ALL);
});

test('partitions that move while they are filled are filled on by who owns them then', async () => {
  await write(LONG);
  let flushes = 0;
  const release = Promise.withResolvers<void>();
  const first = await run(
    OLD,
    hooked({
      before: (ref) => (isNew(ref) && ++flushes > 6 ? release.promise : Promise.resolve()),
    }),
  );
  await untilCaughtUp(world(), OLD);
  publish(first, ALL);
  await expect.poll(() => flushes, { timeout: 30_000 }).toBeGreaterThan(6);
  const byOther = new Set<number>();
  const stream = traffic();
  const second = await run(
    ALL,
    hooked({
      after(ref, { spans }) {
        if (isNew(ref)) for (const { partition } of spans) byOther.add(partition);
      },
    }),
  );
  await expect.poll(() => byOther.size, { timeout: 30_000 }).toBe(2);
  release.resolve();
  await stream.stop();
  await untilCaughtUp(world(), ALL, 60_000);
  await end(second);
  await write(100);
  await untilCaughtUp(world(), ALL);
  await expectRecount(world(), ALL);
});

test('a new version is filled while the one before is counted on, until it has caught up', async () => {
  const pair = OLD[0] as (typeof OLD)[number];
  const before = pair.metric;
  const published = { ...before, version: 'v2' };
  const next = { ...pair, metric: published };
  await write(LONG);
  const release = Promise.withResolvers<void>();
  const aggregator = await run(
    OLD,
    hooked({
      before: ({ version }) => (version === 'v2' ? release.promise : Promise.resolve()),
    }),
  );
  await untilCaughtUp(world(), OLD);
  const metrics = [published, ...metricsOf(OLD.slice(1))];
  aggregator.apply({
    ...catalogOf({ eventTypes: [ORDERS], metrics }),
    superseded: new Map([[before.id, before]]),
  });
  await write(50);
  // The version before counts what comes while not a single event is counted by the new one.
  await untilPassed(pair, await ends());
  expect(Math.max(...Object.values(await cursorsOf(next)))).toBe(0);
  release.resolve();
  const isSuperseded = () =>
    platform.redis.hget(
      projectionKeys(platform.prefix, before.id, before.version).meta,
      'superseded',
    );
  await expect.poll(isSuperseded, { timeout: 60_000, interval: 100 }).toBe('1');
  const last = await cursorsOf(pair);
  await write(50);
  await untilPassed(next, await ends());
  await untilCaughtUp(world(), [next, ...OLD.slice(1)]);
  expect(await cursorsOf(pair)).toEqual(last);
  await expectRecount(world(), [next, ...OLD.slice(1)]);
});

test('a metric that cannot be flushed is parked: the others go on, and it comes back when it can', async () => {
  const broken = OLD[1]?.metric.id;
  const mended = Promise.withResolvers<void>();
  const { seen, wrap } = watched(
    hooked({
      // It fails in the live lane, and then does not answer in the other.
      before({ metric }) {
        if (metric !== broken) return Promise.resolve();
        return seen.begun > 0
          ? mended.promise
          : Promise.reject(new TidemarkError('redis_unavailable', 'its node is away'));
      },
    }),
  );
  const aggregator = await run(OLD, (ports) => ({
    ...wrap(ports),
    // Ten seconds of failing are half a second here.
    clock: {
      ...ports.clock,
      after: (ms, action) => ports.clock.after(ms === 10_000 ? 500 : ms, action),
    },
  }));
  const stream = traffic();
  await expect
    .poll(() => aggregator.missing().join(), { timeout: 30_000 })
    .toContain(`${broken}@v1 is parked: no flush of it was applied for 10 s`);
  await expect.poll(() => seen.begun, { timeout: 30_000 }).toBe(1);
  // From here on the live lane does not step back for it any more.
  seen.seeks.length = 0;
  await untilPassed(OLD[0], await ends());
  expect(seen.seeks).toEqual([]);
  expect(Math.max(...Object.values(await cursorsOf(OLD[1])))).toBe(0);
  mended.resolve();
  await expect.poll(() => seen.ended, { timeout: 30_000 }).toBe(1);
  await stream.stop();
  await untilCaughtUp(world(), OLD);
  await expectRecount(world(), OLD);
  await expect.poll(() => aggregator.missing()).toEqual([]);
});
