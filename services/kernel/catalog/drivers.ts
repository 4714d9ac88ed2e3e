import type { Driver, MetricDefinition } from '../definitions.ts';
import { checkReference } from './context.ts';
import type { Context } from './context.ts';
import type { Report } from './fault.ts';

export function checkDrivers(drivers: readonly Driver[] | undefined, context: Context): void {
  for (const [i, { metric }] of (drivers ?? []).entries())
    checkReference({ kind: 'Metric', id: metric, path: ['spec', 'drivers', i, 'metric'] }, context);
}

/** The metric tree is none where a metric drives itself; each cycle is reported once, at its smallest id. */
export function reportDriverCycles(
  metrics: ReadonlyMap<string, Pick<MetricDefinition, 'id' | 'drivers'>>,
  reportFor: (metric: string) => Report,
): void {
  for (const { id, drivers } of metrics.values())
    for (const [i, { metric }] of (drivers ?? []).entries()) {
      const back = pathTo(id, metric, metrics);
      if (!back || back.some((other) => other < id)) continue;
      reportFor(id)(['spec', 'drivers', i, 'metric'], {
        code: 'definition_cycle',
        message: `it drives itself: ${[id, ...back].join(' → ')}`,
      });
    }
}

/** The way along drivers that ends at `target`. @returns undefined when there is none */
function pathTo(
  target: string,
  from: string,
  metrics: Parameters<typeof reportDriverCycles>[0],
): readonly string[] | undefined {
  const before = new Map<string, string | null>([[from, null]]);
  for (const id of before.keys()) {
    if (id === target) return wayTo(id, before);
    for (const { metric } of metrics.get(id)?.drivers ?? [])
      if (!before.has(metric)) before.set(metric, id);
  }
  return undefined;
}

function wayTo(id: string, before: ReadonlyMap<string, string | null>): readonly string[] {
  const way: string[] = [];
  for (let at: string | null = id; at !== null; at = before.get(at) ?? null) way.unshift(at);
  return way;
}
