import { join } from 'node:path';
import { projectionKeys } from '../services/kernel/projection.ts';
import type { BenchMetric } from './orders/catalog.ts';
import { benchMetrics } from './orders/catalog.ts';
import { fillTopic } from './orders/fill.ts';
import { compareCells, expectedCells } from './orders/oracle.ts';
import { orders } from './orders/workload.ts';
import type { WorkloadOptions } from './orders/workload.ts';
import { runRival } from './rival-run.ts';
import { startChild } from './support/child.ts';
import { cpuMeter, memoryOf, perEvent } from './support/cpu.ts';
import type { ServiceTask } from './support/service-child.ts';
import { environmentOf, makeTopic, PARTITIONS, serverPids, until } from './support/world.ts';
import type { World } from './support/world.ts';

/** One run of one program over the whole topic. CPU in microseconds per event after the first flush. */
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
const JOBS = [2, 10];
const STEP_MS = 2;

/** Fills a topic once, then lets each program count it from the start, checked cell by cell against the oracle. */
export async function benchCatchUp(world: World): Promise<readonly CatchUpRun[]> {
  const events = world.isQuick ? 200_000 : 1_000_000;
  const workload: WorkloadOptions = {
    seed: 7,
    events,
    fromMs: Date.now() - events * STEP_MS,
    stepMs: STEP_MS,
  };
  const topic = await makeTopic(world, PREFIX);
  const bytes = await fillTopic(world, { topic, partitions: PARTITIONS }, orders(workload));
  world.note(`catch-up: ${events} events of ${Math.round(bytes)} B in ${PARTITIONS} partitions`);
  const results: CatchUpRun[] = [];
  for (const count of JOBS) {
    const metrics = benchMetrics(count, VERSION);
    const expected = expectedCells(orders(workload), metrics);
    for (let run = 0; run < world.runs; run++) {
      await world.redis.flushdb();
      const figures = await catchUp(world, { topic, metrics });
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
  await world.redis.flushdb();
  results.push(await runRival(world, { topic, workload }));
  world.note(line(results.at(-1) as CatchUpRun));
  return results;
}

type Figures = Omit<CatchUpRun, 'program' | 'metrics' | 'cells' | 'wrongCells' | 'example'>;

async function catchUp(
  world: World,
  job: { readonly topic: string; readonly metrics: readonly BenchMetric[] },
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
    nodeArguments: world.nodeArguments,
  });
  try {
    const first = await until(
      'the first flush',
      { everyMs: 5, withinMs: 60_000, isHopeless: child.hasEnded },
      async () => {
        const done = await counted(world, job.metrics.slice(0, 1));
        return done > 0 ? done : undefined;
      },
    );
    const startedMs = performance.now();
    const meter = cpuMeter({ node: child.pid, ...serverPids(world) });
    await until(
      'catching up',
      { everyMs: 20, withinMs: 600_000, isHopeless: child.hasEnded },
      async () => ((await counted(world, job.metrics)) >= total ? true : undefined),
    );
    const seconds = (performance.now() - startedMs) / 1000;
    const cpu = meter();
    const events = total - first;
    return {
      events,
      eventsPerSecond: events / seconds,
      nodeMicros: perEvent(cpu.node, events),
      redisMicros: perEvent(cpu.redis, events),
      kafkaMicros: perEvent(cpu.kafka, events),
      memoryMebibytes: memoryOf(child.pid),
    };
  } finally {
    await child.stop();
  }
}

/** Records that the slowest of the projections has behind it. */
async function counted(world: World, metrics: readonly BenchMetric[]): Promise<number> {
  const sums = await Promise.all(
    metrics.map(async ({ definition }) => {
      const { meta } = projectionKeys(PREFIX, definition.id, definition.version);
      const fields = await world.redis.hgetall(meta);
      return Object.entries(fields)
        .filter(([name]) => name.startsWith('c:'))
        .reduce(
          (sum, [name, next]) => sum + Number(next) - Number(fields[`s:${name.slice(2)}`]),
          0,
        );
    }),
  );
  return Math.min(...sums);
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
  `Node ${fixed(run.nodeMicros)} + Redis ${fixed(run.redisMicros)} + Kafka ${fixed(run.kafkaMicros)} µs per event, ` +
  `${run.wrongCells} of ${run.cells} cells wrong${run.example ? ` (${run.example})` : ''}`;
