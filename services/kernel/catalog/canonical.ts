import type { Catalog, DerivedMetric, MetricDefinition, SimpleMetric } from '../definitions.ts';
import { canonicalForm, formulaTypes, typesIn } from '../expression/canonical.ts';
import { eventEnvironment } from '../expression/environment.ts';
import { parseFormula } from '../expression/formula-parser.ts';
import { canonicalJson } from '../json.ts';
import type { Json } from '../json.ts';
import type { CatalogTools } from './context.ts';

export type CanonicalTools = Pick<CatalogTools, 'parse' | 'compilePattern'>;
type Sources = Pick<Catalog, 'eventTypes' | 'metrics'>;

/** What a simple metric counts, in forms that do not depend on how its expressions are written. */
export type CanonicalParts = {
  readonly event: string;
  /** `true`: every event. */
  readonly where: string;
  /** null of a count. */
  readonly value: string | null;
  readonly aggregation: string;
  readonly entity: string | null;
  readonly percentile: number | null;
  /** Those that a breakdown keeps, by name. */
  readonly dimensions: Readonly<Record<string, string>>;
  /** When events count: zone of the days, the grain that decides what is late, lateness, first event. */
  readonly windows: Json;
  /** Decimal places that values are rounded to. */
  readonly scale: number;
};

/** @returns the parts of a sound metric */
export function canonicalParts(
  metric: SimpleMetric,
  { eventTypes }: Sources,
  tools: CanonicalTools,
): CanonicalParts {
  const environment = {
    ...eventEnvironment(eventTypes.get(metric.event)?.schema ?? null),
    compilePattern: tools.compilePattern,
  };
  const typeOf = typesIn(environment);
  const form = (text: string): string => {
    const parsed = tools.parse(text);
    return parsed.ok ? canonicalForm(parsed.value, typeOf) : text;
  };
  const used = new Set(metric.breakdowns.flat());
  const { aggregation, value, entity, timezone, calendar, latenessMs, eventsFromMs } = metric;
  return {
    event: metric.event,
    where: metric.where === undefined ? 'true' : form(metric.where),
    value: aggregation === 'count' || value === undefined ? null : form(value),
    aggregation,
    entity: entity === undefined ? null : form(entity),
    percentile: metric.percentile ?? null,
    dimensions: Object.fromEntries(
      Object.entries(metric.dimensions)
        .filter(([name]) => used.has(name))
        .map(([name, text]) => [name, form(text)]),
    ),
    windows: {
      timezone,
      ...(calendar ? { calendar } : {}),
      finest: (['minute', 'hour', 'day'] as const).find((one) => metric.grains.includes(one)),
      latenessMs,
      from: eventsFromMs ?? null,
    },
    scale: metric.unit.scale,
  };
}

/**
 * What a metric means, as text. Law: wherever two metrics of one canonical form both keep a value, it is the same one;
 * they may differ in what is kept (breakdowns, grains, retention, the limit of series) and in all words about them. So
 * one of them is enough: it keeps what both keep.
 */
export function canonicalMetric(
  metric: MetricDefinition,
  sources: Sources,
  tools: CanonicalTools,
): string {
  if (metric.kind === 'simple') return canonicalJson(canonicalParts(metric, sources, tools));
  const [input] = metric.inputs;
  const form = canonicalFormula(metric);
  const only = metric.inputs.length === 1 ? sources.metrics.get(input ?? '') : undefined;
  const { scale } = metric.unit;
  const isOnly = only?.unit.scale === scale && only.calendar?.id === metric.calendar?.id;
  if (only && isOnly && form === only.id.replaceAll('-', '_'))
    return canonicalMetric(only, sources, tools);
  const { calendar } = metric;
  return canonicalJson({ formula: form, scale, ...(calendar ? { calendar } : {}) });
}

/** The formula over simple metrics, multiplied out and sorted. */
export function canonicalFormula({ formula }: DerivedMetric): string {
  const parsed = parseFormula(formula);
  return parsed.ok ? canonicalForm(parsed.value, formulaTypes) : formula;
}
