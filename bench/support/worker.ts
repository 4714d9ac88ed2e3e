import { join } from 'node:path';
import { projectionKeys } from '../../services/kernel/projection.ts';
import type { BenchMetric } from '../orders/catalog.ts';
import { VERSION } from '../orders/filled.ts';
import { startChild } from './child.ts';
import type { Child } from './child.ts';
import type { ServiceTask } from './service-child.ts';
import { environmentOf, until } from './world.ts';
import type { World } from './world.ts';

/** An installation's counting, as the benches look at it. */
export type Job = { readonly prefix: string; readonly metrics: readonly BenchMetric[] };

const WITHIN_MS = 600_000;

/** An aggregator in a process of its own. */
export function startWorker(
  world: World,
  job: Job & { readonly env?: Readonly<Record<string, string>> },
): Child {
  const task: ServiceTask = {
    env: { ...environmentOf(world.servers, job.prefix), ...job.env },
    services: ['aggregator'],
    catalog: { kind: 'orders', metrics: job.metrics.length, version: VERSION },
  };
  return startChild({
    file: 'support/service-child.ts',
    task,
    logPath: join(world.outputDir, 'aggregator.log'),
  });
}

/** Records that the slowest of the projections has behind it. @returns undefined before all have cursors */
export async function countedBy(world: World, job: Job): Promise<number | undefined> {
  const sums = await Promise.all(
    job.metrics.map(async ({ definition }) => {
      const { meta } = projectionKeys(job.prefix, definition.id, definition.version);
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

/** Next offset of each partition in each projection, always in the same order. */
export async function cursorsOf(world: World, job: Job): Promise<readonly number[]> {
  const all = await Promise.all(
    job.metrics.map(async ({ definition }) => {
      const { meta } = projectionKeys(job.prefix, definition.id, definition.version);
      const fields = Object.entries(await world.redis.hgetall(meta));
      return fields.filter(([name]) => name.startsWith('c:')).sort(([a], [b]) => (a < b ? -1 : 1));
    }),
  );
  return all.flat().map(([, next]) => Number(next));
}

/** Changes that are counted, but not yet told on the update stream. */
export async function unpublished(world: World, job: Job): Promise<number> {
  const sizes = await Promise.all(
    job.metrics.map(({ definition }) =>
      world.redis.scard(projectionKeys(job.prefix, definition.id, definition.version).dirty),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Waits until what is counted is as wanted, looking rarely enough not to be measured. */
export const untilCounted = (
  world: World,
  job: Job & { readonly what: string; readonly everyMs: number; readonly workers: Child[] },
  isReached: (counted: number | undefined) => boolean,
): Promise<true> =>
  until(
    job.what,
    {
      everyMs: job.everyMs,
      withinMs: WITHIN_MS,
      isHopeless: () => job.workers.some((worker) => worker.hasEnded()),
    },
    async () => (isReached(await countedBy(world, job)) ? true : undefined),
  );
