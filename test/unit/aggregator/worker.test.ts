import { describe, expect, test } from 'vitest';
import { TidemarkError } from '../../../services/kernel/errors.ts';
import type { SourceHandlers } from '../../../services/aggregator/ports.ts';
import { createWorker } from '../../../services/aggregator/worker.ts';
import { frameSchemaIdAt } from '../../../services/platform/avro/codec.ts';
import { createBatch } from '../../simulation/batch.ts';
import { createProcess } from '../../simulation/process.ts';
import { createScheduler } from '../../simulation/scheduler.ts';
import { createTopic } from '../../simulation/topic.ts';
import { envelopes } from '../../support/envelopes.ts';
import { memoryProjectionStore } from '../../support/memory-projection-store.ts';
import { aMetric, anEventType } from '../../support/metrics.ts';
import { anOrder } from '../../support/order-events.ts';

const TYPE = anEventType();
const T0 = Date.UTC(2026, 0, 5, 12);
const A = aMetric({ id: 'a', grains: ['hour'] });
const B = aMetric({ id: 'b', grains: ['hour'] });
const PLACE = { topic: 't', partition: 0 };
const NOTHING = (): void => undefined;

/** A worker of one partition over a log in memory, with a hand on when things happen. */
async function aWorker() {
  const scheduler = createScheduler();
  const { clock } = createProcess(scheduler, 'w');
  const topic = createTopic(PLACE.topic, 1);
  const store = memoryProjectionStore();
  const { record, reader, plan } = envelopes(TYPE);
  const given: string[] = [];
  /** What is waited for before an answer. */
  const before = { load: async (_id: string): Promise<void> => {}, reader: async () => {} };
  let handlers: SourceHandlers | undefined;
  let position = 0;
  let generations = 0;
  const worker = createWorker(
    {
      store: {
        ...store,
        async load(ref) {
          await before.load(ref.metric);
          return store.load(ref);
        },
      },
      consumer: {
        run: async (_topic, next) => {
          handlers = next;
        },
        seek: (_at, offset) => {
          position = offset;
        },
        pause: NOTHING,
        commit: NOTHING,
        stop: async () => {},
      },
      offsets: {
        bounds: async () => [{ partition: 0, ...topic.bounds(0) }],
        offsetAt: async ({ timeMs }) => topic.offsetAt(0, timeMs),
        recordAt: async ({ offset }) => topic.read(0, offset, 1)[0],
      },
      readers: {
        async readerOf() {
          await before.reader();
          return reader;
        },
      },
      schemaIdOf: frameSchemaIdAt,
      sinks: { deadLetters: async () => {}, lateEvents: async () => {} },
      observer: { visible: NOTHING, flushed: NOTHING, restarted: NOTHING, halted: NOTHING },
      clock,
      newGeneration: () => `g${generations++}`,
      onFlushed: NOTHING,
      lane: {
        reachRecords: 1_000,
        leaps: false,
        giveAway: ({ metric }) => given.push(metric.id),
        isAwaited: () => false,
        onAssigned: NOTHING,
      },
    },
    { topic: PLACE.topic, type: TYPE },
  );
  const pass = (ms: number): Promise<unknown> => scheduler.run(scheduler.now() + ms);
  const told = (): SourceHandlers => {
    if (!handlers) throw new Error('the consumer does not run');
    return handlers;
  };
  /** Hands over what a fetch from where reading stands would give. */
  const handOver = async (count: number, to = told()): Promise<boolean> => {
    const from = position;
    const records = topic.read(0, from, count);
    const nextOffset = from + records.length;
    const at = { ...PLACE, fetchedOffset: from, endOffset: topic.bounds(0).end, nextOffset };
    const isTaken = await to.onBatch(createBatch(at, records));
    if (isTaken && position === from) position = nextOffset;
    return isTaken;
  };
  /** Reads to the end, and flushes. */
  const catchUp = async (): Promise<void> => {
    for (let i = 0; i < 6; i++) {
      if (position < topic.bounds(0).end) await handOver(100);
      await pass(1_000);
    }
  };
  return {
    worker,
    topic,
    store,
    before,
    given,
    pass,
    told,
    plansOf: (...metrics: (typeof A)[]) => metrics.map(plan),
    write(count: number) {
      for (let i = 0; i < count; i++) {
        const offset = topic.bounds(0).end;
        const appendMs = T0 + offset;
        const event = anOrder(`e${offset}`, appendMs);
        const { bytes } = record({ offset, appendMs }, event);
        topic.append(0, bytes, { appendMs, content: { kind: 'unreadable' } });
      }
    },
    handOver,
    catchUp,
    next: (id: string) => store.projections.get(`${id}@v1`)?.spans.get('t/0')?.next,
    counters: (id: string) =>
      Object.fromEntries(store.projections.get(`${id}@v1`)?.counters ?? new Map<string, number>()),
  };
}

describe('a worker', () => {
  test('takes no batch while a consumer is run again: nobody has stepped back yet', async () => {
    const { worker, told, pass, write, handOver, next, counters, store, plansOf } = await aWorker();
    worker.setPlans(plansOf(A));
    await worker.start();
    write(4);
    told().onAssigned([PLACE]);
    await pass(100);
    await handOver(4);
    await pass(100);
    expect(next('a')).toBe(4);
    write(6);
    await handOver(4);
    // Somebody else counted one of these; and the consumer that dies hands over one more batch.
    const span = store.projections.get('a@v1')?.spans.get('t/0');
    if (span) span.next = 5;
    const dying = told();
    dying.onCrash(new Error('it fell silent'));
    await pass(100);
    expect(await handOver(2, dying)).toBe(false);
    // What it would have gathered goes out when it stops.
    void worker.stop();
    await pass(100);
    expect(next('a')).toBe(5);
    expect(counters('a')).toEqual({ 't/0:counted': 4 });
  });

  test('parks nothing while it owns nothing', async () => {
    const { worker, told, pass, before, given, plansOf } = await aWorker();
    worker.setPlans(plansOf(A, B));
    await worker.start();
    let failures = 1;
    before.load = async (id) => {
      if (id === 'b' && failures-- > 0) throw new TidemarkError('redis_unavailable', 'away');
    };
    told().onAssigned([]);
    await pass(30_000);
    expect(given).toEqual([]);
    expect(worker.missing()).toEqual([]);
  });

  test('loses no record where a projection is taken up while a batch comes to its end', async () => {
    for (let turns = 0; turns < 60; turns++) {
      const { worker, told, pass, write, handOver, catchUp, before, counters, store, plansOf } =
        await aWorker();
      write(4);
      const start = { generation: 'g', partitions: [{ ...PLACE, first: 0, empty: false }] };
      await store.create({ metric: 'b', version: 'v1' }, start);
      worker.setPlans(plansOf(A));
      await worker.start();
      told().onAssigned([PLACE]);
      await pass(100);
      await handOver(4);
      await pass(100);
      write(4);
      const answers = Promise.withResolvers<void>();
      before.load = () => answers.promise;
      before.reader = async () => {
        await answers.promise;
        for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      };
      worker.setPlans(plansOf(A, B));
      const taking = handOver(4);
      await pass(100);
      answers.resolve();
      await taking;
      await catchUp();
      expect([turns, counters('a')]).toEqual([turns, { 't/0:counted': 8 }]);
      expect([turns, counters('b')]).toEqual([turns, { 't/0:counted': 8 }]);
    }
  });
});
