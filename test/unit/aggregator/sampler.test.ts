import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createSampler } from '../../../services/aggregator/sampler.ts';
import type { Sampler, SamplerPorts } from '../../../services/aggregator/sampler.ts';
import { HOUR_MS } from '../../../services/kernel/time.ts';
import { finish } from '../../support/counting.ts';
import { memoryCellReader } from '../../support/memory-cell-reader.ts';
import { memoryProjectionStore } from '../../support/memory-projection-store.ts';
import type { MemoryProjectionStore } from '../../support/memory-projection-store.ts';
import { aMetric } from '../../support/metrics.ts';
import { offsetsOf, planOf, TOPIC, topicOf } from '../../support/order-topic.ts';
import { verifierPorts } from '../../support/verifier-ports.ts';

const EVERY_MS = 60_000;
const metric = aMetric({ grains: ['hour'], latenessMs: HOUR_MS });
const order = (id: number, gapMs: number) => ({
  kind: 'order' as const,
  gapMs,
  id,
  ageMs: 0,
  amount: 5,
  store: 'S1',
  status: 'booked',
  historical: false,
});
const topic = topicOf([
  [order(1, 0), order(2, 5 * HOUR_MS)],
  [order(3, 0), order(4, 5 * HOUR_MS)],
]);
let store: MemoryProjectionStore;
let sampler: Sampler;
let clock: ReturnType<typeof handClock>;
let told: string[];
let startedOver: string[];

/** What is to be done later, done when the test says. */
function handClock() {
  let next: { ms: number; action: () => void } | undefined;
  const slept: number[] = [];
  return {
    slept,
    waits: () => next?.ms,
    round: async () => {
      const due = next;
      next = undefined;
      due?.action();
      await vi.waitFor(() => expect(next).toBeDefined(), 30_000);
    },
    ports: {
      sleep: async (ms: number) => void slept.push(ms),
      after: (ms: number, action: () => void) => {
        next = { ms, action };
        return () => (next = undefined);
      },
    },
  };
}

const open = (over: Partial<SamplerPorts> = {}, everyMs = EVERY_MS): void => {
  sampler = createSampler(
    {
      ...verifierPorts(topic, memoryCellReader(store)),
      offsets: offsetsOf(topic),
      store,
      clock: clock.ports,
      elapsedMs: () => 0,
      topics: () => [
        {
          topic: TOPIC,
          plans: [planOf(metric)],
          startOver: (reason) => void startedOver.push(reason),
        },
      ],
      observer: {
        sampled: (_metric, { checked, differing }) => told.push(`${checked} ${differing}`),
        differs: (_metric, what) => told.push(what),
        skipped: (code) => told.push(code),
        forget: () => told.push('forgotten'),
      },
      ...over,
    },
    everyMs,
  );
};
const firstCell = () =>
  [...([...store.projections.values()][0]?.windows.values() ?? [])][0]?.cells.get(0);

beforeEach(async () => {
  store = memoryProjectionStore();
  clock = handClock();
  told = [];
  startedOver = [];
  await finish({ topic, store }, metric);
});
afterEach(() => sampler.stop());

describe('the scheduled verification', () => {
  test('holds a closed window against the log, and no open one', async () => {
    open();
    await clock.round();
    expect(told).toEqual(['1 0']);
    expect(sampler.missing()).toEqual([]);
  });

  test('tells a cell once, and names it until it is right again', async () => {
    const cell = firstCell();
    if (!cell) throw new Error('nothing was counted');
    const right = cell.accumulators;
    cell.accumulators = { ...right, sum: 7 };
    open();
    await clock.round();
    await clock.round();
    expect(told).toEqual([expect.stringContaining('"sum":"7"'), '1 1', '1 1']);
    expect(sampler.missing()).toHaveLength(1);
    cell.accumulators = right;
    await clock.round();
    expect(told.at(-1)).toBe('1 0');
    expect(sampler.missing()).toEqual([]);
  });

  test('while two versions of a metric are counted, what differs of both is told', async () => {
    const next = { ...metric, version: 'v2' };
    await finish({ topic, store }, next);
    for (const { windows } of store.projections.values())
      for (const { cells } of windows.values())
        for (const cell of cells.values()) cell.accumulators = { ...cell.accumulators, sum: 7 };
    const plans = [planOf(metric), planOf(next)];
    open({ topics: () => [{ topic: TOPIC, plans, startOver: () => {} }] });
    await clock.round();
    await clock.round();
    expect(told.filter((line) => /^\d/.test(line))).toEqual(['1 1', '1 2']);
  });

  test('a metric that is there no more is forgotten', async () => {
    let plans = [planOf(metric)];
    open({ topics: () => [{ topic: TOPIC, plans, startOver: () => {} }] });
    await clock.round();
    plans = [];
    await clock.round();
    expect(told).toEqual(['1 0', 'forgotten']);
  });

  test('rests twenty times as long as it worked', async () => {
    let nowMs = 0;
    open({ elapsedMs: () => (nowMs += 10_000) });
    expect(clock.waits()).toBe(EVERY_MS);
    await clock.round();
    expect(clock.waits()).toBe(200_000);
  });

  test('what cannot be done is told by its code, and tried again', async () => {
    const { log } = verifierPorts(topic, memoryCellReader(store));
    let isBroken = true;
    open({
      log: {
        read: async (range, onRecords) => {
          if (isBroken) throw new TypeError('not meant');
          await log.read(range, onRecords);
        },
      },
    });
    await clock.round();
    isBroken = false;
    await clock.round();
    expect(told).toEqual(['invariant_broken', '1 0']);
  });

  test('is off where it is to be done every 0 seconds', () => {
    open({}, 0);
    expect(clock.waits()).toBeUndefined();
  });
});

describe('the log is looked at too', () => {
  const spans = () => [...([...store.projections.values()][0]?.spans.values() ?? [])];

  test('another record where one was counted starts the topic over, once it was seen twice', async () => {
    for (const span of spans()) span.fingerprints = ['0|1|00', '1|2|00'];
    open();
    await clock.round();
    expect(startedOver).toEqual([expect.stringContaining(`${TOPIC}/0/0 is another record`)]);
    expect(clock.slept).toContain(3_000);
  });

  test('an answer that was right the second time starts nothing over', async () => {
    for (const span of spans()) span.fingerprints = ['0|1|00'];
    open({
      clock: {
        ...clock.ports,
        sleep: async () => {
          for (const span of spans()) span.fingerprints = [];
        },
      },
    });
    await clock.round();
    expect(startedOver).toEqual([]);
  });
});
