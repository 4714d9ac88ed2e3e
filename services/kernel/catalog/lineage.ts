import type { AlertRuleDefinition, Catalog, SimpleMetric } from '../definitions.ts';
import { metricsOfDashboard } from './dashboards.ts';
import { compileExpression } from '../expression/compile.ts';
import { eventEnvironment, ruleEnvironment } from '../expression/environment.ts';
import { readsTarget, targetKey } from '../target.ts';
import type { CanonicalTools } from './canonical.ts';

export type LineageKind =
  | 'EventType'
  | 'Field'
  | 'Calendar'
  | 'Metric'
  | 'Objective'
  | 'Target'
  | 'AlertRule'
  | 'Responsibility'
  | 'Subscription'
  | 'Dashboard';
export type LineageNode = { readonly kind: LineageKind; readonly id: string };
export type LineageEdge = {
  /** `KIND/ID` of what is used, and of what uses it. */
  readonly from: string;
  readonly to: string;
  /** What for: `where`, `value`, `dimension store`, `formula`, `driver +`, `calendar`, `plans`, `compared by`, `watches`, `answers for`, `follows`, `shown by`. */
  readonly as: string;
};
/** From what comes in to what goes out. */
export type Lineage = {
  readonly nodes: readonly LineageNode[];
  readonly edges: readonly LineageEdge[];
};

export const nodeKey = ({ kind, id }: LineageNode): string => `${kind}/${id}`;
/** A field of an event type: `shop.order#data.amount`. */
export const fieldId = (eventType: string, path: string): string => `${eventType}#${path}`;

/** Where a metric reads which fields of its events, as the compiler finds them: `data.amount`, `subject`. */
export function fieldUses(
  metric: SimpleMetric,
  { eventTypes }: Pick<Catalog, 'eventTypes'>,
  { parse, compilePattern }: CanonicalTools,
): readonly { readonly path: string; readonly as: string }[] {
  const environment = {
    ...eventEnvironment(eventTypes.get(metric.event)?.schema ?? null),
    compilePattern,
  };
  const texts: readonly (readonly [string, string | undefined])[] = [
    ['where', metric.where],
    ['value', metric.value],
    ['entity', metric.entity],
    ...Object.entries(metric.dimensions).map(
      ([name, text]) => [`dimension ${name}`, text] as const,
    ),
  ];
  return texts.flatMap(([as, text]) => {
    const parsed = text === undefined ? undefined : parse(text);
    const compiled = parsed?.ok ? compileExpression(parsed.value, environment) : undefined;
    return compiled?.ok ? compiled.value.paths.map((path) => ({ path: path.join('.'), as })) : [];
  });
}

/** All edges of a catalogue. A derived metric's are those of its formula over simple ones. */
export function lineageEdges(catalog: Catalog, tools: CanonicalTools): readonly LineageEdge[] {
  const edges: LineageEdge[] = [];
  const add = (from: string, to: string, as: string): void => void edges.push({ from, to, as });
  for (const metric of catalog.metrics.values()) {
    const to = `Metric/${metric.id}`;
    for (const { metric: driver, operator } of metric.drivers ?? [])
      add(`Metric/${driver}`, to, `driver ${operator}`);
    if (metric.calendar) add(`Calendar/${metric.calendar.id}`, to, 'calendar');
    if (metric.kind === 'derived')
      for (const input of metric.inputs) add(`Metric/${input}`, to, 'formula');
    else metricEdges(metric, { catalog, tools, add });
  }
  for (const { id, metrics } of catalog.objectives?.values() ?? [])
    for (const metric of metrics) add(`Metric/${metric}`, `Objective/${id}`, 'measures');
  for (const { id, metric } of catalog.targets?.values() ?? [])
    add(`Metric/${metric}`, `Target/${id}`, 'plans');
  for (const rule of catalog.rules.values()) {
    add(`Metric/${rule.metric}`, `AlertRule/${rule.id}`, 'watches');
    for (const id of targetsRead(rule, catalog, tools))
      add(`Target/${id}`, `AlertRule/${rule.id}`, 'compared by');
  }
  for (const { id, entries } of catalog.responsibilities.values())
    for (const metric of new Set(entries.map((entry) => entry.metric)))
      add(`Metric/${metric}`, `Responsibility/${id}`, 'answers for');
  for (const { id, metric, rule } of catalog.subscriptions?.values() ?? []) {
    if (metric !== undefined) add(`Metric/${metric}`, `Subscription/${id}`, 'follows');
    if (rule !== undefined) add(`AlertRule/${rule}`, `Subscription/${id}`, 'follows');
  }
  for (const dashboard of catalog.dashboards?.values() ?? [])
    for (const metric of metricsOfDashboard(dashboard))
      add(`Metric/${metric}`, `Dashboard/${dashboard.id}`, 'shown by');
  return edges;
}

/** Ids of the targets that the rule's condition compares with. */
function targetsRead(
  { metric: id, by, window, when, clear }: AlertRuleDefinition,
  { metrics, targets }: Pick<Catalog, 'metrics' | 'targets'>,
  { parse, compilePattern }: CanonicalTools,
): readonly string[] {
  const key = targetKey({ metric: id, by, window });
  const same = [...(targets?.values() ?? [])].filter((target) => targetKey(target) === key);
  if (same.length === 0) return [];
  const scale = metrics.get(id)?.unit.scale ?? 0;
  const environment = { ...ruleEnvironment(scale), compilePattern };
  const isRead = [when, clear].some((text) => {
    const parsed = text === undefined ? undefined : parse(text);
    const compiled = parsed?.ok ? compileExpression(parsed.value, environment) : undefined;
    return compiled?.ok && readsTarget(compiled.value);
  });
  return isRead ? same.map((target) => target.id) : [];
}

function metricEdges(
  metric: SimpleMetric,
  {
    catalog,
    tools,
    add,
  }: {
    catalog: Catalog;
    tools: CanonicalTools;
    add: (from: string, to: string, as: string) => void;
  },
): void {
  const to = `Metric/${metric.id}`;
  const uses = fieldUses(metric, catalog, tools);
  for (const path of new Set(uses.map((use) => use.path)))
    add(`EventType/${metric.event}`, `Field/${fieldId(metric.event, path)}`, 'has');
  for (const { path, as } of uses) add(`Field/${fieldId(metric.event, path)}`, to, as);
  if (uses.length === 0) add(`EventType/${metric.event}`, to, 'counts');
}

/** All that is computed from, watches or answers for these, whatever the distance; without themselves. */
export function downstream(
  edges: readonly LineageEdge[],
  of: readonly string[],
): ReadonlySet<string> {
  return reached(
    Map.groupBy(edges, ({ from }) => from),
    of,
    ({ to }) => to,
  );
}

/** What a metric comes from and what depends on it. @returns undefined when there is no such metric */
export function lineageOf(
  metric: string,
  catalog: Catalog,
  tools: CanonicalTools,
): Lineage | undefined {
  if (!catalog.metrics.has(metric)) return undefined;
  const all = lineageEdges(catalog, tools);
  const self = `Metric/${metric}`;
  const before = reached(
    Map.groupBy(all, ({ to }) => to),
    [self],
    ({ from }) => from,
  );
  const after = downstream(all, [self]);
  const upper = new Set([...before, self]);
  const lower = new Set([...after, self]);
  const edges = distinct(
    all.filter(
      ({ from, to }) => (upper.has(from) && upper.has(to)) || (lower.has(from) && lower.has(to)),
    ),
  );
  const nodes = [...before, self, ...after].map((key): LineageNode => {
    const cut = key.indexOf('/');
    return { kind: key.slice(0, cut) as LineageKind, id: key.slice(cut + 1) };
  });
  return { nodes: nodes.toSorted(byKey), edges };
}

const byKey = (a: LineageNode, b: LineageNode): number => (nodeKey(a) < nodeKey(b) ? -1 : 1);

const distinct = (edges: readonly LineageEdge[]): readonly LineageEdge[] => [
  ...new Map(edges.map((edge) => [`${edge.from} ${edge.to} ${edge.as}`, edge])).values(),
];

function reached(
  edges: ReadonlyMap<string, readonly LineageEdge[]>,
  of: readonly string[],
  next: (edge: LineageEdge) => string,
): ReadonlySet<string> {
  const found = new Set(of);
  for (const key of found) for (const edge of edges.get(key) ?? []) found.add(next(edge));
  return found.difference(new Set(of));
}
