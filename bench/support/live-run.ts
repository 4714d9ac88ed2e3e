import { join } from 'node:path';
import { projectionKeys } from '../../services/kernel/projection.ts';
import { ORDERS_PER_SECOND } from '../orders/workload.ts';
import type { WorkloadOptions } from '../orders/workload.ts';
import { startChild } from './child.ts';
import type { Child } from './child.ts';
import { nowMs } from './clock.ts';
import { cpuMeter, perEvent } from './cpu.ts';
import { TICK_MS } from './live-load.ts';
import type { LoadTask, SentTick } from './live-load.ts';
import { startProfile } from './profiled.ts';
import { distribution } from './statistics.ts';
import type { Distribution } from './statistics.ts';
import type { Job } from './worker.ts';
import { environmentOf, PARTITIONS, serverPids, until } from './world.ts';
import type { World } from './world.ts';

/** From when a record is handed to Kafka's client until the slowest metric's cursor in Redis is past it; ms. */
export type LiveFigures = {
  readonly visible: Distribution;
  readonly nodeMicros: number | undefined;
  readonly redisMicros: number | undefined;
  readonly kafkaMicros: number | undefined;
};

/** Not measured: code is compiled, the load is under way. */
const WARM_UP_SECONDS = 4;
/** Until the load's process is there. */
const LEAD_MS = 1_500;
/** Each look costs Redis some microseconds, so they are rare: at 20,000 events a second 0.05 µs per event. */
const LOOK_EVERY_MS = 3;
const VISIBLE_WITHIN_MS = 60_000;

export type LiveJob = Job & {
  readonly topic: string;
  readonly worker: Child;
  readonly seconds: number;
  readonly seed: number;
  /** Of a profile, where they are wanted. */
  readonly name: string;
};

/** @returns what was sent, warm-up included: for the oracle, once all is visible */
export async function measureLive(
  world: World,
  job: LiveJob,
): Promise<{ readonly figures: LiveFigures; readonly workload: WorkloadOptions }> {
  const workload: WorkloadOptions = {
    seed: job.seed,
    events: (WARM_UP_SECONDS + job.seconds) * ORDERS_PER_SECOND,
    fromMs: Date.now() + LEAD_MS,
    stepMs: 1_000 / ORDERS_PER_SECOND,
  };
  const task: LoadTask = {
    env: environmentOf(world.servers, job.prefix),
    topic: job.topic,
    partitions: PARTITIONS,
    workload,
    eventsPerTick: (ORDERS_PER_SECOND * TICK_MS) / 1_000,
  };
  const measuredFromMs = nowMs() + LEAD_MS + WARM_UP_SECONDS * 1_000;
  const watch = watchCursors(world, job);
  const load = startChild({
    file: 'support/live-load.ts',
    task,
    logPath: join(world.outputDir, 'load.log'),
  });
  try {
    await new Promise((resolve) => setTimeout(resolve, measuredFromMs - nowMs()));
    const meter = cpuMeter({ node: job.worker.pid, ...serverPids(world) });
    const endProfile = startProfile(world, job.worker, job.name);
    await load.next('done');
    const sent = load.all<SentTick>('sent');
    await until(
      'the last events',
      { everyMs: TICK_MS, withinMs: VISIBLE_WITHIN_MS, isHopeless: job.worker.hasEnded },
      () => Promise.resolve(sent.every((tick) => watch.seenMs(tick) !== undefined) || undefined),
    );
    const cpu = meter();
    const latencies = sent
      .filter(({ dueMs }) => dueMs >= measuredFromMs)
      .map((tick) => (watch.seenMs(tick) ?? Number.NaN) - tick.dueMs);
    const events = job.seconds * ORDERS_PER_SECOND;
    await endProfile(events);
    return {
      workload,
      figures: {
        visible: distribution(latencies),
        nodeMicros: perEvent(cpu.node, events),
        redisMicros: perEvent(cpu.redis, events),
        kafkaMicros: perEvent(cpu.kafka, events),
      },
    };
  } finally {
    await watch.stop();
    await load.stop();
  }
}

/** Follows the cursors of all metrics; a record is visible when the last of them is past it. */
function watchCursors(
  world: World,
  job: LiveJob,
): {
  readonly seenMs: (tick: SentTick) => number | undefined;
  readonly stop: () => Promise<void>;
} {
  /** Per partition when the smallest cursor was seen to move, and whereto. */
  const moves = Array.from({ length: PARTITIONS }, (): { atMs: number; next: number }[] => []);
  const fields = moves.map((_, partition) => `c:${job.topic}/${partition}`);
  const keys = job.metrics.map(
    ({ definition }) => projectionKeys(job.prefix, definition.id, definition.version).meta,
  );
  let stopped = false;
  const look = async (): Promise<void> => {
    const cursors = await Promise.all(keys.map((key) => world.redis.hmget(key, ...fields)));
    const atMs = nowMs();
    for (const [partition, list] of moves.entries()) {
      const next = Math.min(...cursors.map((values) => Number(values[partition] ?? 0)));
      if (next > (list.at(-1)?.next ?? 0)) list.push({ atMs, next });
    }
  };
  const run = async (): Promise<void> => {
    while (!stopped) {
      await look();
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  };
  const running = run();
  return {
    seenMs({ nexts }) {
      const seen = nexts.map(({ partition, next }) => firstAt(moves[partition] ?? [], next));
      return seen.some((ms) => ms === undefined) ? undefined : Math.max(...(seen as number[]));
    },
    async stop() {
      stopped = true;
      await running;
    },
  };
}

/** Binary search: when the cursor first stood at `next` or beyond. */
function firstAt(
  moves: readonly { readonly atMs: number; readonly next: number }[],
  next: number,
): number | undefined {
  let [low, high] = [0, moves.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((moves[middle]?.next ?? 0) >= next) high = middle;
    else low = middle + 1;
  }
  return moves[low]?.atMs;
}
