import type { Catalog, MetricDefinition, OwnerRef } from '../../../kernel/definitions.ts';
import { canonicalJson } from '../../../kernel/json.ts';
import type { Labels } from '../../../kernel/series.ts';
import { instantOf } from './local-time.ts';
import type { Answering, PassedOver } from './responsibility.ts';
import { matching, routeOf } from './responsibility.ts';

/** Who answers over a stretch of dates, half-open, in the metric's zone. */
export type Span = {
  readonly from: string;
  readonly to: string;
  readonly accountable: string | null;
  readonly deputy: string | null;
  readonly via: string | null;
  /** Who is told in fact; null: nobody. */
  readonly answering: Answering | null;
  readonly passedOver: readonly PassedOver[];
  /** No entry holds: the metric's owner or the fallback team answers. */
  readonly isGap: boolean;
  /** Further entries that claim the same series on these dates, and lose. */
  readonly overlaps: readonly { readonly id: string; readonly accountable: OwnerRef }[];
};
export type Coverage = {
  readonly metric: string;
  readonly where: Labels;
  readonly spans: readonly Span[];
};

/**
 * The matrix of one metric by date: a row for the metric as a whole and one for each set of members that an entry names.
 * Who is away is asked at noon. Law: the spans of a row tile [from, to), and neighbours differ.
 * @param range local dates, from < to
 */
export function coverageOf(
  catalog: Catalog,
  metric: MetricDefinition,
  range: { readonly from: string; readonly to: string },
): readonly Coverage[] {
  const entries = [...catalog.responsibilities.values()]
    .flatMap((one) => one.entries)
    .filter((entry) => entry.metric === metric.id);
  const rows = new Map<string, Labels>([['{}', {}]]);
  for (const { where } of entries) rows.set(canonicalJson({ ...where }), where);
  const cuts = cutsIn(range, [
    ...entries,
    ...[...catalog.people.values()].flatMap(({ absences = [] }) => absences),
  ]);
  return [...rows.values()].map((where) => ({
    metric: metric.id,
    where,
    spans: united(
      cuts
        .slice(0, -1)
        .map((from, i) => spanOf(catalog, metric, { where, from, to: cuts[i + 1] ?? range.to })),
    ),
  }));
}

/** All dates at which anything may change, the range's ends with them, in order. */
function cutsIn(
  { from, to }: { from: string; to: string },
  dated: readonly { readonly from?: string; readonly to?: string }[],
): readonly string[] {
  const inside = dated
    .flatMap((one) => [one.from, one.to])
    .filter((date): date is string => date !== undefined && from < date && date < to);
  return [...new Set([from, ...inside, to])].toSorted();
}

function spanOf(
  catalog: Catalog,
  metric: MetricDefinition,
  { where, from, to }: { where: Labels; from: string; to: string },
): Span {
  const atMs = instantOf(from, '12:00', metric.timezone);
  const route = routeOf(catalog, metric, { labels: where, atMs });
  const [winner, ...others] = matching(catalog, metric.id, { labels: where, date: from });
  const labels = (entry: { where: Labels }) => Object.keys(entry.where).length;
  return {
    from,
    to,
    accountable: route.accountable,
    deputy: route.deputy,
    via: route.via,
    answering: route.answering ?? null,
    passedOver: route.passedOver ?? [],
    isGap: !winner,
    overlaps: others
      .filter(({ entry }) => winner && labels(entry) === labels(winner.entry))
      .map(({ id, entry }) => ({ id, accountable: entry.accountable })),
  };
}

/** Neighbours that say the same are one. */
function united(spans: readonly Span[]): readonly Span[] {
  const out: Span[] = [];
  const said = ({ from: _from, to: _to, ...rest }: Span) => JSON.stringify(rest);
  for (const span of spans) {
    const last = out.at(-1);
    if (last && said(last) === said(span)) out[out.length - 1] = { ...last, to: span.to };
    else out.push(span);
  }
  return out;
}
