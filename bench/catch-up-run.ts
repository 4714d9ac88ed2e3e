import type { CatchUpRun } from './support/catch-up-figures.ts';
import type { BenchMetric } from './orders/catalog.ts';
import { compareCells } from './orders/oracle.ts';
import type { Expected } from './orders/oracle.ts';
import { cpuMeter, memoryOf, perEvent } from './support/cpu.ts';
import { startProfile } from './support/profiled.ts';
import { startWorker, unpublished, untilCounted } from './support/worker.ts';
import { serverPids, until } from './support/world.ts';
import type { World } from './support/world.ts';

/** One worker counts the whole topic into an empty Redis; every cell is compared. */
export async function runTidemark(
  world: World,
  job: {
    readonly prefix: string;
    readonly events: number;
    readonly metrics: readonly BenchMetric[];
    readonly expected: Expected;
    readonly name: string;
  },
): Promise<CatchUpRun> {
  const { events, metrics } = job;
  await world.redis.flushdb();
  const worker = startWorker(world, job);
  const watched = { ...job, workers: [worker] };
  try {
    const isThere = (count: number | undefined): boolean => count !== undefined;
    await untilCounted(world, { ...watched, what: 'cursors', everyMs: 2 }, isThere);
    const startedMs = performance.now();
    const meter = cpuMeter({ node: worker.pid, ...serverPids(world) });
    const endProfile = startProfile(world, worker, job.name);
    const isDone = (count: number | undefined): boolean => count === events;
    await untilCounted(world, { ...watched, what: 'catching up', everyMs: 50 }, isDone);
    const seconds = (performance.now() - startedMs) / 1000;
    // Telling what changed is part of the work.
    await until(
      'publication',
      { everyMs: 50, withinMs: 60_000, isHopeless: worker.hasEnded },
      async () => (await unpublished(world, job)) === 0 || undefined,
    );
    const cpu = meter();
    await endProfile(events);
    const check = await compareCells(world.redis, job);
    return {
      program: 'tidemark',
      metrics: metrics.length,
      repeats: 'once',
      events,
      eventsPerSecond: events / seconds,
      nodeMicros: perEvent(cpu.node, events),
      redisMicros: perEvent(cpu.redis, events),
      kafkaMicros: perEvent(cpu.kafka, events),
      memoryMebibytes: memoryOf(worker.pid),
      cells: check.cells,
      wrongCells: check.wrong,
      example: check.example,
    };
  } finally {
    await worker.stop();
  }
}
