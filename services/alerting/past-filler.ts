import type { EpochMs } from '../kernel/time.ts';
import { partitionOf } from '../kernel/partitioner.ts';
import { updateKey } from '../kernel/update.ts';
import type { PartitionState } from './core/partition/partition-state.ts';
import { isWatched } from './core/plan/plan.ts';
import type { RulePlan } from './core/plan/plan.ts';
import { missingPast, recall } from './core/values/recall.ts';
import type { History, UpdateLog } from './ports.ts';

/** How soon history is asked again that was not there: it is being rebuilt, or has yet to begin. */
const RETRY_AFTER_MS = 10_000;

/**
 * Reads into a partition's state what its rules look back to and do not hold yet: between two records of the log, and
 * stored with the state by the commit that follows. Until then conditions see null there.
 * @throws redis_unavailable, broker_unavailable
 */
export type FillPast = (state: PartitionState, plans: readonly RulePlan[]) => Promise<void>;

export function pastFiller(ports: {
  readonly history: History;
  readonly updates: Pick<UpdateLog, 'partitions'>;
  readonly now: () => EpochMs;
}): FillPast {
  const { history, updates, now } = ports;
  const askAgainAtMs = new Map<string, EpochMs>();
  return async (state, plans) => {
    for (const missing of missingPast(state, plans)) {
      const { memory, metric, grain, fromMs, toMs } = missing;
      const place = `${state.partition} ${memory}`;
      if (now() < (askAgainAtMs.get(place) ?? 0)) continue;
      const head = await history.head(metric);
      const partitions = await updates.partitions();
      const isOurs = (series: string): boolean =>
        missing.plans.some((plan) => isWatched(plan, series)) &&
        partitionOf(Buffer.from(updateKey(metric.id, series)), partitions) === state.partition;
      const series = head?.series.filter(isOurs).sort();
      const cells = series && (await history.cells(metric, { grain, fromMs, toMs, series }));
      if (cells) recall(state, missing, cells);
      else askAgainAtMs.set(place, now() + RETRY_AFTER_MS);
    }
  };
}
