import { catalogOf } from '../support/platform.ts';
import type { MemoryProjection } from '../support/memory-projection-store.ts';
import { createSeen } from './branches.ts';
import type { Branch } from './branches.ts';
import { createFakeBroker } from './broker.ts';
import { chance } from './chance.ts';
import { compareKept, compareProjection, keptBy, recountOf } from './checks.ts';
import { createConsumerGroup } from './consumer-group.ts';
import type { ConsumerGroup } from './consumer-group.ts';
import { createFaults } from './faults.ts';
import type { FaultKind } from './faults.ts';
import { pairsOf } from './metrics.ts';
import type { Pair } from './metrics.ts';
import { planMischief } from './mischief.ts';
import { createFakeRedis } from './redis-link.ts';
import { createScheduler } from './scheduler.ts';
import { createTopic } from './topic.ts';
import { createWitness } from './witness.ts';
import { startWorker, TOPIC } from './workers.ts';
import type { SimulatedWorker } from './workers.ts';
import { createWorkload, ORDERS } from './workload.ts';

export type RunOptions = {
  readonly seed: number;
  /** Faults that are left in. */
  readonly only?: ReadonlySet<FaultKind>;
  /** Steps of the workload; a part of them for a shorter failure. */
  readonly steps?: number;
  readonly say?: (line: string) => void;
};
export type RunResult = {
  readonly seed: number;
  /** What does not hold, one sentence each. */
  readonly broken: readonly string[];
  readonly faults: readonly FaultKind[];
  readonly seen: ReadonlyMap<Branch, number>;
  /** Steps of the workload, and of the scheduler. */
  readonly workload: number;
  readonly steps: number;
};

/** Simulated time in which everything must be right once nothing goes wrong any more. */
const SETTLE_WITHIN_MS = 180_000;
const LOOK_EVERY_MS = 100;

/** One world from one seed: faults come with the records, then none do, and in the end all must be right. */
export async function run(options: RunOptions): Promise<RunResult> {
  const { seed, say = () => undefined } = options;
  const draw = chance(seed, 'world');
  const scheduler = createScheduler();
  const faults = createFaults(seed, options.only);
  const seen = createSeen();
  const size = options.steps ?? 10 + draw.below(50);
  const workload = createWorkload(seed, size);
  const topic = createTopic(TOPIC, workload.partitions);
  const logNow = (): number => workload.logNow(scheduler.now());
  const witness = createWitness({ store: () => redis.store, group: () => group, seen });
  const redis = createFakeRedis({
    scheduler,
    faults,
    chance: chance(seed, 'redis'),
    onCommand: witness.onCommand,
  });
  const published = new Set<string>();
  const broker = createFakeBroker({
    scheduler,
    topic,
    faults,
    chance: chance(seed, 'broker'),
    logNow,
    onUpdate(_partition, update) {
      if (update.kind !== 'value') return;
      const { metric, grain, start, series, accumulators, state, revision } = update;
      const told = [
        metric,
        grain,
        start,
        series,
        accumulators.contributions,
        state,
        revision,
      ].join();
      if (published.has(told)) seen.see('a publication sent again');
      published.add(told);
    },
  });
  const newGroup = (label: string): ConsumerGroup =>
    createConsumerGroup({
      scheduler,
      topic,
      faults,
      chance: chance(seed, label),
      seen,
      isBrokerAway: broker.isAway,
    });
  const group: ConsumerGroup = newGroup('group');
  const pairs = pairsOf(seed);
  let running = pairs;
  const catalog = () =>
    catalogOf({ eventTypes: [ORDERS], metrics: running.map(({ metric }) => metric) });
  const workers: SimulatedWorker[] = [];
  let generations = 0;
  let groups = 0;
  const newGeneration = (): string => `g${generations++}`;
  const world = {
    scheduler,
    faults,
    seen,
    redis,
    broker,
    group,
    newGroup() {
      seen.see('a projection filled beside the live lane');
      return newGroup(`group ${groups++}`);
    },
    backfill: { sharePercent: draw.pick([5, 50, 100]), reachRecords: draw.pick([2, 6, 50_000]) },
    say,
    topic,
    workload,
    workers,
    catalog,
    newGeneration,
  };

  // ---- a catalogue that changes under way
  const publish = (next: readonly Pair[]): void => {
    running = next;
    for (const { aggregator, process } of workers)
      scheduler.after(draw.between(0, 300), () =>
        process.deliver(() => aggregator.apply(catalog())),
      );
  };
  if (pairs.length > 1 && draw.is(0.3)) {
    running = pairs.slice(1);
    scheduler.after(draw.between(0, workload.endMs), () => {
      seen.see('a metric added while others go on');
      publish(pairs);
    });
  } else if (pairs.length > 1 && draw.is(0.15))
    scheduler.after(draw.between(0, workload.endMs), () => {
      seen.see('a metric removed');
      publish(pairs.slice(1));
    });

  // ---- the log grows
  for (const step of workload.steps)
    scheduler.after(step.atMs, () => {
      if (step.kind === 'hole') return topic.hole(step.partition);
      const back = faults.happens('append_step_back') ? draw.below(30_000) : 0;
      topic.append(step.partition, step.value, {
        appendMs: step.logMs - back,
        content: step.content,
      });
    });
  for (let i = 1 + draw.below(3); i > 0; i--)
    scheduler.after(draw.between(0, 500), () =>
      workers.push(startWorker(world, `w${i}`, catalog())),
    );

  const watch = (): void => {
    if (
      workers.some(({ aggregator }) =>
        aggregator.missing().some((one) => one.includes('is parked')),
      )
    )
      seen.see('a projection parked');
    if (scheduler.now() < workload.healMs) scheduler.after(1_000, watch);
  };
  scheduler.after(1_000, watch);

  // ---- faults, then none
  const heal = planMischief(world);
  scheduler.after(workload.healMs, heal);

  const stateOf = ({ metric }: Pair): MemoryProjection | undefined =>
    redis.store.projections.get(`${metric.id}@${metric.version}`);
  /** A metric whose sum leaves 64 bits stands still, and says so. */
  const isHalted = ({ metric }: Pair): boolean =>
    workers.some(({ aggregator }) =>
      aggregator
        .missing()
        .some((text) => text.startsWith(`${metric.id}@`) && text.includes('64 bits')),
    );
  const unsettled = (): readonly string[] => [
    ...running.flatMap((pair) => {
      if (isHalted(pair)) return [];
      const { id } = pair.metric;
      const projection = stateOf(pair);
      if (!projection) return [`${id} is not there`];
      const spans = [...projection.spans.values()];
      const watermark = Math.min(...spans.map(({ watermarkMs }) => watermarkMs));
      return [
        ...spans
          .filter(({ partition, next }) => next !== topic.bounds(partition).end)
          .map(
            ({ partition, next }) =>
              `${id} stands at ${partition}@${next} of ${topic.bounds(partition).end}`,
          ),
        ...(projection.dirty.size > 0 ? [`${id} has ${projection.dirty.size} marks`] : []),
        ...([...projection.windows.values()].some(({ due }) => due <= watermark)
          ? [`${id} has windows that are due`]
          : []),
      ];
    }),
    ...workers.flatMap(({ aggregator, process }) =>
      aggregator
        .missing()
        .filter((text) => !text.includes('64 bits'))
        .map((text) => `${process.name} misses: ${text}`),
    ),
  ];
  const look = (): void => {
    if (scheduler.now() > workload.healedMs && workers.length > 0 && unsettled().length === 0)
      scheduler.stop();
    else scheduler.after(LOOK_EVERY_MS, look);
  };
  scheduler.after(workload.healedMs, look);

  const isSettled = await scheduler.run(workload.healedMs + SETTLE_WITHIN_MS);
  const broken = [...witness.broken];
  if (!isSettled)
    broken.push(`nothing settles within ${SETTLE_WITHIN_MS / 1_000} s: ${unsettled().join('; ')}`);
  const kept = keptBy(broker.written.updates);
  for (const pair of running) {
    const projection = stateOf(pair);
    if (!projection) continue;
    const key = `${pair.metric.id}@${pair.metric.version}`;
    if (witness.holes.has(key)) continue;
    broken.push(...compareProjection(topic.history(), projection, pair));
    // What was told of another log of the same name nobody takes back; and who stands still after a loss, tells less.
    if (isSettled && !faults.has('recreate') && !isHalted(pair))
      broken.push(...compareKept(kept, projection, pair));
    for (const { cells } of projection.windows.values())
      for (const { revision, restatements } of cells.values()) {
        if (revision > 0) seen.see('a window revised');
        if (restatements > 0) seen.see('a historical event in a final window');
      }
    const { outcomes } = recountOf(topic.history(), projection, pair);
    if (outcomes['late']) seen.see('a late event');
    if (outcomes['conflict']) seen.see('a conflict');
  }
  for (const code of broker.written.deadLetters.values()) {
    if (code === 'event_time_in_future') seen.see('an event of the future');
    if (code.startsWith('schema')) seen.see('an unreadable record');
  }

  return {
    seed,
    broken,
    faults: faults.kinds,
    seen: seen.counts,
    workload: size,
    steps: scheduler.steps(),
  };
}
