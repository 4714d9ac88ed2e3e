import { join } from 'node:path';
import { cloudEventOf } from './orders/cloud-event.ts';
import { orders } from './orders/workload.ts';
import { startChild } from './support/child.ts';
import { cpuMeter, memoryOf, perEvent } from './support/cpu.ts';
import { openConnection } from './support/http-load.ts';
import type { ServiceTask } from './support/service-child.ts';
import { environmentOf, makeTopic, serverPids } from './support/world.ts';
import type { World } from './support/world.ts';

/** One run of a fixed number of events through `POST /v1/events`, closed loop over several connections. */
export type IngestRun = {
  readonly batch: number;
  readonly connections: number;
  readonly events: number;
  readonly eventsPerSecond: number;
  readonly nodeMicros: number | undefined;
  readonly kafkaMicros: number | undefined;
  readonly memoryMebibytes: number | undefined;
};

const PREFIX = 'bench-ingest.';
const JOBS = [
  { batch: 1, connections: 32 },
  { batch: 100, connections: 8 },
];
/** Not measured: lets the code be compiled and connections be opened. */
const WARM_UP_SHARE = 0.2;

/** Every answer is checked: 202, and as many accepted as were sent. */
export async function benchIngest(world: World): Promise<readonly IngestRun[]> {
  await makeTopic(world, PREFIX);
  const task: ServiceTask = {
    env: environmentOf(world.servers, PREFIX),
    services: ['ingest'],
    catalog: { kind: 'orders', metrics: 2, version: 'v1' },
  };
  const results: IngestRun[] = [];
  for (const job of JOBS) {
    for (let run = 0; run < world.runs; run++) {
      const child = startChild({
        file: 'support/service-child.ts',
        task,
        logPath: join(world.outputDir, 'ingest.log'),
      });
      try {
        const { url } = await child.next<{ kind: 'ready'; url: string }>('ready');
        results.push(await measure(world, { ...job, run, url, pid: child.pid }));
      } finally {
        await child.stop();
      }
      const last = results.at(-1) as IngestRun;
      world.note(
        `ingest, ${job.batch} per request: ${Math.round(last.eventsPerSecond)} events/s, Node ${last.nodeMicros?.toFixed(1) ?? '–'} + Kafka ${last.kafkaMicros?.toFixed(1) ?? '–'} µs per event`,
      );
    }
  }
  return results;
}

async function measure(
  world: World,
  job: {
    readonly batch: number;
    readonly connections: number;
    readonly run: number;
    readonly url: string;
    readonly pid: number;
  },
): Promise<IngestRun> {
  const events = (job.batch === 1 ? 40_000 : 400_000) / (world.isQuick ? 4 : 1);
  const bodies = requestBodies({ ...job, events });
  const warmUp = Math.floor(bodies.length * WARM_UP_SHARE);
  await post(job, bodies.slice(0, warmUp));
  const meter = cpuMeter({ node: job.pid, ...serverPids(world) });
  const startedMs = performance.now();
  await post(job, bodies.slice(warmUp));
  const seconds = (performance.now() - startedMs) / 1000;
  const cpu = meter();
  const measured = (bodies.length - warmUp) * job.batch;
  return {
    batch: job.batch,
    connections: job.connections,
    events: measured,
    eventsPerSecond: measured / seconds,
    nodeMicros: perEvent(cpu.node, measured),
    kafkaMicros: perEvent(cpu.kafka, measured),
    memoryMebibytes: memoryOf(job.pid),
  };
}

/** Made beforehand, so that making them is not measured. */
function requestBodies(job: {
  readonly batch: number;
  readonly run: number;
  readonly events: number;
}): readonly string[] {
  const events = [
    ...orders({
      seed: 100 * job.batch + job.run,
      events: job.events,
      fromMs: Date.now() - job.events,
      stepMs: 1,
    }),
  ].map(cloudEventOf);
  if (job.batch === 1) return events;
  const bodies: string[] = [];
  for (let i = 0; i < events.length; i += job.batch)
    bodies.push(`[${events.slice(i, i + job.batch).join(',')}]`);
  return bodies;
}

async function post(
  job: { readonly batch: number; readonly connections: number; readonly url: string },
  bodies: readonly string[],
): Promise<void> {
  const contentType =
    job.batch === 1 ? 'application/cloudevents+json' : 'application/cloudevents-batch+json';
  const accepted = `"accepted":${job.batch},`;
  let next = 0;
  const worker = async (): Promise<void> => {
    const connection = await openConnection(job.url, { path: '/v1/events', contentType });
    try {
      for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) {
        const answer = await connection.post(body);
        if (answer.status !== 202 || !answer.body.includes(accepted))
          throw new Error(`ingest answered ${answer.status}: ${answer.body.slice(0, 300)}`);
      }
    } finally {
      connection.close();
    }
  };
  await Promise.all(Array.from({ length: job.connections }, worker));
}
