import type { Catalog, EventTypeDefinition, SimpleMetric } from '../../kernel/definitions.ts';
import { canonicalJson } from '../../kernel/json.ts';
import type { Json } from '../../kernel/json.ts';
import { planDerived } from './derivation.ts';
import type { DerivedPlan } from './derivation.ts';
import type { CompileExpression } from './expressions.ts';
import { metricPlanner } from './metric-plan.ts';
import type { MetricPlan, MetricPlanner } from './metric-plan.ts';

/** The metrics of one event type, ready to run. */
export type TopicPlan = {
  readonly topic: string;
  readonly type: EventTypeDefinition;
  readonly plans: readonly MetricPlan[];
  /** The version before, of metrics whose version has changed. */
  readonly earlier: readonly MetricPlan[];
  /** Versions that are in review: counted, and told to nobody. */
  readonly candidates: readonly MetricPlan[];
  /** Equal for catalogues in which nothing of this changed: a rule or a person that changes restarts nothing. */
  readonly signature: string;
  /** Of the event type alone: what records are judged by. */
  readonly typeSignature: string;
};
export type CatalogPlans = {
  readonly topics: ReadonlyMap<string, TopicPlan>;
  readonly derived: readonly DerivedPlan[];
  /** Metrics that cannot run, one sentence each; the others do. */
  readonly faults: readonly string[];
};

/** @param compilerOf compiles expressions against an event type; throws where they are wrong */
export function catalogPlans(
  catalog: Catalog,
  ports: {
    readonly topicOf: (eventType: string) => string;
    readonly compilerOf: (type: EventTypeDefinition) => CompileExpression;
  },
): CatalogPlans {
  const faults: string[] = [];
  const metrics = [...catalog.metrics.values()];
  const simple = metrics.filter((metric) => metric.kind === 'simple');
  const drafted = [...(catalog.candidates?.values() ?? [])];
  const byType = Map.groupBy([...simple, ...drafted], ({ event }) => event);
  const topics = new Map<string, TopicPlan>();
  for (const [event, all] of byType) {
    const list = all.filter((metric) => catalog.metrics.get(metric.id) === metric);
    const type = catalog.eventTypes.get(event);
    if (!type) {
      faults.push(...list.map(({ id }) => `${id} reads ${event}, which is not published`));
      continue;
    }
    const topic = ports.topicOf(event);
    const planner = metricPlanner({ type, topic }, ports.compilerOf(type));
    const plans = list.flatMap((metric) => planOf(metric, planner, faults));
    const before = list.flatMap(({ id }) => catalog.superseded?.get(id) ?? []);
    // What no longer compiles is no longer counted: nobody has to be told.
    const earlier = before.flatMap((metric) => planOf(metric, planner, []));
    const candidates = all
      .filter((metric) => !list.includes(metric))
      .flatMap((metric) => planOf(metric, planner, []));
    const typeSignature = canonicalJson(type as unknown as Json);
    const counted = [...plans, ...candidates].map(({ metric }) => metric);
    const signature = canonicalJson([typeSignature, ...counted, plans.length] as unknown as Json);
    const plan = { topic, type, plans, earlier, candidates, signature, typeSignature };
    if (counted.length > 0) topics.set(topic, plan);
  }
  const derived = metrics.flatMap((metric) => {
    if (metric.kind !== 'derived') return [];
    const plan = planDerived(metric, catalog.metrics);
    if (!plan.ok) faults.push(plan.error);
    return plan.ok ? [plan.value] : [];
  });
  return { topics, derived, faults };
}

function planOf(
  metric: SimpleMetric,
  planner: MetricPlanner,
  faults: string[],
): readonly MetricPlan[] {
  try {
    return [planner(metric)];
  } catch (error) {
    faults.push(`${metric.id}: ${(error as Error).message}`);
    return [];
  }
}
