import type { MetricPlan } from './core/metric-plan.ts';
import type { ProjectionRef, ProjectionStore } from './ports.ts';

/**
 * Earlier versions that are still counted, since readers see them: theirs is there, and the published one has not caught
 * up. Where it has, that is noted with the earlier one, for good: from there on readers keep to the published version,
 * also while it is rebuilt.
 * @returns `counted`, and those of which nothing is to be asked any more   @throws redis_unavailable
 */
export async function findShadows(
  store: Pick<ProjectionStore, 'load' | 'supersede'>,
  plans: readonly MetricPlan[],
  earlier: readonly MetricPlan[],
): Promise<{ readonly counted: readonly MetricPlan[]; readonly settled: readonly MetricPlan[] }> {
  const isCounted = await Promise.all(
    earlier.map(async (old) => {
      const published = plans.find(({ metric }) => metric.id === old.metric.id);
      const before = await store.load(refOf(old));
      if (!published || !before || before.superseded) return false;
      const now = await store.load(refOf(published));
      // It was published before, and is again.
      if (now?.superseded) await store.supersede(refOf(published), false);
      if (!now || now.rebuilding) return true;
      await store.supersede(refOf(old), true);
      return false;
    }),
  );
  return {
    counted: earlier.filter((_, i) => isCounted[i]),
    settled: earlier.filter((_, i) => !isCounted[i]),
  };
}

const refOf = ({ metric }: MetricPlan): ProjectionRef => ({
  metric: metric.id,
  version: metric.version,
});
