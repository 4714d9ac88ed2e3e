import { benchMetrics } from './orders/catalog.ts';
import { fillTopic } from './orders/fill.ts';
import { pastWorkload, VERSION } from './orders/filled.ts';
import { compareCells, expectedCells } from './orders/oracle.ts';
import { allOf, orders } from './orders/workload.ts';
import type { WorkloadOptions } from './orders/workload.ts';
import { cpuMeter, perEvent } from './support/cpu.ts';
import { startWorker, untilCounted } from './support/worker.ts';
import { makeTopic, PARTITIONS, recordsIn, serverPids, until } from './support/world.ts';
import type { World } from './support/world.ts';

/** Job A shared by several workers of one group. */
export type WorkersRun = {
  readonly workers: number;
  readonly events: number;
  readonly eventsPerSecond: number;
  /** All workers together. */
  readonly nodeMicros: number | undefined;
  readonly redisMicros: number | undefined;
  readonly cells: number;
  readonly wrongCells: number;
};

const METRICS = benchMetrics(2, VERSION);
const COUNTS = [1, 2, 4];
/** Each process compiles its own code; that is a matter of starting, not of sharing. */
const WARM_UP_EVENTS = 400_000;
/** Filling takes longer than counting. */
const RUNS_MAX = 1;
/**
 * Events come within one transaction, so that all of them become readable at the same moment. A member that joins while others read makes all begin anew; so the group is
 * whole before there is anything to read.
 */
const JOINED_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 50;

export async function benchWorkers(world: World): Promise<readonly WorkersRun[]> {
  const results: WorkersRun[] = [];
  for (const workers of COUNTS)
    for (let run = 0; run < Math.min(world.runs, RUNS_MAX); run++) {
      const one = await countTogether(world, { workers, prefix: `bench-${workers}-of-${run}.` });
      results.push(one);
      world.note(
        `${workers} workers: ${Math.round(one.eventsPerSecond)} events/s, Node ${one.nodeMicros?.toFixed(2)} + Redis ${one.redisMicros?.toFixed(2)} µs per event, ${one.wrongCells} of ${one.cells} cells wrong`,
      );
    }
  return results;
}

async function countTogether(
  world: World,
  { workers, prefix }: { readonly workers: number; readonly prefix: string },
): Promise<WorkersRun> {
  const events = world.isQuick ? 300_000 : 1_500_000;
  const warmUp = { ...pastWorkload(WARM_UP_EVENTS, Date.now()), seed: 8 };
  const workload = pastWorkload(events, Date.now());
  const topic = await makeTopic(world, prefix);
  await world.redis.flushdb();
  const job = { prefix, metrics: METRICS };
  const children = Array.from({ length: workers }, () => startWorker(world, job));
  try {
    await untilCounted(
      world,
      { ...job, what: 'cursors', everyMs: LOOK_EVERY_MS, workers: children },
      (counted) => counted !== undefined,
    );
    await untilJoined(world, { groupId: `${prefix}aggregator.${topic}`, workers });
    const fill = async (what: WorkloadOptions): Promise<number> => {
      await fillTopic(world, { topic, partitions: PARTITIONS, isAtOnce: true }, orders(what));
      return recordsIn(world, topic);
    };
    const count = async (total: number): Promise<true> =>
      untilCounted(
        world,
        { ...job, what: 'counting', everyMs: LOOK_EVERY_MS, workers: children },
        (counted) => counted === total,
      );
    await count(await fill(warmUp));
    const total = await fill(workload);
    const startedMs = performance.now();
    const pids = children.map(({ pid }, i) => [`worker-${i}`, pid] as const);
    const meter = cpuMeter({ ...Object.fromEntries(pids), ...serverPids(world) });
    await count(total);
    const seconds = (performance.now() - startedMs) / 1000;
    const cpu = meter() as Readonly<Record<string, number | undefined>>;
    const { cells, wrong } = await compareCells(world.redis, {
      ...job,
      expected: expectedCells(allOf(orders(warmUp), orders(workload)), METRICS),
    });
    return {
      workers,
      events,
      eventsPerSecond: events / seconds,
      nodeMicros: perEvent(
        pids.reduce((sum, [name]) => sum + (cpu[name] ?? Number.NaN), 0),
        events,
      ),
      redisMicros: perEvent(cpu['redis'], events),
      cells,
      wrongCells: wrong,
    };
  } finally {
    await Promise.all(children.map((child) => child.stop()));
  }
}

/** Waits until so many members share the group, and it is at rest. */
async function untilJoined(
  world: World,
  group: { readonly groupId: string; readonly workers: number },
): Promise<void> {
  const admin = world.kafka.admin();
  await admin.connect();
  try {
    await until(
      `${group.workers} workers`,
      { everyMs: LOOK_EVERY_MS, withinMs: JOINED_WITHIN_MS, isHopeless: () => false },
      async () => {
        const { groups } = await admin.describeGroups([group.groupId]);
        const isWhole = groups[0]?.state === 'Stable' && groups[0].members.length === group.workers;
        return isWhole || undefined;
      },
    );
  } finally {
    await admin.disconnect();
  }
}
