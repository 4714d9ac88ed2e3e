import type { Catalog } from '../definitions.ts';
import { canonicalMetric } from './canonical.ts';
import type { CanonicalTools } from './canonical.ts';
import type { Report } from './fault.ts';

const AT = ['metadata', 'id'];

/**
 * Two names for one thing, of which one would be forgotten: metrics of one canonical form, rules of one version and
 * severity. The later document is at fault, whatever names it; the fault also says where the earlier one stands.
 * @param at.indexOf the place of a document among all
 */
export function reportDuplicates(
  catalog: Catalog,
  at: {
    readonly tools: CanonicalTools;
    readonly indexOf: (kind: string, id: string) => number;
    readonly reportFor: (document: number) => Report;
  },
): void {
  const meanings = [
    ...[...catalog.metrics.values()].map((metric) => ({
      kind: 'Metric',
      id: metric.id,
      form: canonicalMetric(metric, catalog, at.tools),
    })),
    ...[...catalog.rules.values()].map(({ id, version, severity, for: sustained }) => ({
      kind: 'AlertRule',
      id,
      form: `${version} ${severity} ${JSON.stringify(sustained ?? null)}`,
    })),
  ].map((one) => ({ ...one, document: at.indexOf(one.kind, one.id) }));
  const seen = new Map<string, (typeof meanings)[number]>();
  for (const one of meanings.toSorted((a, b) => a.document - b.document)) {
    const key = `${one.kind} ${one.form}`;
    const first = seen.get(key);
    if (first === undefined) seen.set(key, one);
    else
      at.reportFor(one.document)(AT, {
        code: 'definition_duplicate',
        message: `${one.id} computes exactly what ${first.id} does; give ${first.id} an alias instead${one.kind === 'Metric' ? ', and let it keep what both keep' : ''}`,
        related: { document: first.document, path: AT },
      });
  }
}
