import type { Branch } from './branches.ts';
import { alertFaults } from './alert-checks.ts';
import { startAlerting } from './alerting.ts';
import { chance } from './chance.ts';
import type { FaultKind } from './faults.ts';
import { planMischief } from './mischief.ts';
import { finalFaults, prefixFaults, unsettled } from './verdict.ts';
import { startWorker } from './workers.ts';
import { createWorld } from './world.ts';
import type { World, WorldOptions } from './world.ts';

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
const WATCH_EVERY_MS = 1_000;
/** Of the runs; the recount takes as long as all the rest. */
const WATCHED = 0.15;
const WORKERS_MAX = 3;
/** Of the runs; the others count alone. */
const ALERTED = 0.3;

/** One world from one seed: faults come with the records, then none do, and in the end all must be right. */
export async function run(options: WorldOptions): Promise<RunResult> {
  const world = createWorld(options);
  const { seed, scheduler, workload, witness, faults, seen, workers } = world;
  const draw = chance(seed, 'run');
  const broken: string[] = [];
  planCatalog(world);
  planLog(world);
  for (let i = 1 + draw.below(WORKERS_MAX); i > 0; i--)
    scheduler.after(draw.between(0, 500), () =>
      workers.push(startWorker(world, `w${i}`, world.catalog())),
    );
  const alerting = draw.is(ALERTED) ? startAlerting(world) : undefined;
  const heal = planMischief(world);
  scheduler.after(workload.healMs, heal);

  const isWatched = draw.is(WATCHED);
  const watch = (): void => {
    const missing = workers.flatMap(({ aggregator }) => aggregator.missing());
    if (missing.some((text) => text.includes('is parked'))) seen.see('a projection parked');
    if (isWatched && !faults.has('recreate') && broken.length === 0)
      broken.push(...prefixFaults(world).map((line) => `${line} (under way)`));
    if (scheduler.now() < workload.healMs) scheduler.after(WATCH_EVERY_MS, watch);
  };
  scheduler.after(WATCH_EVERY_MS, watch);

  const look = (): void => {
    const isDone = unsettled(world).length === 0 && (alerting?.isSettled() ?? true);
    if (isDone) scheduler.stop();
    else scheduler.after(LOOK_EVERY_MS, look);
  };
  scheduler.after(workload.healedMs, look);
  const isSettled = await scheduler.run(workload.healedMs + SETTLE_WITHIN_MS);
  if (!isSettled)
    broken.push(
      `nothing settles within ${SETTLE_WITHIN_MS / 1_000} s: ${[...unsettled(world), ...(alerting?.isSettled() === false ? ['alerting is not done'] : [])].join('; ')}`,
    );
  if (alerting && isSettled)
    broken.push(...alertFaults(alerting, world.broker.written.updates, seen));
  alerting?.stop();
  broken.push(...witness.broken, ...(isSettled ? finalFaults(world) : prefixFaults(world)));
  return {
    seed,
    broken,
    faults: faults.kinds,
    seen: seen.counts,
    workload: workload.size,
    steps: scheduler.steps(),
  };
}

/** A metric comes, or goes, while others go on. */
function planCatalog({ seed, scheduler, workload, pairs, publish, seen }: World): void {
  const draw = chance(seed, 'catalog');
  const [, ...others] = pairs;
  if (others.length === 0) return;
  const roll = draw.next();
  const atMs = draw.between(0, workload.endMs);
  if (roll < 0.3) {
    publish(others);
    scheduler.after(atMs, () => {
      seen.see('a metric added while others go on');
      publish(pairs);
    });
  } else if (roll < 0.4)
    scheduler.after(atMs, () => {
      seen.see('a metric removed');
      publish(others);
    });
}

function planLog({ seed, scheduler, workload, topic, faults }: World): void {
  const draw = chance(seed, 'log');
  for (const step of workload.steps)
    scheduler.after(step.atMs, () => {
      if (step.kind === 'hole') return topic.hole(step.partition);
      const backMs = faults.happens('append_step_back') ? draw.below(30_000) : 0;
      topic.append(step.partition, step.value, {
        appendMs: step.logMs - backMs,
        content: step.content,
      });
    });
}
