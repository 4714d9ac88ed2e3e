import { join } from 'node:path';
import { projectionKeys } from '../services/kernel/projection.ts';
import type { CatchUpRun } from './catch-up.ts';
import type { BenchMetric } from './orders/catalog.ts';
import { compareCells } from './orders/oracle.ts';
import type { Expected } from './orders/oracle.ts';
import { startChild } from './support/child.ts';
import { cpuMeter, memoryOf, perEvent } from './support/cpu.ts';
import { startProfile } from './support/profiled.ts';
import type { ServiceTask } from './support/service-child.ts';
import { environmentOf, serverPids, until } from './support/world.ts';
import type { World } from './support/world.ts';

export const PREFIX = 'bench-catch-up.';
export const VERSION = 'v1';

/** One worker counts the whole topic into an empty Redis; every cell is compared. */
export async function runTidemark(
  world: World,
  job: {
    readonly events: number;
    readonly metrics: readonly BenchMetric[];
    readonly expected: Expected;
    readonly name: string;
  },
): Promise<CatchUpRun> {
  const { events, metrics, expected } = job;
  await world.redis.flushdb();
  const task: ServiceTask = {
    env: environmentOf(world.servers, PREFIX),
    services: ['aggregator'],
    catalog: { kind: 'orders', metrics: metrics.length, version: VERSION },
  };
  const child = startChild({
    file: 'support/service-child.ts',
    task,
    logPath: join(world.outputDir, 'catch-up.log'),
  });
  const wait = (what: string, everyMs: number, isReached: (count?: number) => boolean) =>
    until(what, { everyMs, withinMs: 600_000, isHopeless: child.hasEnded }, async () =>
      isReached(await counted(world, metrics)) ? true : undefined,
    );
  try {
    await wait('cursors', 2, (count) => count !== undefined);
    const startedMs = performance.now();
    const meter = cpuMeter({ node: child.pid, ...serverPids(world) });
    const endProfile = startProfile(world, child, job.name);
    await wait('catching up', 50, (count) => count === events);
    const seconds = (performance.now() - startedMs) / 1000;
    const cpu = meter();
    await endProfile(events);
    const check = await compareCells(world.redis, { prefix: PREFIX, metrics, expected });
    return {
      program: 'tidemark',
      metrics: metrics.length,
      repeats: 'once',
      events,
      eventsPerSecond: events / seconds,
      nodeMicros: perEvent(cpu.node, events),
      redisMicros: perEvent(cpu.redis, events),
      kafkaMicros: perEvent(cpu.kafka, events),
      memoryMebibytes: memoryOf(child.pid),
      cells: check.cells,
      wrongCells: check.wrong,
      example: check.example,
    };
  } finally {
    await child.stop();
  }
}

/** Records that the slowest of the projections has behind it. @returns undefined before all have cursors */
async function counted(world: World, metrics: readonly BenchMetric[]): Promise<number | undefined> {
  const sums = await Promise.all(
    metrics.map(async ({ definition }) => {
      const { meta } = projectionKeys(PREFIX, definition.id, definition.version);
      const fields = await world.redis.hgetall(meta);
      const nexts = Object.entries(fields).filter(([name]) => name.startsWith('c:'));
      return nexts.length === 0
        ? NaN
        : nexts.reduce(
            (sum, [name, next]) => sum + Number(next) - Number(fields[`s:${name.slice(2)}`]),
            0,
          );
    }),
  );
  const least = Math.min(...sums);
  return Number.isNaN(least) ? undefined : least;
}
