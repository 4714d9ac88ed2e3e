import { join } from 'node:path';
import { projectionKeys } from '../services/kernel/projection.ts';
import type { BenchMetric } from './orders/catalog.ts';
import { benchMetrics } from './orders/catalog.ts';
import { fillTopic } from './orders/fill.ts';
import { cellsOfMetrics, compareCells, expectedCells } from './orders/oracle.ts';
import { orders, ORDERS_PER_SECOND } from './orders/workload.ts';
import type { WorkloadOptions } from './orders/workload.ts';
import { runRival } from './rival-run.ts';
import { startChild } from './support/child.ts';
import { cpuMeter, memoryOf, perEvent } from './support/cpu.ts';
import { startProfile } from './support/profiled.ts';
import type { ServiceTask } from './support/service-child.ts';
import { environmentOf, makeTopic, PARTITIONS, serverPids, until } from './support/world.ts';
import type { World } from './support/world.ts';

/**
 * One run of one program over the whole topic. CPU in microseconds per event, from when the program is about to read its
 * first record: starting and joining are left out, compiling hot code is in.
 */
export type CatchUpRun = {
  readonly program: 'tidemark' | 'rival';
  readonly metrics: number;
  readonly events: number;
  readonly eventsPerSecond: number;
  readonly nodeMicros: number | undefined;
  readonly redisMicros: number | undefined;
  readonly kafkaMicros: number | undefined;
  /** Largest resident memory of the process, MiB. */
  readonly memoryMebibytes: number | undefined;
  readonly cells: number;
  readonly wrongCells: number;
  readonly example: string | undefined;
};

const PREFIX = 'bench-catch-up.';
const VERSION = 'v1';
const JOBS = { A: 2, B: 10 };
const MINUTE_MS = 60_000;

/** Fills a topic once, then lets each program count it from the start, checked cell by cell against the oracle. */
export async function benchCatchUp(world: World): Promise<readonly CatchUpRun[]> {
  const workload = catchUpWorkload(world.isQuick ? 1_000_000 : 5_000_000, Date.now());
  const topic = await makeTopic(world, PREFIX);
  const bytes = await fillTopic(world, { topic, partitions: PARTITIONS }, orders(workload));
  world.note(
    `catch-up: ${workload.events} events of ${Math.round(bytes)} B in ${PARTITIONS} partitions`,
  );
  const results: CatchUpRun[] = [];
  const all = expectedCells(orders(workload), benchMetrics(JOBS.B, VERSION));
  for (const [job, count] of Object.entries(JOBS)) {
    const metrics = benchMetrics(count, VERSION);
    const expected = cellsOfMetrics(all, metrics);
    for (let run = 0; run < world.runs; run++) {
      await world.redis.flushdb();
      const figures = await catchUp(world, { topic, metrics, name: `catch-up-${job}-${run}` });
      const check = await compareCells(world.redis, { prefix: PREFIX, metrics, expected });
      results.push({
        program: 'tidemark',
        metrics: count,
        ...figures,
        cells: check.cells,
        wrongCells: check.wrong,
        example: check.example,
      });
      world.note(line(results.at(-1) as CatchUpRun));
    }
  }
  if (world.isProfiled) return results;
  await world.redis.flushdb();
  results.push(await runRival(world, { topic, workload }));
  world.note(line(results.at(-1) as CatchUpRun));
  return results;
}

/** Event times end now and begin with a minute, so that each run has the same cells. */
export function catchUpWorkload(events: number, nowMs: number): WorkloadOptions {
  const stepMs = 1000 / ORDERS_PER_SECOND;
  const fromMs = Math.floor((nowMs - events * stepMs) / MINUTE_MS) * MINUTE_MS;
  return { seed: 7, events, fromMs, stepMs };
}

type Figures = Omit<CatchUpRun, 'program' | 'metrics' | 'cells' | 'wrongCells' | 'example'>;

async function catchUp(
  world: World,
  job: {
    readonly topic: string;
    readonly metrics: readonly BenchMetric[];
    readonly name: string;
  },
): Promise<Figures> {
  const task: ServiceTask = {
    env: environmentOf(world.servers, PREFIX),
    services: ['aggregator'],
    catalog: { kind: 'orders', metrics: job.metrics.length, version: VERSION },
  };
  const total = await eventsIn(world, job.topic);
  const child = startChild({
    file: 'support/service-child.ts',
    task,
    logPath: join(world.outputDir, 'catch-up.log'),
  });
  try {
    await until('cursors', { everyMs: 2, withinMs: 60_000, isHopeless: child.hasEnded }, async () =>
      (await counted(world, job.metrics)) === undefined ? undefined : true,
    );
    const startedMs = performance.now();
    const meter = cpuMeter({ node: child.pid, ...serverPids(world) });
    const endProfile = startProfile(world, child, job.name);
    await until(
      'catching up',
      { everyMs: 50, withinMs: 600_000, isHopeless: child.hasEnded },
      async () => ((await counted(world, job.metrics)) === total ? true : undefined),
    );
    const seconds = (performance.now() - startedMs) / 1000;
    const cpu = meter();
    await endProfile(total);
    return {
      events: total,
      eventsPerSecond: total / seconds,
      nodeMicros: perEvent(cpu.node, total),
      redisMicros: perEvent(cpu.redis, total),
      kafkaMicros: perEvent(cpu.kafka, total),
      memoryMebibytes: memoryOf(child.pid),
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

async function eventsIn(world: World, topic: string): Promise<number> {
  const admin = world.kafka.admin();
  await admin.connect();
  try {
    const offsets = await admin.fetchTopicOffsets(topic);
    return offsets.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
  } finally {
    await admin.disconnect();
  }
}

const fixed = (value: number | undefined): string => (value === undefined ? '–' : value.toFixed(2));

const line = (run: CatchUpRun): string =>
  `catch-up ${run.program}, ${run.metrics} metrics: ${Math.round(run.eventsPerSecond)} events/s, ` +
  `${fixed((run.nodeMicros ?? NaN) + (run.redisMicros ?? NaN))} µs per event: Node ${fixed(run.nodeMicros)} + Redis ${fixed(run.redisMicros)} (Kafka ${fixed(run.kafkaMicros)}), ${fixed(run.memoryMebibytes)} MiB, ` +
  `${run.wrongCells} of ${run.cells} cells wrong${run.example ? ` (${run.example})` : ''}`;
