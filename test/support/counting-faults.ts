import fc from 'fast-check';
import type { FlushRequest } from '../../services/aggregator/core/flush.ts';
import { contentOf, countingWorker, finish } from './counting.ts';
import type { CountingWorker, Pair } from './counting.ts';
import { memoryProjectionStore } from './memory-projection-store.ts';
import type { MemoryProjectionStore } from './memory-projection-store.ts';
import type { OrderTopic } from './order-topic.ts';

/** What workers do, and what happens to them and to Redis; places are shares of what there is. */
export type Happening =
  | {
      readonly kind: 'read';
      readonly worker: number;
      readonly partition: number;
      readonly records: number;
    }
  | { readonly kind: 'send'; readonly worker: number }
  /** Both at once. */
  | { readonly kind: 'flush'; readonly worker: number }
  /** The oldest flush of the worker reaches the store, and its answer the worker. */
  | { readonly kind: 'settle'; readonly worker: number }
  /** What it sent may still land: see `land`. */
  | { readonly kind: 'crash'; readonly worker: number }
  | { readonly kind: 'land'; readonly share: number }
  /** To a state of before, now and then to nothing at all. */
  | { readonly kind: 'rollback'; readonly share: number };

const workers = fc.constantFrom(0, 1);
/** Evenly: doubles would nearly all be close to 0. */
const shares = fc.nat(999).map((n) => n / 1_000);
const STEPS = {
  read: fc.record({
    kind: fc.constant('read' as const),
    worker: workers,
    partition: fc.constantFrom(0, 1),
    records: fc.integer({ min: 1, max: 5 }),
  }),
  send: fc.record({ kind: fc.constant('send' as const), worker: workers }),
  flush: fc.record({ kind: fc.constant('flush' as const), worker: workers }),
  settle: fc.record({ kind: fc.constant('settle' as const), worker: workers }),
  crash: fc.record({ kind: fc.constant('crash' as const), worker: workers }),
  land: fc.record({ kind: fc.constant('land' as const), share: shares }),
  rollback: fc.record({ kind: fc.constant('rollback' as const), share: shares }),
};

/** Sequences of reading and flushing by `count` workers, with these faults among them. */
export function happenings(
  count: 1 | 2,
  faults: readonly ('crash' | 'land' | 'rollback')[],
): fc.Arbitrary<readonly Happening[]> {
  const work = [
    { weight: 8, arbitrary: STEPS.read },
    { weight: 8, arbitrary: STEPS.flush },
    { weight: 2, arbitrary: STEPS.send },
    { weight: 2, arbitrary: STEPS.settle },
  ];
  const struck = faults.map((fault) => ({ weight: 1, arbitrary: STEPS[fault] }));
  const one: fc.Arbitrary<Happening> = fc.oneof(...work, ...struck);
  return fc
    .array(one, { minLength: 10, maxLength: 50, size: 'max' })
    .map((list) =>
      count === 2 ? list : list.map((step) => ('worker' in step ? { ...step, worker: 0 } : step)),
    );
}

export type FaultyWorld = { readonly topic: OrderTopic; readonly store: MemoryProjectionStore };

/**
 * Runs it all, then lets a fresh worker read what is left.
 * @param after called after each step
 */
export async function happen(
  topic: OrderTopic,
  { metric }: Pair,
  run: { list: readonly Happening[]; after?: (world: FaultyWorld) => void | Promise<void> },
): Promise<FaultyWorld> {
  const world = { topic, store: memoryProjectionStore() };
  const ref = { metric: metric.id, version: metric.version };
  const start = (): Process => ({
    worker: countingWorker(world, metric),
    reached: topic.map(() => 0),
    sent: [],
  });
  const processes = [start(), start()];
  const strays: FlushRequest[] = [];
  const snapshots: ReturnType<typeof world.store.snapshot>[] = [];
  /** Of the newest snapshot: cursors. States between two flushes are one. */
  let cursors = '';

  const settle = async ({ sent, worker }: Process): Promise<void> => {
    const request = sent.shift();
    if (request) await worker.settle(request);
  };
  const step = async (one: Happening): Promise<void> => {
    if (one.kind === 'rollback')
      return world.store.restore(
        (one.share > 0.1 && snapshots[Math.floor(one.share * snapshots.length)]) || new Map(),
      );
    if (one.kind === 'land') {
      const stray = strays[Math.floor(one.share * strays.length)];
      if (stray) await world.store.apply(ref, stray);
      return;
    }
    const process = processes[one.worker] as Process;
    await process.worker.open();
    switch (one.kind) {
      case 'read': {
        const to = (process.reached[one.partition] as number) + one.records;
        process.reached[one.partition] = Math.min(to, topic[one.partition]?.length ?? 0);
        return process.worker.read(one.partition, process.reached[one.partition] as number);
      }
      case 'flush':
      case 'send': {
        const request = process.worker.send();
        if (request) process.sent.push(request);
        return one.kind === 'flush' ? settle(process) : undefined;
      }
      case 'settle':
        return settle(process);
      case 'crash':
        strays.push(...process.sent);
        processes[one.worker] = start();
    }
  };

  for (const one of run.list) {
    await step(one);
    const now = contentOf(world.store, metric).cursors.join();
    if (now !== '' && now !== cursors) snapshots.push(world.store.snapshot());
    cursors = now;
    await run.after?.(world);
  }
  await finish(world, metric);
  await run.after?.(world);
  return world;
}

type Process = {
  readonly worker: CountingWorker;
  /** How far each partition was read. */
  readonly reached: number[];
  readonly sent: FlushRequest[];
};
