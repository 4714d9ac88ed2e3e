import { expect, vi } from 'vitest';
import type { SimpleMetric } from '../../services/kernel/definitions.ts';
import type { RedisClient } from '../../services/platform/redis.ts';
import type { EventLog } from './event-log.ts';
import { recount } from './oracle.ts';
import type { OracleMetric } from './oracle.ts';
import { RULES } from './order-events.ts';
import { storedCells, storedCursors, storedOutcomes } from './stored-cells.ts';

type World = { readonly redis: RedisClient; readonly prefix: string; readonly log: EventLog };
type Pair = { readonly metric: SimpleMetric; readonly oracle: OracleMetric };

export const refOf = (
  prefix: string,
  { id, version }: SimpleMetric,
): { prefix: string; metric: string; version: string } => ({ prefix, metric: id, version });

/** Waits until the cursors of every projection stand at the end of the log. */
export async function untilCaughtUp(
  { redis, prefix, log }: World,
  pairs: readonly Pair[],
  timeout = 20_000,
): Promise<void> {
  const bounds = await log.bounds();
  const ends = Object.fromEntries(bounds.map(({ partition, end }) => [partition, end]));
  for (const { metric } of pairs)
    await vi.waitFor(
      async () => expect(await storedCursors(redis, refOf(prefix, metric))).toEqual(ends),
      { timeout, interval: 50 },
    );
}

/** Holds every cell and every counter in Redis against the naive recount of the log. */
export async function expectRecount(
  { redis, prefix, log }: World,
  pairs: readonly Pair[],
): Promise<void> {
  const records = await log.readAll();
  for (const { metric, oracle } of pairs) {
    const { cells, outcomes } = recount(records, RULES, oracle);
    const ref = refOf(prefix, metric);
    expect({
      id: metric.id,
      cells: await storedCells(redis, ref),
      outcomes: await storedOutcomes(redis, ref),
    }).toEqual({ id: metric.id, cells, outcomes });
  }
}
