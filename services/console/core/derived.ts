import type { Decimal } from '../../kernel/decimal.ts';
import type {
  Catalog,
  DerivedMetric,
  MetricDefinition,
  SimpleMetric,
} from '../../kernel/definitions.ts';
import { compileFormula } from '../../kernel/expression/formula.ts';
import type { Formula } from '../../kernel/expression/formula.ts';
import { invariant } from '../../kernel/result.ts';
import type { Window } from '../../kernel/window.ts';
import { simpleFacts } from './facts.ts';
import type { Fact, Reading } from './facts.ts';

/** Formulas may read derived metrics in turn, this deep; the catalogue refuses cycles. */
const DEPTH_MAX = 16;

/** The simple metrics that a metric is computed from: itself, or those that its formula reaches. Each once. */
export function sourcesOf(catalog: Catalog, metric: MetricDefinition): readonly SimpleMetric[] {
  const found = new Map<string, SimpleMetric>();
  const visit = (one: MetricDefinition, depth: number): void => {
    invariant(depth <= DEPTH_MAX, `the formula of ${metric.id} is nested deeper than ${DEPTH_MAX}`);
    if (one.kind === 'simple') found.set(one.id, one);
    else
      for (const id of one.inputs) {
        const input = catalog.metrics.get(id);
        if (input) visit(input, depth + 1);
      }
  };
  visit(metric, 0);
  return [...found.values()];
}

/** Computes the fact of any window and series of a metric from what was read of its sources. */
export type FactOf = (series: string, window: Window) => Fact;

/**
 * A derived value is computed from merged accumulators, never from values of parts: a week's rate is the week's
 * numerator by the week's denominator. It is as far as its least advanced input, and as changed as all of them. A window
 * has a value, provisional while it is open, once any input counted something in it; what another counted so far is
 * then its empty window. The stream of updates says the same (aggregator/core/derivation.ts).
 * @param readings of all `sourcesOf` the metric, by id
 */
export function factsOf(
  metric: MetricDefinition,
  catalog: Catalog,
  readings: ReadonlyMap<string, Reading>,
): FactOf {
  return factsFor(metric, catalog, { readings, isInput: false });
}

function factsFor(
  metric: MetricDefinition,
  catalog: Catalog,
  of: { readonly readings: ReadonlyMap<string, Reading>; readonly isInput: boolean },
): FactOf {
  if (metric.kind === 'simple') {
    const reading = of.readings.get(metric.id);
    invariant(reading, `${metric.id} was read`);
    return simpleFacts(reading, of);
  }
  const formula = formulaOf(metric);
  const inputs = metric.inputs.flatMap((id) => {
    const input = catalog.metrics.get(id);
    if (!input) return [];
    return [{ id, metric: input, factOf: factsFor(input, catalog, { ...of, isInput: true }) }];
  });
  return (series, window) => {
    const facts = inputs.map(({ factOf }) => factOf(series, window));
    const values = inputs.map(
      ({ id, metric: input }, i) => [id, inputValue(input, facts[i])] as const,
    );
    return derivedFact(metric, { formula, facts, values: new Map(values) });
  };
}

function formulaOf(metric: DerivedMetric): Formula {
  const compiled = compileFormula(metric.formula, metric.inputs);
  invariant(compiled.ok, `the published formula of ${metric.id} compiles`);
  return compiled.value;
}

/** A simple input is read before rounding, a derived one as it is shown. */
function inputValue(input: MetricDefinition, fact: Fact | undefined): Decimal | null {
  if (input.kind === 'simple') return fact?.exact ?? null;
  return fact && fact.value !== null ? { unscaled: fact.value, scale: input.unit.scale } : null;
}

function derivedFact(
  metric: DerivedMetric,
  from: {
    formula: Formula;
    facts: readonly Fact[];
    values: ReadonlyMap<string, Decimal | null>;
  },
): Fact {
  const { facts } = from;
  const { value, reason } = from.formula.evaluate(from.values, metric.unit.scale);
  const sum = (of: (fact: Fact) => number): number =>
    facts.reduce((total, fact) => total + of(fact), 0);
  const isRebuilding = facts.length === 0 || facts.some((fact) => fact.isRebuilding);
  const count = sum((fact) => fact.count);
  const isKnown = count > 0 || facts.every(({ completeness }) => completeness === 1);
  const shown = isRebuilding || !isKnown ? null : value;
  const why =
    facts.find((fact) => fact.reason !== undefined)?.reason ?? (isKnown ? reason : undefined);
  return {
    value: shown,
    exact: shown === null ? null : { unscaled: shown, scale: metric.unit.scale },
    count,
    stage: Math.min(...facts.map(({ stage }) => stage)),
    revision: sum(({ revision }) => revision),
    restatements: sum(({ restatements }) => restatements),
    completeness: Math.min(1, ...facts.map(({ completeness }) => completeness)),
    isRebuilding,
    isApproximate: facts.some((fact) => fact.isApproximate),
    ...(shown === null && why !== undefined ? { reason: why } : {}),
  };
}
