import type { Catalog, MetricDefinition } from '../../../kernel/definitions.ts';
import { labelsOf } from '../../../kernel/series.ts';
import { targetsOf } from '../../../kernel/target.ts';
import type { TargetDefinition, TargetOf } from '../../../kernel/target.ts';
import { calendarOf } from '../../../kernel/window.ts';
import type { WindowSize } from '../../../kernel/window.ts';
import { formatWindowSize } from '../../../kernel/window-size.ts';
import type { Matcher, Selection } from '../promql/ast.ts';
import { NAME } from '../promql/column.ts';
import type { Labels } from '../promql/column.ts';
import { acceptsLabel } from '../promql/matcher.ts';
import { breakdownFor } from '../series-choice.ts';
import { GRAIN, promLabels } from './names.ts';
import { acceptsOthers, namedDimensions } from './selection.ts';
import type { MetricSelection } from './selection.ts';

/** Targets of all metrics are series of one name, as in `/metrics/kpi`; a label says of which metric. */
export const TARGET_NAME = 'tidemark_metric_target';
export const TARGET_HELP =
  'What the windows of a metric are to reach, at its unit. Absent where no target is for them.';
const METRIC = 'metric';

export type TargetSelection = MetricSelection & { readonly targetOf: TargetOf };

/**
 * Which targets a selector reads: of each metric those of one breakdown, by the dimensions that matchers and `by` name, and
 * of one size of windows, the shortest where it names no grain. So a sum counts nothing twice.
 */
export function selectTargets(catalog: Catalog, selection: Selection): readonly TargetSelection[] {
  const { matchers } = selection.selector;
  return targetedMetrics(catalog, matchers).flatMap(({ metric, targets }) => {
    if (!acceptsOthers(metric, matchers, [METRIC])) return [];
    const dimensions = namedDimensions(metric, selection);
    const aimed = targets.filter(({ by }) => breakdownFor([by], dimensions));
    return sizesOf(metric, aimed, matchers).flatMap(({ grain, size }) => {
      const targetOf = targetsOf(catalog, metric, { by: dimensions, window: size });
      return targetOf ? [{ metric, grain, size, dimensions, targetOf }] : [];
    });
  });
}

/** Metrics that have targets which a selector may mean, by id. */
export function targetedMetrics(
  { metrics, targets }: Catalog,
  matchers: readonly Matcher[],
): readonly { readonly metric: MetricDefinition; readonly targets: readonly TargetDefinition[] }[] {
  if (!acceptsLabel(matchers, NAME, TARGET_NAME)) return [];
  const byMetric = Map.groupBy(targets?.values() ?? [], ({ metric }) => metric);
  return [...byMetric.keys()]
    .filter((id) => acceptsLabel(matchers, METRIC, id))
    .toSorted()
    .flatMap((id) => {
      const metric = metrics.get(id);
      return metric ? [{ metric, targets: byMetric.get(id) ?? [] }] : [];
    });
}

/** The labels of a target's series, by its key in the metric's dictionary. */
export const targetLabels = (metric: string, grain: string, key: string): Labels => ({
  ...promLabels(metric, grain, key),
  [NAME]: TARGET_NAME,
  [METRIC]: metric,
});

/** Labels of all series of the metric that some value is for. */
export function* targetLabelSets(
  metric: MetricDefinition,
  targets: readonly TargetDefinition[],
  keys: Iterable<string>,
): Iterable<Labels> {
  const sizes = Map.groupBy(targets, ({ window }) => formatWindowSize(window));
  for (const key of keys)
    for (const [grain, own] of sizes) {
      const members = labelsOf(key);
      if (own.some((target) => isFor(target, members))) yield targetLabels(metric.id, grain, key);
    }
}

const isFor = ({ by, entries }: TargetDefinition, members: Labels): boolean =>
  breakdownFor([by], Object.keys(members)) !== undefined &&
  entries.some(({ where }) =>
    Object.entries(where).every(([name, member]) => members[name] === member),
  );

type Size = { readonly grain: string; readonly size: WindowSize };

function sizesOf(
  metric: MetricDefinition,
  targets: readonly TargetDefinition[],
  matchers: readonly Matcher[],
): readonly Size[] {
  const sizes = new Map(targets.map(({ window }) => [formatWindowSize(window), window]));
  const all = [...sizes].map(([grain, size]): Size => ({ grain, size }));
  if (matchers.some(({ label }) => label === GRAIN))
    return all.filter(({ grain }) => acceptsLabel(matchers, GRAIN, grain));
  const calendar = calendarOf(metric);
  const lengthOf = ({ size }: Size): number => {
    const { startMs, endMs } = calendar.windowAt(size, 0);
    return endMs - startMs;
  };
  return all.toSorted((a, b) => lengthOf(a) - lengthOf(b)).slice(0, 1);
}
