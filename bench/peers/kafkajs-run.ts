import { join } from 'node:path';
import type { CatchUpRun } from './catch-up.ts';
import { benchMetrics } from './orders/catalog.ts';
import { difference, expectedCells } from './orders/oracle.ts';
import { orders } from './orders/workload.ts';
import type { Order, WorkloadOptions } from './orders/workload.ts';
import { rivalKey } from './rival.ts';
import type { RivalTask } from './rival.ts';
import { startChild } from './support/child.ts';
import { cpuMeter, memoryOf, perEvent } from './support/cpu.ts';
import { serverPids } from './support/world.ts';
import type { World } from './support/world.ts';

const PREFIX = 'rival.';
const MINUTE_MS = 60_000;

/** Lets the naive consumer count the topic and checks it by the same oracle, which counts an event once. */
export async function runRival(
  world: World,
  job: { readonly topic: string; readonly workload: WorkloadOptions },
): Promise<CatchUpRun> {
  const { events } = job.workload;
  const task: RivalTask = {
    brokers: world.servers.brokers,
    registryUrl: world.servers.registryUrl,
    redisUrl: world.servers.redisUrl,
    topic: job.topic,
    groupId: `rival-${Date.now()}`,
    prefix: PREFIX,
  };
  const child = startChild({
    file: 'rival.ts',
    task,
    logPath: join(world.outputDir, 'rival.log'),
  });
  try {
    await child.next('first');
    const startedMs = performance.now();
    const meter = cpuMeter({ node: child.pid, ...serverPids(world) });
    let counted = 0;
    while (counted < events)
      ({ counted } = await child.next<{ kind: 'progress'; counted: number }>('progress'));
    const seconds = (performance.now() - startedMs) / 1000;
    const cpu = meter();
    const memoryMebibytes = memoryOf(child.pid);
    const check = await compare(world, orders(job.workload), 'once');
    // It must at least do right what it sets out to do, else its speed says nothing.
    const own = await compare(world, orders(job.workload), 'each time');
    if (own.wrong > 0) throw new Error(`the rival is broken: ${own.example}`);
    return {
      program: 'rival',
      metrics: 2,
      events,
      eventsPerSecond: events / seconds,
      nodeMicros: perEvent(cpu.node, events),
      redisMicros: perEvent(cpu.redis, events),
      kafkaMicros: perEvent(cpu.kafka, events),
      memoryMebibytes,
      cells: check.cells,
      wrongCells: check.wrong,
      example: check.example,
    };
  } finally {
    await child.stop();
  }
}

/** It keeps sums alone, so contributions are left out of the comparison. */
async function compare(
  world: World,
  workload: Iterable<Order>,
  repeats: 'once' | 'each time',
): Promise<ReturnType<typeof difference>> {
  const metrics = benchMetrics(2, 'v1');
  const expected = new Map(
    [...expectedCells(workload, metrics, { repeats })]
      .filter(([key]) => key.split('|')[1] === 'minute')
      .map(([key, cell]) => {
        const isCount = key.startsWith('m02|');
        return [key, { contributions: 0, value: isCount ? cell.contributions : cell.value }];
      }),
  );
  const stored = new Map<string, { contributions: number; value: number }>();
  const minutes = new Set([...expected.keys()].map((key) => Number(key.split('|')[2])));
  for (const minute of [...minutes, Math.min(...minutes) - MINUTE_MS]) {
    for (const metric of ['m01', 'm02']) {
      const fields = await world.redis.hgetall(rivalKey(PREFIX, metric, minute));
      for (const [members, value] of Object.entries(fields))
        stored.set(`${metric}|minute|${minute}|${members.replaceAll('|', '\u0000')}`, {
          contributions: 0,
          value: Number(value),
        });
    }
  }
  return difference(expected, stored);
}
