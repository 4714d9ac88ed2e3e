import type { Catalog } from '../../services/kernel/definitions.ts';
import type { MemoryProjection } from '../support/memory-projection/projection.ts';
import { catalogOf } from '../support/platform.ts';
import { createSeen } from './branches.ts';
import type { Seen } from './branches.ts';
import { createFakeBroker } from './broker.ts';
import { chance } from './chance.ts';
import { createConsumerGroup } from './consumer-group.ts';
import type { ConsumerGroup } from './consumer-group.ts';
import { createFaults } from './faults.ts';
import type { FaultKind } from './faults.ts';
import { pairsOf } from './metrics.ts';
import type { Pair } from './metrics.ts';
import { createFakeRedis } from './redis-link.ts';
import { createScheduler } from './scheduler.ts';
import { createTopic } from './topic.ts';
import type { Topic } from './topic.ts';
import { createWitness } from './witness.ts';
import type { Witness } from './witness.ts';
import { TOPIC } from './workers.ts';
import type { SimulatedWorker, WorkerWorld } from './workers.ts';
import { createWorkload, ORDERS } from './workload.ts';
import type { Workload } from './workload.ts';

export type WorldOptions = {
  readonly seed: number;
  /** Faults that are left in. */
  readonly only?: ReadonlySet<FaultKind>;
  /** Steps of the workload; a part of them for a shorter failure. */
  readonly steps?: number;
  readonly say?: (line: string) => void;
};

/** Everything that outlives a process, and the processes. */
export type World = WorkerWorld & {
  readonly seed: number;
  readonly topic: Topic;
  readonly workload: Workload;
  readonly witness: Witness;
  readonly workers: SimulatedWorker[];
  readonly pairs: readonly Pair[];
  /** Metrics that are published now. */
  readonly running: () => readonly Pair[];
  readonly catalog: () => Catalog;
  /** Each process takes the catalogue up in its own time. */
  readonly publish: (next: readonly Pair[]) => void;
  readonly stateOf: (pair: Pair) => MemoryProjection | undefined;
};

const STEPS_MIN = 10;
const STEPS_MAX = 60;

export function createWorld(options: WorldOptions): World {
  const { seed, say = () => undefined } = options;
  const draw = chance(seed, 'world');
  const scheduler = createScheduler();
  const faults = createFaults(seed, options.only);
  const seen = createSeen();
  const steps = STEPS_MIN + draw.below(STEPS_MAX - STEPS_MIN);
  const workload = createWorkload(seed, options.steps ?? steps);
  const topic = createTopic(TOPIC, workload.partitions);
  const witness = createWitness({ store: () => redis.store, group: () => group, seen });
  const redis = createFakeRedis({
    scheduler,
    faults,
    chance: chance(seed, 'redis'),
    onCommand: witness.onCommand,
  });
  const broker = createFakeBroker({
    scheduler,
    topic,
    faults,
    chance: chance(seed, 'broker'),
    seen,
    logNow: () => workload.logNow(scheduler.now()),
    onUpdate: publications(seen),
  });
  const groupOf = (label: string): ConsumerGroup =>
    createConsumerGroup({
      scheduler,
      topic,
      faults,
      chance: chance(seed, label),
      seen,
      isBrokerAway: broker.isAway,
    });
  const group = groupOf('group');
  const pairs = pairsOf(seed);
  const workers: SimulatedWorker[] = [];
  let running = pairs;
  let groups = 0;
  let generations = 0;
  const catalog = (): Catalog =>
    catalogOf({ eventTypes: [ORDERS], metrics: running.map(({ metric }) => metric) });

  return {
    seed,
    scheduler,
    faults,
    seen,
    workload,
    topic,
    witness,
    redis,
    broker,
    group,
    newGroup() {
      seen.see('a projection filled beside the live lane');
      return groupOf(`group ${groups++}`);
    },
    backfill: { sharePercent: draw.pick([5, 50, 100]), reachRecords: draw.pick([2, 6, 50_000]) },
    newGeneration: () => `g${generations++}`,
    say: (line) => say(`${scheduler.now().toFixed(1)} ${line}`),
    workers,
    pairs,
    catalog,
    running: () => running,
    publish(next) {
      running = next;
      for (const { aggregator, process } of workers)
        scheduler.after(draw.between(0, 300), () =>
          process.deliver(() => aggregator.apply(catalog())),
        );
    },
    stateOf: ({ metric }) => redis.store.projections.get(`${metric.id}@${metric.version}`),
  };
}

type OnUpdate = Parameters<typeof createFakeBroker>[0]['onUpdate'];

function publications(seen: Seen): OnUpdate {
  const published = new Set<string>();
  return (update) => {
    if (update.kind !== 'value') return;
    const { metric, grain, start, series, accumulators, state, revision } = update;
    const told = [metric, grain, start, series, accumulators.contributions, state, revision].join();
    if (published.has(told)) seen.see('a publication sent again');
    published.add(told);
  };
}
