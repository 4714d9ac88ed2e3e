import type { ProjectionStore, ProjectionView } from '../../services/aggregator/ports.ts';
import type { SimpleMetric } from '../../services/kernel/definitions.ts';

const ALL = 100_000;

/** Every cell of a projection whose change is not published yet. */
export const allDirty = async (
  store: ProjectionStore,
  metric: SimpleMetric,
): Promise<ProjectionView> =>
  store.readDirty(
    metric,
    await store.dirtyMarks({ metric: metric.id, version: metric.version }, ALL),
  );
