import type { Catalog, MetricDefinition } from '../../../kernel/definitions.ts';
import type { Matcher } from '../promql/ast.ts';
import { NAME } from '../promql/column.ts';
import type { Labels } from '../promql/column.ts';
import type { SeriesEntry } from '../series-choice.ts';
import { promLabels } from './names.ts';
import { metricsOf } from './selection.ts';
import { targetedMetrics, targetLabelSets } from './targets.ts';

/** Series that one answer lists: Grafana asks for no more. */
const SERIES_MAX = 40_000;

export type Discovered = {
  readonly series: readonly Labels[];
  /** There are more than are listed. */
  readonly isCut: boolean;
};

/**
 * The series that are there to be queried: of each metric every kept grain in every breakdown, and its targets. Unlike in a query, matchers
 * choose among all of them, so that one learns what labels there are.
 * @param choices each a list of matchers; a series is listed when one list accepts it, all where there is none
 * @param entriesOf the dictionaries of a metric's sources
 */
export async function discover(
  catalog: Catalog,
  choices: readonly (readonly Matcher[])[],
  entriesOf: (metric: MetricDefinition) => Promise<readonly SeriesEntry[]>,
): Promise<Discovered> {
  const wanted = choices.length === 0 ? [[]] : choices;
  const metrics = new Set(wanted.flatMap((matchers) => metricsOf(catalog, matchers)));
  const targeted = wanted.flatMap((matchers) => targetedMetrics(catalog, matchers));
  const targets = new Map(targeted.map((one) => [one.metric, one.targets]));
  const found: Labels[] = [];
  for (const metric of new Set([...metrics, ...targets.keys()])) {
    const keys = new Set((await entriesOf(metric)).map(({ key }) => key));
    if (metric.breakdowns.some((breakdown) => breakdown.length === 0)) keys.add('[]');
    const listed = [
      ...(metrics.has(metric) ? labelSets(metric, keys) : []),
      ...targetLabelSets(metric, targets.get(metric) ?? [], keys),
    ];
    for (const labels of listed) {
      if (!wanted.some((matchers) => accepts(matchers, labels))) continue;
      if (found.length === SERIES_MAX) return { series: found, isCut: true };
      found.push(labels);
    }
  }
  return { series: found, isCut: false };
}

function* labelSets(metric: MetricDefinition, keys: Iterable<string>): Iterable<Labels> {
  const isKept = new Set(metric.breakdowns.map((names) => [...names].sort().join(',')));
  for (const key of keys)
    for (const grain of metric.grains) {
      const labels = promLabels(metric.id, grain, key);
      const { [NAME]: _name, grain: _grain, ...members } = labels;
      // A source of a derived metric may be broken down further than the metric.
      if (isKept.has(Object.keys(members).sort().join(','))) yield labels;
    }
}

const accepts = (matchers: readonly Matcher[], labels: Labels): boolean =>
  matchers.every((matcher) => matcher.accepts(labels[matcher.label] ?? ''));

/** Names of labels among the series, sorted. */
export const labelNames = (series: readonly Labels[]): readonly string[] =>
  [...new Set(series.flatMap((labels) => Object.keys(labels)))].sort();

/** Values of one label among the series, sorted. */
export const labelValues = (series: readonly Labels[], name: string): readonly string[] =>
  [...new Set(series.flatMap((labels) => labels[name] ?? []))].sort();
