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

/**
 * A name leads to one metric: no code or alias is the id of another one, or a code or an alias of it. Capitals do not matter, for people
 * who search do not heed them. The later document is at fault, or the one that has the code or alias where the other has the id.
 */
export function reportAliases(
  { metrics }: Pick<Catalog, 'metrics'>,
  at: {
    readonly indexOf: (kind: string, id: string) => number;
    readonly reportFor: (document: number) => Report;
  },
): void {
  const taken = new Map([...metrics.keys()].map((id) => [id.toLowerCase(), id]));
  const places = [...metrics.values()]
    .flatMap(({ id, code, aliases = [] }) => [
      ...(code === undefined ? [] : [{ id, alias: code, path: ['metadata', 'code'] }]),
      ...aliases.map((alias, i) => ({ id, alias, path: ['metadata', 'aliases', i] })),
    ])
    .map((one) => ({ ...one, document: at.indexOf('Metric', one.id) }))
    .toSorted((a, b) => a.document - b.document);
  for (const { id, alias, path, document } of places) {
    const holder = taken.get(alias.toLowerCase());
    if (holder === undefined) taken.set(alias.toLowerCase(), id);
    else
      at.reportFor(document)(path, {
        code: 'id_taken',
        message:
          holder === id ? `${alias} is said twice` : `${alias} is a name of ${holder} already`,
        related: { document: at.indexOf('Metric', holder), path: AT },
      });
  }
}
