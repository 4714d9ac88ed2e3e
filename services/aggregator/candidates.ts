import type { TopicPlan } from './core/catalog-plans.ts';
import { projectionKey } from './core/metric-plan.ts';
import type { MetricPlan } from './core/metric-plan.ts';
import type { ProjectionRef, ProjectionStore } from './ports.ts';

/**
 * Versions in review are filled as new metrics are, by the backfill lane, and nothing is published of them. So once one is
 * approved it is there whole, and readers swap to it at once.
 */
export type Candidates = {
  /**
   * Does for candidates what publishing does for others, but tells nobody: their windows move on, and what changes stays
   * marked until they are published. Before that it is on record that all of it is of before, so that years that are
   * told at once page nobody.
   */
  readonly attend: (plan: TopicPlan) => void;
  /** Removes what candidates left that are neither in review any more nor published. @param all plans of every topic */
  readonly forget: (all: readonly TopicPlan[]) => Promise<void>;
};

const WINDOWS_AT_ONCE = 200;
/** Of a long history the windows move on over some seconds: nobody waits for them. */
const ROUNDS_MAX = 10;

export function createCandidates(
  store: Pick<ProjectionStore, 'advance' | 'nominate' | 'nominated' | 'forget'>,
  onError: (what: string, error: unknown) => void,
): Candidates {
  const attending = new Set<string>();
  /** Not wanted at the round before: one that is being published is neither for a moment. */
  let unwanted: ReadonlySet<string> = new Set();

  const attendTo = async ({ metric }: MetricPlan): Promise<void> => {
    await store.nominate({ metric: metric.id, version: metric.version }, true);
    for (let round = 0; round < ROUNDS_MAX; round++)
      if ((await store.advance(metric, WINDOWS_AT_ONCE)) < WINDOWS_AT_ONCE) return;
  };

  return {
    attend({ candidates }) {
      for (const one of candidates) {
        const key = projectionKey(one);
        if (attending.has(key)) continue;
        attending.add(key);
        void attendTo(one)
          .catch((error: unknown) => onError(one.metric.id, error))
          .finally(() => attending.delete(key));
      }
    },
    async forget(all) {
      try {
        const known = all.flatMap(({ plans, earlier, candidates }) => [
          ...plans,
          ...earlier,
          ...candidates,
        ]);
        const kept = new Set(known.map(projectionKey));
        const nominated = await store.nominated();
        const gone = nominated.filter((ref) => !kept.has(keyOf(ref)));
        for (const ref of gone) if (unwanted.has(keyOf(ref))) await store.forget(ref);
        unwanted = new Set(gone.map(keyOf));
      } catch (error) {
        onError('candidates', error);
      }
    },
  };
}

const keyOf = ({ metric, version }: ProjectionRef): string => `${metric}@${version}`;

export const isCandidate = (plan: TopicPlan | undefined, one: MetricPlan): boolean =>
  plan?.candidates.some((candidate) => projectionKey(candidate) === projectionKey(one)) === true;
