import type { Catalog, LocalizedText, OwnerRef } from '../definitions.ts';
import { parseFormula } from '../expression/formula-parser.ts';
import { formulaRoles } from './formula-roles.ts';
import type { Role } from './formula-roles.ts';

/** What an edge says of the metric at its end: it is a sum, a product or a ratio of its drivers, or they only sway it. */
export type TreeRelation = 'sum' | 'product' | 'ratio' | 'influence';

export type TreeEdge = {
  /** The driver, and the metric that it drives. */
  readonly from: string;
  readonly to: string;
  readonly operator: Role;
  readonly relation: TreeRelation;
  /** `formula`: arithmetic that the values obey; `declared`: what `drivers` says, where no formula can be asked. */
  readonly source: 'formula' | 'declared';
};
export type MetricTree = {
  readonly objectives: readonly {
    readonly id: string;
    readonly name: LocalizedText;
    readonly owner: OwnerRef;
    readonly metrics: readonly string[];
  }[];
  readonly metrics: readonly {
    readonly id: string;
    readonly name: LocalizedText;
    readonly owner: OwnerRef;
    /** Longest way down to it from a metric that drives nothing; 0 at the top. */
    readonly depth: number;
    /** Of a derived metric, over ids with `_` for `-`. */
    readonly formula?: string;
    /** How many alert rules watch it, not counting paused ones; those of Tidemark itself are none of them. */
    readonly rules: number;
  }[];
  readonly edges: readonly TreeEdge[];
};

const RELATIONS: Readonly<Record<Role, TreeRelation>> = {
  '+': 'sum',
  '-': 'sum',
  '*': 'product',
  '/': 'ratio',
  influence: 'influence',
};

/**
 * Objectives, the metrics that measure them, and what drives those. Edges come from formulas and from `drivers`; one that
 * both name is the formula's. Law: it has no cycle, for formulas and drivers are checked together when they are published.
 */
export function metricTree(catalog: Catalog): MetricTree {
  const edges = treeEdges(catalog);
  const depths = depthsOf([...catalog.metrics.keys()], edges);
  const watching = [...catalog.rules.values()].filter(({ paused }) => paused !== true);
  return {
    objectives: [...(catalog.objectives?.values() ?? [])]
      .map(({ id, name, owner, metrics }) => ({ id, name, owner, metrics }))
      .toSorted(byId),
    metrics: [...catalog.metrics.values()]
      .map((metric) => ({
        id: metric.id,
        name: metric.name,
        owner: metric.owner,
        depth: depths.get(metric.id) ?? 0,
        ...(metric.kind === 'derived' ? { formula: metric.formula } : {}),
        rules: watching.filter((rule) => rule.metric === metric.id).length,
      }))
      .toSorted(byId),
    edges,
  };
}

const byId = (a: { readonly id: string }, b: { readonly id: string }): number =>
  a.id < b.id ? -1 : 1;

export function treeEdges({ metrics }: Pick<Catalog, 'metrics'>): readonly TreeEdge[] {
  return [...metrics.values()].toSorted(byId).flatMap((metric) => {
    const edges = new Map<string, TreeEdge>();
    const add = (from: string, operator: Role, source: TreeEdge['source']): void => {
      const relation = RELATIONS[operator];
      const key = `${from} ${operator}`;
      if (!edges.has(key)) edges.set(key, { from, to: metric.id, operator, relation, source });
    };
    const parsed = metric.kind === 'derived' ? parseFormula(metric.formula) : undefined;
    if (parsed?.ok)
      for (const [id, roles] of formulaRoles(parsed.value))
        for (const role of roles) add(id, role, 'formula');
    for (const { metric: driver, operator } of metric.drivers ?? [])
      add(driver, operator, 'declared');
    return [...edges.values()];
  });
}

/** Kahn's order from the top; metrics of a cycle, which a published catalogue has not, stay at 0. */
function depthsOf(ids: readonly string[], edges: readonly TreeEdge[]): ReadonlyMap<string, number> {
  const above = new Map(ids.map((id) => [id, 0]));
  for (const { from } of edges) above.set(from, (above.get(from) ?? 0) + 1);
  const below = Map.groupBy(edges, ({ to }) => to);
  const depths = new Map<string, number>();
  const open = ids.filter((id) => above.get(id) === 0);
  for (const id of open) {
    const depth = depths.get(id) ?? 0;
    depths.set(id, depth);
    for (const { from } of below.get(id) ?? []) {
      depths.set(from, Math.max(depths.get(from) ?? 0, depth + 1));
      const left = (above.get(from) ?? 0) - 1;
      above.set(from, left);
      if (left === 0) open.push(from);
    }
  }
  return depths;
}
