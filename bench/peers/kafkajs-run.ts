import { join } from 'node:path';
import type { CatchUpRun } from '../support/catch-up-figures.ts';
import { difference } from '../orders/oracle.ts';
import type { Expected } from '../orders/oracle.ts';
import { startChild } from '../support/child.ts';
import { cpuMeter, memoryOf, perEvent } from '../support/cpu.ts';
import { serverPids } from '../support/world.ts';
import type { World } from '../support/world.ts';
import { peerKey } from './kafkajs.ts';
import type { PeerTask } from './kafkajs.ts';

const PREFIX = 'kafkajs.';
const MINUTE_MS = 60_000;

/**
 * Lets the naive consumer count the topic; its minute cells are compared with what must stand there.
 * @param job.expected minute cells of job A, with its own idea of repeats
 */
export async function runKafkajs(
  world: World,
  job: {
    readonly topic: string;
    readonly events: number;
    readonly repeats: 'once' | 'each time';
    readonly expected: Expected;
  },
): Promise<CatchUpRun> {
  const { events, repeats } = job;
  await world.redis.flushdb();
  const task: PeerTask = {
    brokers: world.servers.brokers,
    registryUrl: world.servers.registryUrl,
    redisUrl: world.servers.redisUrl,
    topic: job.topic,
    groupId: `kafkajs-${Date.now()}`,
    prefix: PREFIX,
    repeats,
  };
  const child = startChild({
    file: 'peers/kafkajs.ts',
    task,
    logPath: join(world.outputDir, 'kafkajs.log'),
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
    const check = await compare(world, job.expected);
    return {
      program: 'kafkajs',
      metrics: 2,
      repeats,
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

/** It keeps sums alone, so contributions are left out of the comparison. */
async function compare(world: World, cells: Expected): Promise<ReturnType<typeof difference>> {
  const expected = new Map(
    [...cells].map(([key, cell]) => {
      const isCount = key.startsWith('m02|');
      return [key, { contributions: 0, value: isCount ? cell.contributions : cell.value }];
    }),
  );
  const stored = new Map<string, { contributions: number; value: number }>();
  const minutes = new Set([...expected.keys()].map((key) => Number(key.split('|')[2])));
  for (const minute of [...minutes, Math.min(...minutes) - MINUTE_MS]) {
    for (const metric of ['m01', 'm02']) {
      const fields = await world.redis.hgetall(peerKey(PREFIX, metric, minute));
      for (const [members, value] of Object.entries(fields))
        stored.set(`${metric}|minute|${minute}|${members.replaceAll('|', '\u0000')}`, {
          contributions: 0,
          value: Number(value),
        });
    }
  }
  return difference(expected, stored);
}
