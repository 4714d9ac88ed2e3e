import { join } from 'node:path';
import { startChild } from './support/child.ts';
import { cpuMeter, memoryOf } from './support/cpu.ts';
import { startProfile } from './support/profiled.ts';
import type { ServiceTask } from './support/service-child.ts';
import { environmentOf, PARTITIONS, serverPids } from './support/world.ts';
import type { World } from './support/world.ts';

/** All services in one process, as `npm start` runs them, while nothing happens. Share of one core, percent. */
export type IdleRun = {
  readonly topics: number;
  readonly partitions: number;
  readonly nodePercent: number | undefined;
  readonly redisPercent: number | undefined;
  readonly kafkaPercent: number | undefined;
  readonly memoryMebibytes: number | undefined;
};

const TOPICS = 10;
/** Services stand idle for hours; in the first minute much of their code is still being compiled. */
const SETTLE_MS = 60_000;
const MEASURE_MS = 15_000;

export async function benchIdle(world: World): Promise<readonly IdleRun[]> {
  await world.redis.flushdb();
  const task: ServiceTask = {
    env: environmentOf(world.servers, 'bench-idle.'),
    services: ['ingest', 'aggregator', 'alerting', 'console'],
    catalog: { kind: 'idle', eventTypes: TOPICS },
  };
  const child = startChild({
    file: 'support/service-child.ts',
    task,
    logPath: join(world.outputDir, 'idle.log'),
  });
  const results: IdleRun[] = [];
  try {
    await child.next('ready');
    await sleep(SETTLE_MS);
    for (let run = 0; run < world.runs; run++) {
      const meter = cpuMeter({ node: child.pid, ...serverPids(world) });
      const startedMs = performance.now();
      const endProfile = startProfile(world, child, `idle-${run}`);
      await sleep(MEASURE_MS);
      const elapsedMs = performance.now() - startedMs;
      const cpu = meter();
      await endProfile(elapsedMs / 1000, 'second');
      const percent = (ms: number | undefined): number | undefined =>
        ms === undefined ? undefined : (ms / elapsedMs) * 100;
      results.push({
        topics: TOPICS,
        partitions: PARTITIONS,
        nodePercent: percent(cpu.node),
        redisPercent: percent(cpu.redis),
        kafkaPercent: percent(cpu.kafka),
        memoryMebibytes: memoryOf(child.pid),
      });
      const last = results.at(-1) as IdleRun;
      world.note(
        `idle, ${TOPICS} topics of ${PARTITIONS} partitions: services ${last.nodePercent?.toFixed(1)} % of a core, Redis ${last.redisPercent?.toFixed(1)} %, Kafka ${last.kafkaPercent?.toFixed(1)} %`,
      );
    }
  } finally {
    await child.stop();
  }
  return results;
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
