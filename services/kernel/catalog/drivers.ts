import type { Driver, MetricDefinition } from '../definitions.ts';
import type { FormulaExpression } from '../expression/ast.ts';
import { checkReference } from './context.ts';
import type { Context } from './context.ts';
import type { Report } from './fault.ts';
import { formulaRoles } from './formula-roles.ts';

export function checkDrivers(drivers: readonly Driver[] | undefined, context: Context): void {
  for (const [i, { metric }] of (drivers ?? []).entries())
    checkReference({ kind: 'Metric', id: metric, path: ['spec', 'drivers', i, 'metric'] }, context);
}

/**
 * What `drivers` of a derived metric claim is checked against its formula, as it is written: the operator must be the
 * role that the driver has there, and what is not in the formula can only be an influence.
 */
export function checkDriverRoles(
  drivers: readonly Driver[] | undefined,
  formula: FormulaExpression,
  { report }: Context,
): void {
  const roles = formulaRoles(formula);
  for (const [i, { metric, operator }] of (drivers ?? []).entries()) {
    const found = [...(roles.get(metric) ?? (['influence'] as const))];
    if (found.includes(operator)) continue;
    const place = roles.has(metric) ? 'in the formula it is' : 'it is not in the formula, so it is';
    report(['spec', 'drivers', i, 'operator'], {
      code: 'driver_mismatch',
      message: `${metric} is no ${operator} here: ${place} ${found.join(' or ')}`,
    });
  }
}

/**
 * The metric tree is none where a metric drives itself, through drivers or inputs of formulas; each cycle is reported once,
 * at the driver of its smallest id that has one in it.
 */
export function reportDriverCycles(
  metrics: ReadonlyMap<string, InTree>,
  reportFor: (metric: string) => Report,
): void {
  for (const { id, drivers } of metrics.values())
    for (const [i, { metric }] of (drivers ?? []).entries()) {
      const back = pathTo(id, metric, metrics);
      if (
        !back ||
        back.some((other, at) => other < id && isDriver(metrics, other, back[at + 1] ?? metric))
      )
        continue;
      reportFor(id)(['spec', 'drivers', i, 'metric'], {
        code: 'definition_cycle',
        message: `it drives itself: ${[id, ...back].join(' → ')}`,
      });
    }
}

type InTree = Pick<MetricDefinition, 'id' | 'drivers'> & { readonly inputs?: readonly string[] };
const drivenBy = (metric: InTree | undefined): readonly string[] => [
  ...(metric?.drivers ?? []).map((one) => one.metric),
  ...(metric?.inputs ?? []),
];
/** Whether the step is a driver's, so that the cycle is reported there. */
const isDriver = (metrics: ReadonlyMap<string, InTree>, from: string, to: string): boolean =>
  (metrics.get(from)?.drivers ?? []).some(({ metric }) => metric === to);

/** The way along drivers and inputs that ends at `target`. @returns undefined when there is none */
function pathTo(
  target: string,
  from: string,
  metrics: Parameters<typeof reportDriverCycles>[0],
): readonly string[] | undefined {
  const before = new Map<string, string | null>([[from, null]]);
  for (const id of before.keys()) {
    if (id === target) return wayTo(id, before);
    for (const metric of drivenBy(metrics.get(id))) if (!before.has(metric)) before.set(metric, id);
  }
  return undefined;
}

function wayTo(id: string, before: ReadonlyMap<string, string | null>): readonly string[] {
  const way: string[] = [];
  for (let at: string | null = id; at !== null; at = before.get(at) ?? null) way.unshift(at);
  return way;
}
