import { join } from 'node:path';
import type { Consumer } from 'kafkajs';
import { ensureTopics } from '../../services/platform/kafka/topics.ts';
import type { CatchUpRun } from '../support/catch-up-figures.ts';
import { difference } from '../orders/oracle.ts';
import type { Expected } from '../orders/oracle.ts';
import { cpuMeter, memoryOf, perEvent } from '../support/cpu.ts';
import { PARTITIONS, serverPids, until } from '../support/world.ts';
import type { World } from '../support/world.ts';
import { prepareKafkaStreams, startKafkaStreams } from './kafka-streams.ts';

const OUTPUT = 'bench-streams.totals';
const WITHIN_MS = 600_000;

/**
 * Lets Kafka Streams count the topic. It is done when its output, read committed, holds every event; each of its minute
 * cells is compared with what must stand there.
 * @param job.expected minute cells of job A, with its own idea of repeats
 */
export async function runKafkaStreams(
  world: World,
  job: {
    readonly topic: string;
    readonly events: number;
    readonly repeats: 'once' | 'each time';
    readonly expected: Expected;
  },
): Promise<CatchUpRun> {
  const classPath = await prepareKafkaStreams(world);
  await removeTopics(world, (name) => name.startsWith('bench-streams'));
  await ensureTopics(world.kafka, [
    { topic: OUTPUT, partitions: PARTITIONS, replication: 1, settings: {} },
  ]);
  const applicationId = `bench-streams-${Date.now()}`;
  const totals = await followTotals(world, applicationId);
  const peer = startKafkaStreams(world, {
    ...job,
    classPath,
    output: OUTPUT,
    applicationId,
    stateDir: join(world.outputDir, 'data', applicationId),
  });
  try {
    await peer.first;
    const startedMs = performance.now();
    const meter = cpuMeter({ node: peer.pid, ...serverPids(world) });
    const wanted = eventsIn(job.expected);
    await until(
      'Kafka Streams catching up',
      { everyMs: 50, withinMs: WITHIN_MS, isHopeless: peer.hasEnded },
      () => Promise.resolve(eventsIn(totals.cells()) === wanted ? true : undefined),
    );
    const seconds = (performance.now() - startedMs) / 1000;
    const cpu = meter();
    const check = difference(job.expected, totals.cells());
    return {
      program: 'kafka-streams',
      metrics: 2,
      repeats: job.repeats,
      events: job.events,
      eventsPerSecond: job.events / seconds,
      nodeMicros: perEvent(cpu.node, job.events),
      redisMicros: 0,
      kafkaMicros: perEvent(cpu.kafka, job.events),
      memoryMebibytes: memoryOf(peer.pid),
      cells: check.cells,
      wrongCells: check.wrong,
      example: check.example,
    };
  } finally {
    await peer.stop();
    await totals.stop();
    await removeTopics(world, (name) => name.startsWith('bench-streams'));
  }
}

/** Every event is counted once by m02. */
function eventsIn(cells: Expected): number {
  let events = 0;
  for (const [key, { contributions }] of cells) if (key.startsWith('m02|')) events += contributions;
  return events;
}

/** Reads the rival's output: per cell and input partition the newest, which add up to the cell. */
async function followTotals(
  world: World,
  groupId: string,
): Promise<{ readonly cells: () => Expected; readonly stop: () => Promise<void> }> {
  const parts = new Map<string, Map<string, { contributions: number; value: number }>>();
  const consumer: Consumer = world.kafka.consumer({ groupId: `${groupId}-check` });
  await consumer.connect();
  await consumer.subscribe({ topics: [OUTPUT], fromBeginning: true });
  await consumer.run({
    eachBatch: ({ batch }) => {
      for (const { key, value } of batch.messages) {
        const cell = String(key).replaceAll('|', '\u0000').split('\u0000');
        const name = `${cell.slice(0, 3).join('|')}|${cell.slice(3).join('\u0000')}`;
        const [partition = '', contributions, sum] = String(value).split(',');
        const known = parts.get(name) ?? new Map();
        known.set(partition, { contributions: Number(contributions), value: Number(sum) });
        parts.set(name, known);
      }
      return Promise.resolve();
    },
  });
  return {
    cells: () =>
      new Map(
        [...parts].map(([name, known]) => {
          const all = [...known.values()];
          const sumOf = (pick: 'contributions' | 'value'): number =>
            all.reduce((sum, one) => sum + one[pick], 0);
          return [name, { contributions: sumOf('contributions'), value: sumOf('value') }] as const;
        }),
      ),
    stop: () => consumer.disconnect(),
  };
}

async function removeTopics(world: World, isMeant: (name: string) => boolean): Promise<void> {
  const admin = world.kafka.admin();
  await admin.connect();
  try {
    const topics = (await admin.listTopics()).filter(isMeant);
    if (topics.length > 0) await admin.deleteTopics({ topics });
  } finally {
    await admin.disconnect();
  }
}
