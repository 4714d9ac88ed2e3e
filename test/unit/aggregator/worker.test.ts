import { describe, expect, test } from 'vitest';
import { generationId } from '../../../services/kernel/projection.ts';
import { TidemarkError } from '../../../services/kernel/errors.ts';
import type { SourceHandlers } from '../../../services/aggregator/ports.ts';
import { createWorker } from '../../../services/aggregator/worker.ts';
import { frameSchemaIdAt } from '../../../services/platform/avro/codec.ts';
import { createBatch } from '../../simulation/batch.ts';
import { createProcess } from '../../simulation/process.ts';
import { createScheduler } from '../../simulation/scheduler.ts';
import { stretchesOf } from '../../simulation/stretches.ts';
import { createTopic } from '../../simulation/topic.ts';
import type { Topic } from '../../simulation/topic.ts';
import { envelopes } from '../../support/envelopes.ts';
import { memoryProjectionStore } from '../../support/memory-projection-store.ts';
import type { MemoryProjectionStore } from '../../support/memory-projection-store.ts';
import { aMetric, anEventType } from '../../support/metrics.ts';
import { anOrder } from '../../support/order-events.ts';

const TYPE = anEventType();
const T0 = Date.UTC(2026, 0, 5, 12);
const A = aMetric({ id: 'a', grains: ['hour'] });
const B = aMetric({ id: 'b', grains: ['hour'] });
const PLACE = { topic: 't', partition: 0 };
const NOTHING = (): void => undefined;

/**
 * A worker of one partition over a log in memory, with a hand on when things happen.
 * @param options.after one that was killed: its log and its projections are there
 */
async function aWorker(
  options: {
    readonly readsAhead?: boolean;
    readonly after?: { readonly topic: Topic; readonly store: MemoryProjectionStore };
  } = {},
) {
  const scheduler = createScheduler();
  const { clock } = createProcess(scheduler, 'w');
  const topic = options.after?.topic ?? createTopic(PLACE.topic, 1);
  const store = options.after?.store ?? memoryProjectionStore();
  const { record, reader, plan } = envelopes(TYPE);
  const given: string[] = [];
  /** What is waited for before an answer. */
  const before = {
    load: async (_id: string): Promise<void> => {},
    reader: async () => {},
    fetch: async () => {},
  };
  let handlers: SourceHandlers | undefined;
  let position = 0;
  const seeks: number[] = [];
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
          seeks.push(offset);
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
      log: stretchesOf(topic, async (perform) => {
        await before.fetch();
        return perform();
      }),
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
        readsAhead: options.readsAhead ?? false,
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
    /** The event of an offset comes once more. */
    repeat(offset: number) {
      const at = { offset: topic.bounds(0).end, appendMs: T0 + topic.bounds(0).end };
      const { bytes } = record(at, anOrder(`e${offset}`, T0 + offset));
      topic.append(0, bytes, { appendMs: at.appendMs, content: { kind: 'unreadable' } });
    },
    seeks,
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
      const start = {
        generation: generationId('g'),
        partitions: [{ ...PLACE, first: 0, empty: false }],
      };
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

  describe('that comes in place of one that was killed', () => {
    const aSuccessor = async () => {
      const killed = await aWorker();
      killed.worker.setPlans(killed.plansOf(A));
      await killed.worker.start();
      killed.write(20);
      killed.told().onAssigned([PLACE]);
      await killed.pass(100);
      await killed.catchUp();
      expect(killed.next('a')).toBe(20);
      const successor = await aWorker({ readsAhead: true, after: killed });
      successor.write(2);
      successor.repeat(3);
      successor.worker.setPlans(successor.plansOf(A));
      return successor;
    };
    const RIGHT = { 't/0:counted': 22, 't/0:duplicate': 1 };

    test('knows the identities before its cursors by the time that partitions are assigned', async () => {
      const { worker, told, pass, seeks, catchUp, counters } = await aSuccessor();
      await worker.start();
      await pass(100);
      told().onAssigned([PLACE]);
      await pass(100);
      expect(seeks).toEqual([20]);
      await catchUp();
      expect(counters('a')).toEqual(RIGHT);
    });

    test('reads on when they are assigned, and only then goes on by the consumer', async () => {
      const { worker, told, pass, before, seeks, handOver, catchUp, counters } = await aSuccessor();
      const comes = Promise.withResolvers<void>();
      let fetches = 0;
      before.fetch = async () => (++fetches > 1 ? comes.promise : undefined);
      await worker.start();
      await pass(100);
      told().onAssigned([PLACE]);
      await pass(100);
      expect(await handOver(4)).toBe(false);
      expect(seeks).toEqual([]);
      comes.resolve();
      await pass(100);
      expect(seeks).toEqual([20]);
      await catchUp();
      expect(counters('a')).toEqual(RIGHT);
    });

    test('is not taken for silent while it reads on, only when the consumer should give something', async () => {
      const { worker, topic, told, pass, before } = await aSuccessor();
      const comes = Promise.withResolvers<void>();
      let fetches = 0;
      before.fetch = async () => (++fetches > 1 ? comes.promise : undefined);
      await worker.start();
      await pass(100);
      const first = told();
      first.onAssigned([PLACE]);
      await pass(100);
      const isStartedAgain = async (atMinute: number): Promise<boolean> => {
        worker.supervise([{ partition: 0, ...topic.bounds(0) }], atMinute * 60_000);
        await pass(1_000);
        return told() !== first;
      };
      expect(await isStartedAgain(0)).toBe(false);
      expect(await isStartedAgain(1)).toBe(false);
      comes.resolve();
      await pass(100);
      expect(await isStartedAgain(2)).toBe(false);
      expect(await isStartedAgain(3)).toBe(true);
    });

    test('goes on by the consumer where reading broke off', async () => {
      const { worker, told, pass, before, seeks, catchUp, counters } = await aSuccessor();
      const comes = Promise.withResolvers<void>();
      let fetches = 0;
      before.fetch = async () => (++fetches > 1 ? comes.promise : undefined);
      await worker.start();
      await pass(100);
      told().onAssigned([PLACE]);
      await pass(100);
      comes.reject(new TidemarkError('broker_unavailable', 'away'));
      await pass(100);
      expect(seeks).toEqual([8]);
      await catchUp();
      expect(counters('a')).toEqual(RIGHT);
    });

    test('takes over at once what it reads when partitions are assigned again', async () => {
      const { worker, told, pass, before, seeks, catchUp, counters } = await aSuccessor();
      let fetches = 0;
      before.fetch = async () => (++fetches > 1 ? new Promise<void>(NOTHING) : undefined);
      await worker.start();
      await pass(100);
      told().onAssigned([PLACE]);
      told().onAssigned([PLACE]);
      await pass(100);
      expect(seeks).toEqual([8]);
      await catchUp();
      expect(counters('a')).toEqual(RIGHT);
    });

    test('forgets what it read where it is not given the partition', async () => {
      const { worker, told, pass, seeks, catchUp, counters } = await aSuccessor();
      await worker.start();
      await pass(100);
      told().onAssigned([]);
      told().onAssigned([PLACE]);
      await pass(100);
      expect(seeks).toEqual([0]);
      await catchUp();
      expect(counters('a')).toEqual(RIGHT);
    });

    test('judges anew where the projection was begun anew meanwhile: the log may be another one', async () => {
      const { worker, told, pass, store, seeks, catchUp, counters } = await aSuccessor();
      await worker.start();
      await pass(100);
      await store.retire({ metric: 'a', version: 'v1' }, generationId('g0'));
      const start = {
        generation: generationId('g'),
        partitions: [{ ...PLACE, first: 0, empty: false }],
      };
      await store.create({ metric: 'a', version: 'v1' }, start);
      const span = store.projections.get('a@v1')?.spans.get('t/0');
      if (span) span.next = 20;
      told().onAssigned([PLACE]);
      await pass(100);
      expect(seeks).toEqual([0]);
      await catchUp();
      expect(counters('a')).toEqual({ 't/0:counted': 2, 't/0:duplicate': 1 });
    });

    test('reads when it must what could not be read before', async () => {
      const { worker, told, pass, before, seeks, catchUp, counters } = await aSuccessor();
      before.fetch = async () => {
        throw new TidemarkError('broker_unavailable', 'away');
      };
      await worker.start();
      await pass(100);
      told().onAssigned([PLACE]);
      await pass(100);
      expect(seeks).toEqual([0]);
      await catchUp();
      expect(counters('a')).toEqual(RIGHT);
    });
  });
});
