import { join } from 'node:path';
import { redisProjectionStore } from '../../services/aggregator/adapters/redis-projection-store.ts';
import type { SimpleMetric } from '../../services/kernel/definitions.ts';
import { projectionFiller } from '../../test/support/projection-filler.ts';
import { HUNDRED, THOUSAND } from '../orders/read-catalog.ts';
import { startChild } from './child.ts';
import type { Child } from './child.ts';
import type { ServiceTask } from './service-child.ts';
import { environmentOf } from './world.ts';
import type { World } from './world.ts';

const PREFIX = 'bench-read.';
const HOUR_MS = 3_600_000;
const HOURS = 90 * 24;
const EVENTS_PER_FLUSH = 20_000;

/** A console over 216,000 cells of 100 series, and 1,000 series of the hour that holds now. @param name of its log */
export async function startFilledConsole(
  world: World,
  name: string,
): Promise<{
  readonly child: Child;
  readonly url: string;
  readonly fromMs: number;
  readonly nowMs: number;
}> {
  await world.redis.flushdb();
  const nowMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  const fromMs = nowMs - HOURS * HOUR_MS;
  await fill(world, HUNDRED, { stores: 100, fromMs, hours: HOURS });
  await fill(world, THOUSAND, { stores: 1_000, fromMs: nowMs, hours: 1 });
  const task: ServiceTask = {
    env: environmentOf(world.servers, PREFIX),
    services: ['console'],
    catalog: { kind: 'read' },
  };
  const child = startChild({
    file: 'support/service-child.ts',
    task,
    logPath: join(world.outputDir, `${name}.log`),
  });
  const { url } = await child.next<{ kind: 'ready'; url: string }>('ready');
  return { child, url, fromMs, nowMs };
}

/** Cells as the aggregator's own code writes them. */
async function fill(
  world: World,
  metric: SimpleMetric,
  of: { stores: number; fromMs: number; hours: number },
): Promise<void> {
  const store = redisProjectionStore(world.redis, PREFIX);
  const filler = await projectionFiller(store, metric, { prefix: PREFIX, partitions: 8 });
  let events: Parameters<typeof filler.count>[0][number][] = [];
  for (let hour = 0; hour < of.hours; hour++)
    for (let i = 0; i < of.stores; i++) {
      const timeMs = of.fromMs + hour * HOUR_MS + 1;
      events.push({ timeMs, value: hour * 37 + i * 1_013, labels: { store: `S${i}` } });
      if (events.length < EVENTS_PER_FLUSH) continue;
      await filler.count(events);
      events = [];
    }
  if (events.length > 0) await filler.count(events);
  await filler.passTo(of.fromMs + of.hours * HOUR_MS - (of.hours === 1 ? HOUR_MS : 0));
}
