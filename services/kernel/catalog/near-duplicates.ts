import type { Catalog, MetricDefinition, SimpleMetric } from '../definitions.ts';
import { compileExpression } from '../expression/compile.ts';
import { eventEnvironment } from '../expression/environment.ts';
import { canonicalJson } from '../json.ts';
import type { Grain } from '../window.ts';
import { canonicalFormula, canonicalParts } from './canonical.ts';
import type { CanonicalTools } from './canonical.ts';
import { correlation } from './correlation.ts';
import type { Correlation, History } from './correlation.ts';

/** What two metrics of the same inputs differ in. */
export type Difference = 'where' | 'value' | 'dimensions' | 'windows' | 'scale' | 'formula';

export type NearDuplicate = Correlation & {
  readonly metric: string;
  /** The one that is kept. */
  readonly of: string;
  readonly grain: Grain;
  readonly differs: readonly Difference[];
};
export type Unjudged = { readonly metric: string; readonly of: string; readonly reason: string };
export type Similarity = {
  readonly near: readonly NearDuplicate[];
  /** Pairs with the same inputs whose stored history does not suffice. */
  readonly unjudged: readonly Unjudged[];
};

/** Stored totals of a metric in closed windows; undefined where it keeps none of this grain. */
export type HistoryOf = (metric: string, grain: Grain) => History | undefined;

const COARSE_FIRST: readonly Grain[] = ['day', 'hour', 'minute'];

/**
 * Metrics by what they are made from, groups of at least two: of simple ones the event type, the aggregation and the
 * fields of the value; of derived ones the simple metrics that they read. Only within a group is one a near-duplicate of
 * another: that two figures of a shop rise and fall together is no fault of either.
 */
export function sameInputs(
  catalog: Catalog,
  tools: CanonicalTools,
): readonly (readonly MetricDefinition[])[] {
  const groups = Map.groupBy(
    [...catalog.metrics.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    (metric) => inputsOf(metric, catalog, tools),
  );
  return [...groups.values()].filter(({ length }) => length > 1);
}

function inputsOf(metric: MetricDefinition, catalog: Catalog, tools: CanonicalTools): string {
  if (metric.kind === 'derived') return canonicalJson(['derived', ...metric.inputs.toSorted()]);
  const parts = canonicalParts(metric, catalog, tools);
  const { event, aggregation, entity, percentile } = parts;
  return canonicalJson([
    event,
    aggregation,
    entity,
    percentile,
    ...valueFields(metric, catalog, tools),
  ]);
}

function valueFields(
  { event, value, aggregation }: SimpleMetric,
  { eventTypes }: Catalog,
  { parse, compilePattern }: CanonicalTools,
): readonly string[] {
  const parsed = aggregation === 'count' || value === undefined ? undefined : parse(value);
  if (!parsed?.ok) return [];
  const environment = {
    ...eventEnvironment(eventTypes.get(event)?.schema ?? null),
    compilePattern,
  };
  const compiled = compileExpression(parsed.value, environment);
  return compiled.ok ? compiled.value.paths.map((path) => path.join('.')).toSorted() : [];
}

/**
 * Walks a group from the most to the least needed metric and keeps each that is near to none kept before: correlation is
 * not transitive, so a chain of similar metrics is not cut down to one.
 * @param group of `sameInputs`, the most needed first
 */
export function similarityOf(
  group: readonly MetricDefinition[],
  historyOf: HistoryOf,
  differences: (a: MetricDefinition, b: MetricDefinition) => readonly Difference[],
): Similarity {
  const kept: MetricDefinition[] = [];
  const near: NearDuplicate[] = [];
  const unjudged: Unjudged[] = [];
  for (const metric of group) {
    const judged = kept.map((other) => ({ other, found: comparedBy(historyOf, metric, other) }));
    const match = judged.find(({ found }) => found?.isNear);
    for (const { other, found } of match ? [] : judged)
      if (!found)
        unjudged.push({
          metric: metric.id,
          of: other.id,
          reason: 'fewer than 30 closed windows in which both have a value, or one never changes',
        });
    if (!match?.found) kept.push(metric);
    else
      near.push({
        metric: metric.id,
        of: match.other.id,
        differs: differences(metric, match.other),
        ...match.found,
      });
  }
  return { near, unjudged };
}

/**
 * Two metrics at the coarsest grain with enough windows: days say more than minutes. Days of two zones are different
 * windows. @returns undefined where neither history suffices
 */
export function comparedBy(
  historyOf: HistoryOf,
  a: MetricDefinition,
  b: MetricDefinition,
): (Correlation & { readonly grain: Grain }) | undefined {
  for (const grain of COARSE_FIRST) {
    if (grain === 'day' && a.timezone !== b.timezone) continue;
    const histories = [a, b].map(({ id }) => historyOf(id, grain));
    const found =
      histories[0] && histories[1] ? correlation(histories[0], histories[1]) : undefined;
    if (found) return { ...found, grain };
  }
  return undefined;
}

/** What two metrics of one group differ in. */
export function differencesOf(
  a: MetricDefinition,
  b: MetricDefinition,
  { catalog, tools }: { readonly catalog: Catalog; readonly tools: CanonicalTools },
): readonly Difference[] {
  if (a.kind === 'simple' && b.kind === 'simple') {
    const [x, y] = [a, b].map((metric) => canonicalParts(metric, catalog, tools));
    const names = ['where', 'value', 'dimensions', 'windows', 'scale'] as const;
    return names.filter((name) => canonicalJson(x?.[name]) !== canonicalJson(y?.[name]));
  }
  if (a.kind !== 'derived' || b.kind !== 'derived') return [];
  return [
    ...(canonicalFormula(a) === canonicalFormula(b) ? [] : (['formula'] as const)),
    ...(a.unit.scale === b.unit.scale ? [] : (['scale'] as const)),
  ];
}
