import { makeTopic, PARTITIONS, recordsIn } from '../support/world.ts';
import type { World } from '../support/world.ts';
import { benchMetrics } from './catalog.ts';
import { fillTopic } from './fill.ts';
import { expectedCells } from './oracle.ts';
import type { Expected } from './oracle.ts';
import { orders, ORDERS_PER_SECOND } from './workload.ts';
import type { WorkloadOptions } from './workload.ts';

export const VERSION = 'v1';
const MINUTE_MS = 60_000;

/** A topic full of orders, and what must come of them. */
export type FilledTopic = {
  /** TIDEMARK_TOPIC_PREFIX of the installation that it belongs to. */
  readonly prefix: string;
  readonly topic: string;
  readonly events: number;
  readonly bytesPerEvent: number;
  readonly workload: WorkloadOptions;
  readonly expect: (metrics: number, repeats: 'once' | 'each time') => Expected;
};

export async function fillOrders(
  world: World,
  prefix: string,
  events: number,
): Promise<FilledTopic> {
  const workload = pastWorkload(events, Date.now());
  const topic = await makeTopic(world, prefix);
  const bytes = await fillTopic(world, { topic, partitions: PARTITIONS }, orders(workload));
  const records = await recordsIn(world, topic);
  if (records !== events) throw new Error(`${topic} holds ${records} records, not ${events}`);
  world.note(`${topic}: ${events} events of ${Math.round(bytes)} B in ${PARTITIONS} partitions`);
  return {
    prefix,
    topic,
    events,
    bytesPerEvent: bytes,
    workload,
    expect: (metrics, repeats) =>
      expectedCells(orders(workload), benchMetrics(metrics, VERSION), { repeats }),
  };
}

/** Event times end now and begin with a minute, so that each run has the same cells. */
export function pastWorkload(events: number, nowMs: number): WorkloadOptions {
  const stepMs = 1000 / ORDERS_PER_SECOND;
  const fromMs = Math.floor((nowMs - events * stepMs) / MINUTE_MS) * MINUTE_MS;
  return { seed: 7, events, fromMs, stepMs };
}
