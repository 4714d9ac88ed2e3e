import type { Catalog, MetricDefinition } from '../../kernel/definitions.ts';
import { additivityOf, formulaText } from '../../kernel/catalog/additivity.ts';
import { manualSources } from '../../kernel/catalog/manual-windows.ts';
import { ownerName } from '../../kernel/owner.ts';
import type { MetricAnswer, MetricSummary } from './answers.ts';
import { sourcesOf } from './derived.ts';
import type { ProjectionHead } from './projection.ts';
import { jointWatermark, projectionState, timeOrNull } from './values-answer.ts';

/** Heads of simple metrics by id; undefined where there is no projection. */
export type Heads = ReadonlyMap<string, ProjectionHead | undefined>;

export function metricSummary(
  catalog: Catalog,
  metric: MetricDefinition,
  heads: Heads,
): MetricSummary {
  const own = sourcesOf(catalog, metric).map(({ id }) => heads.get(id));
  const { id, version, name, purpose, domain, process, kind } = metric;
  const { unit, direction, owner, tags, timezone, grains, breakdowns, dimensionNames } = metric;
  const manual = manualSources(metric, catalog);
  const domainName = catalog.settings.domains?.get(domain ?? '');
  return {
    id,
    version,
    state: 'published',
    projection: projectionState(own),
    name,
    ...(purpose === undefined ? {} : { purpose }),
    ...(domain === undefined ? {} : { domain }),
    ...(domainName === undefined ? {} : { domainName }),
    ...(process === undefined ? {} : { process }),
    kind,
    ...(manual.length === 0 ? {} : { manual }),
    unit,
    direction,
    owner,
    ownerName: ownerName(catalog, owner),
    tags,
    timezone,
    grains,
    breakdowns,
    ...(dimensionNames === undefined ? {} : { dimensionNames }),
    watermark: timeOrNull(jointWatermark(own)),
  };
}

export function metricAnswer(
  catalog: Catalog,
  metric: MetricDefinition,
  { heads, quality }: { readonly heads: Heads; readonly quality: MetricAnswer['quality'] },
): MetricAnswer {
  const sources = sourcesOf(catalog, metric);
  const fields: Record<string, readonly string[]> = {};
  for (const source of sources) {
    const read = fieldsOf([
      source.where,
      source.value,
      source.entity,
      ...Object.values(source.dimensions),
    ]);
    fields[source.event] = [...new Set([...(fields[source.event] ?? []), ...read])].sort();
  }
  return {
    ...metricSummary(catalog, metric, heads),
    definition: { ...metric },
    meaning: {
      formula: formulaText(metric),
      additivity: additivityOf(metric, (id) => {
        const input = catalog.metrics.get(id);
        return input?.kind === 'simple' ? input.aggregation : undefined;
      }),
      rounding: 'half-even',
    },
    lineage: {
      eventTypes: Object.keys(fields),
      fields,
      inputs: metric.kind === 'derived' ? metric.inputs : [],
    },
    cardinality: cardinalityOf(metric, heads),
    dependents: {
      metrics: [...catalog.metrics.values()]
        .filter((other) => other.kind === 'derived' && other.inputs.includes(metric.id))
        .map(({ id }) => id),
      rules: [...catalog.rules.values()]
        .filter((rule) => rule.metric === metric.id)
        .map(({ id }) => id),
      targets: [...(catalog.targets?.values() ?? [])]
        .filter((target) => target.metric === metric.id)
        .map(({ id }) => id),
    },
    quality,
  };
}

const PATH = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\bdata(?:\.[A-Za-z_][A-Za-z0-9_]*)+/g;

/** Paths under `data` that expressions read; string literals are passed over. */
function fieldsOf(expressions: readonly (string | undefined)[]): string[] {
  const found = expressions.flatMap((text) => text?.match(PATH) ?? []);
  return [...new Set(found.filter((path) => path.startsWith('data.')))].sort();
}

function cardinalityOf(metric: MetricDefinition, heads: Heads): MetricAnswer['cardinality'] {
  const head = metric.kind === 'simple' ? heads.get(metric.id) : undefined;
  return {
    series: head?.seriesCount ?? 0,
    breakdowns: head?.perBreakdown ?? {},
    maxSeries: metric.kind === 'simple' ? metric.maxSeries : null,
    refused: head?.refused ?? 0,
  };
}
