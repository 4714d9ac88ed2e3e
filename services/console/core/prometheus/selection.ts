import type { Catalog, MetricDefinition } from '../../../kernel/definitions.ts';
import type { WindowSize } from '../../../kernel/window.ts';
import { parseWindowSize } from '../../../kernel/window-size.ts';
import type { Matcher, Selection } from '../promql/ast.ts';
import { NAME } from '../promql/column.ts';
import { unanswerable } from '../promql/fault.ts';
import { acceptsLabel } from '../promql/matcher.ts';
import { breakdownFor } from '../series-choice.ts';
import { dimensionsOf, GRAIN, seriesName } from './names.ts';

/** What a selector asks of one metric: windows of one size in one breakdown, then series by their matchers. */
export type MetricSelection = {
  readonly metric: MetricDefinition;
  /** As the label says it. */
  readonly grain: string;
  readonly size: WindowSize;
  readonly dimensions: readonly string[];
};

/** Metrics that one selector may read. */
const METRICS_MAX = 100;

/**
 * Which metrics, windows and breakdowns a selector reads. A metric holds the same events in each of its grains and
 * breakdowns, so a selector reads one grain, the finest where it names none, and one breakdown: that of the dimensions
 * which its matchers and the `by` of aggregations around it name. `store=""` says: not by store. So a sum over what a
 * selector gives counts nothing twice.
 * @throws QueryFaultError execution where a metric is not kept by these dimensions
 */
export function selectMetrics(catalog: Catalog, selection: Selection): readonly MetricSelection[] {
  const { matchers } = selection.selector;
  const metrics = metricsOf(catalog, matchers);
  if (metrics.length > METRICS_MAX)
    unanswerable(`the selector names ${metrics.length} metrics, the limit is ${METRICS_MAX}`);
  return metrics.flatMap((metric) => {
    if (!acceptsOthers(metric, matchers)) return [];
    const dimensions = namedDimensions(metric, selection);
    if (!breakdownFor(metric.breakdowns, dimensions)) {
      const kept = metric.breakdowns.map((names) => `[${names.join(', ')}]`).join(' ');
      unanswerable(
        `${seriesName(metric.id)} is not kept by [${dimensions.join(', ')}]; it is by ${kept}: name each dimension of one of them, as in {${dimensionsOf(metric)[0] ?? 'store'}!=""}`,
      );
    }
    return grainsOf(metric, matchers).map(({ grain, size }) => ({
      metric,
      grain,
      size,
      dimensions,
    }));
  });
}

export const metricsOf = (
  { metrics }: Catalog,
  matchers: readonly Matcher[],
): readonly MetricDefinition[] =>
  [...metrics.values()]
    .filter(({ id }) => acceptsLabel(matchers, NAME, seriesName(id)))
    .sort((a, b) => (a.id < b.id ? -1 : 1));

/** Labels that its series have not have the empty value. @param more labels beside name, grain and dimensions */
export function acceptsOthers(
  metric: MetricDefinition,
  matchers: readonly Matcher[],
  more: readonly string[] = [],
): boolean {
  const own = new Set([NAME, GRAIN, ...more, ...dimensionsOf(metric)]);
  return matchers.every(({ label, accepts }) => own.has(label) || accepts(''));
}

/** The breakdown that a selector reads: the dimensions that its matchers and the `by` around it name. */
export function namedDimensions(
  metric: MetricDefinition,
  { selector, groupedBy }: Selection,
): readonly string[] {
  return dimensionsOf(metric).filter((dimension) => {
    const own = selector.matchers.filter(({ label }) => label === dimension);
    const isTotal = own.some(({ operator, value }) => value === '' && !operator.startsWith('!'));
    return !isTotal && (own.length > 0 || groupedBy.has(dimension));
  });
}

/** The grains that the metric keeps, and any other window that is named by `=`. */
function grainsOf(
  metric: MetricDefinition,
  matchers: readonly Matcher[],
): readonly { readonly grain: string; readonly size: WindowSize }[] {
  const own = matchers.filter(({ label }) => label === GRAIN);
  const named = own.filter(({ operator }) => operator === '=').map(({ value }) => value);
  const finest = metric.grains[0] ?? 'day';
  const wanted = own.length === 0 ? [finest] : [...new Set([...metric.grains, ...named])];
  return wanted.flatMap((grain) => {
    const size = parseWindowSize(grain);
    return size && acceptsLabel(matchers, GRAIN, grain) ? [{ grain, size }] : [];
  });
}
