import type { Catalog, SimpleMetric } from '../../kernel/definitions.ts';
import type { ProjectionHead } from './projection.ts';
import { projectionState } from './values-answer.ts';

/** A metric whose version has changed: what is published, and the version before. */
export type Change = { readonly published: SimpleMetric; readonly before: SimpleMetric };

export const changesOf = ({ metrics, superseded }: Catalog): readonly Change[] =>
  [...(superseded ?? [])].flatMap(([id, before]) => {
    const published = metrics.get(id);
    return published?.kind === 'simple' ? [{ published, before }] : [];
  });

/** The catalogue with another version of a metric in place of the published one. */
export const withVersions = (catalog: Catalog, metrics: readonly SimpleMetric[]): Catalog =>
  metrics.length === 0
    ? catalog
    : {
        ...catalog,
        metrics: new Map([
          ...catalog.metrics,
          ...metrics.map((metric) => [metric.id, metric] as const),
        ]),
      };

/**
 * Versions that are shown in place of the published ones: those before, which are still counted, while the published ones
 * are being filled. Once one has caught up it is shown for good, also while it is rebuilt.
 */
export function shownBefore(
  changes: readonly Change[],
  headOf: (metric: SimpleMetric) => ProjectionHead | undefined,
): readonly SimpleMetric[] {
  return changes.flatMap(({ published, before }) => {
    if (projectionState([headOf(published)]) === 'live') return [];
    const head = headOf(before);
    return head && !head.rebuilding && !head.superseded ? [before] : [];
  });
}
