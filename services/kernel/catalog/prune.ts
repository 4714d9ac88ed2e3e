import type { Catalog, MetricDefinition, OwnerRef } from '../definitions.ts';
import { DAY_MS, formatRfc3339 } from '../time.ts';
import type { DurationMs, EpochMs } from '../time.ts';
import { metricsOfDashboard } from './dashboards.ts';
import type { NearDuplicate } from './near-duplicates.ts';

/** What `catalog prune` may say of a metric, each with what to do about it. */
export const PRUNE_CODES = {
  near_duplicate:
    'Another metric of the same inputs rises and falls with it: one of them is enough.',
  unused: 'Nobody reads it, nothing is computed from it and nobody is alerted by it.',
  unowned: 'Nobody who is known to the catalogue answers for it.',
} as const;
export type PruneCode = keyof typeof PRUNE_CODES;

export type PruneFinding = {
  readonly metric: string;
  readonly code: PruneCode;
  /** A sentence with the figures that it rests on. */
  readonly reason: string;
  /** The figures, by name. */
  readonly evidence: Readonly<Record<string, string | number | readonly string[] | null>>;
  readonly action: string;
};

/** When a metric was published as far as is known, and when somebody last read it. */
export type MetricReads = { readonly seenMs: EpochMs; readonly readMs?: EpochMs };
export type ReadsOf = (metric: string) => MetricReads | undefined;

/** What of the catalogue looks at a metric, by ids. */
export type MetricUses = {
  readonly derived: readonly string[];
  readonly rules: readonly string[];
  readonly subscriptions: readonly string[];
  readonly drives: readonly string[];
  readonly objectives: readonly string[];
  readonly targets: readonly string[];
  readonly dashboards: readonly string[];
};

/** How long nobody must have read a metric before it is said to be unused. */
export const UNREAD_FOR_MS: DurationMs = 30 * DAY_MS;

/** @returns for each metric what looks at it; a derived metric looks at all simple ones that its formula reaches */
export function usesOf(catalog: Catalog): (metric: string) => MetricUses {
  const metrics = [...catalog.metrics.values()];
  const ids = (list: Iterable<{ readonly id: string }>): readonly string[] =>
    [...list].map(({ id }) => id).toSorted();
  return (metric) => ({
    derived: ids(metrics.filter((one) => one.kind === 'derived' && one.inputs.includes(metric))),
    rules: ids([...catalog.rules.values()].filter((rule) => rule.metric === metric)),
    subscriptions: ids(
      [...(catalog.subscriptions?.values() ?? [])].filter((one) => one.metric === metric),
    ),
    objectives: ids(
      [...(catalog.objectives?.values() ?? [])].filter((one) => one.metrics.includes(metric)),
    ),
    targets: ids([...(catalog.targets?.values() ?? [])].filter((one) => one.metric === metric)),
    dashboards: ids(
      [...(catalog.dashboards?.values() ?? [])].filter((one) =>
        metricsOfDashboard(one).includes(metric),
      ),
    ),
    drives: ids(metrics.filter(({ drivers = [] }) => drivers.some((one) => one.metric === metric))),
  });
}

export const countOf = (uses: MetricUses): number =>
  Object.values(uses).reduce((sum, { length }) => sum + length, 0);

export type PruneInput = {
  readonly near: readonly NearDuplicate[];
  readonly readsOf: ReadsOf;
  readonly nowMs: EpochMs;
  readonly unreadForMs: DurationMs;
};

/**
 * Metrics that could go, by id. Laws: a metric is unused when it has been published for `unreadForMs`, nobody read it in
 * that time, and no derived metric, rule, subscription, objective, target, dashboard or driver looks at it; a rule that is
 * paused looks at it all the same, for it may go on any time. What was published later, or is not known to have been
 * published that long, is never called unused.
 */
export function pruneFindings(catalog: Catalog, input: PruneInput): readonly PruneFinding[] {
  const uses = usesOf(catalog);
  const near = new Map(input.near.map((one) => [one.metric, one]));
  return [...catalog.metrics.values()]
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .flatMap((metric) => {
      const twin = near.get(metric.id);
      return [
        ...(twin ? [nearDuplicate(twin)] : []),
        ...unused(metric, uses(metric.id), input),
        ...unowned(metric, catalog),
      ];
    });
}

function nearDuplicate({ metric, of, r, windows, grain, differs }: NearDuplicate): PruneFinding {
  return {
    metric,
    code: 'near_duplicate',
    reason: `over ${windows} ${grain} windows its correlation with ${of}, of the same inputs, is ${r}; they differ in ${differs.join(', ')}`,
    evidence: { of, correlation: r, windows, grain, differs },
    action: `read ${of} instead, give it what only ${metric} keeps and ${metric} as an alias, then remove ${metric}`,
  };
}

function unused(
  metric: MetricDefinition,
  uses: MetricUses,
  { readsOf, nowMs, unreadForMs }: PruneInput,
): readonly PruneFinding[] {
  const reads = readsOf(metric.id);
  const sinceMs = Math.max(reads?.seenMs ?? nowMs, reads?.readMs ?? 0);
  if (!reads || sinceMs > nowMs - unreadForMs || countOf(uses) > 0) return [];
  const lastRead = reads.readMs === undefined ? null : formatRfc3339(reads.readMs);
  const publishedBy = formatRfc3339(reads.seenMs);
  const told =
    lastRead === null ? `not read since it was seen at ${publishedBy}` : `last read at ${lastRead}`;
  return [
    {
      metric: metric.id,
      code: 'unused',
      reason: `${told}; 0 derived metrics, 0 rules, 0 subscriptions, 0 objectives, 0 targets, 0 dashboards and 0 metrics above it look at it`,
      evidence: {
        lastRead,
        publishedBy,
        derived: 0,
        rules: 0,
        subscriptions: 0,
        objectives: 0,
        targets: 0,
        dashboards: 0,
        drives: 0,
      },
      action: `remove ${metric.id}, or say in its purpose who needs it and let a rule or a subscription watch it`,
    },
  ];
}

function unowned(metric: MetricDefinition, catalog: Catalog): readonly PruneFinding[] {
  if (isKnown(metric.owner, catalog)) return [];
  const responsible = [...catalog.responsibilities.values()]
    .flatMap(({ entries }) => entries)
    .filter((entry) => entry.metric === metric.id && isKnown(entry.accountable, catalog));
  if (responsible.length > 0) return [];
  return [
    {
      metric: metric.id,
      code: 'unowned',
      reason: `${metric.owner} is no person and no team with a member that the catalogue knows, and 0 responsibilities name somebody else`,
      evidence: { owner: metric.owner, responsibilities: 0 },
      action: `name an owner of ${metric.id}`,
    },
  ];
}

function isKnown(owner: OwnerRef, { people, teams }: Catalog): boolean {
  const [kind, id = ''] = owner.split(':');
  if (kind === 'person') return people.has(id);
  const members = teams.get(id)?.members ?? [];
  return members.some((member) => people.has(member.slice('person:'.length)));
}
