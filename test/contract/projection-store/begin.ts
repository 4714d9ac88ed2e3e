import type { ProjectionRef, ProjectionStore } from '../../../services/aggregator/ports.ts';
import type { SimpleMetric } from '../../../services/kernel/definitions.ts';
import { allDirty } from '../../support/all-dirty.ts';
import { aMetric } from '../../support/metrics.ts';
import { GENERATION, HOUR } from '../../support/projection-flush.ts';

/** A projection of two partitions with nothing in it yet, the second without records. */
export async function begin(makeStore: () => Promise<ProjectionStore>): Promise<{
  readonly store: ProjectionStore;
  readonly metric: SimpleMetric;
  readonly ref: ProjectionRef;
}> {
  const store = await makeStore();
  const metric = aMetric({
    aggregation: 'sum',
    grains: ['hour'],
    latenessMs: HOUR,
    retentionMs: { minute: 0, hour: 48 * HOUR, day: 0 },
  });
  const ref = { metric: metric.id, version: metric.version };
  const partitions = [0, 1].map((partition) => ({
    topic: 'events.x',
    partition,
    first: 0,
    empty: partition === 1,
  }));
  await store.create(ref, { generation: GENERATION, partitions });
  return { store, metric, ref };
}

/** Those that carry a mark, with all that a cell may hold, whatever the metric's aggregation. */
export async function markedCells(store: ProjectionStore, metric: SimpleMetric) {
  const ref = { metric: metric.id, version: metric.version };
  return (await store.readCells(ref, (await allDirty(store, metric)).cells)).cells;
}
