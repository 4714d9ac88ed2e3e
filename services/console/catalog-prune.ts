import type { CanonicalTools } from '../kernel/catalog/canonical.ts';
import type { History } from '../kernel/catalog/correlation.ts';
import { differencesOf, sameInputs, similarityOf } from '../kernel/catalog/near-duplicates.ts';
import { countOf, pruneFindings, UNREAD_FOR_MS, usesOf } from '../kernel/catalog/prune.ts';
import type { MetricReads, PruneFinding } from '../kernel/catalog/prune.ts';
import type { Catalog, MetricDefinition } from '../kernel/definitions.ts';
import type { Refusal } from '../kernel/errors.ts';
import { err, ok } from '../kernel/result.ts';
import type { Result } from '../kernel/result.ts';
import { formatRfc3339, parseDuration } from '../kernel/time.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { Grain } from '../kernel/window.ts';
import { historyOf, historyQuery } from './core/history.ts';
import type { Parameters } from './core/values-query.ts';
import type { ReadCounter } from './read-counter.ts';
import type { ConsoleReads } from './service.ts';

/** Metrics whose history is read at once. */
const PARALLEL_MAX = 8;
/** Metrics that are compared; beyond, the rest is told as not compared. */
const COMPARED_MAX = 1_000;

/** `GET /v1/catalog/prune` */
export type PruneAnswer = {
  readonly at: string;
  /** ISO 8601, as asked. */
  readonly unreadFor: string;
  readonly metrics: number;
  readonly findings: readonly PruneFinding[];
  /** Pairs of the same inputs that could not be compared. */
  readonly unjudged: readonly { metric: string; of: string; reason: string }[];
  readonly warnings: readonly string[];
};

type Ports = {
  readonly reads: Pick<ConsoleReads, 'ask' | 'watermark'>;
  readonly counter: ReadCounter;
  readonly catalog: () => Catalog;
  readonly tools: CanonicalTools;
  readonly now: () => EpochMs;
};

/** Which metrics could go, with the figures that say so. Reads of its own do not count. Throws redis_unavailable. */
export function createPrune(
  ports: Ports,
): (parameters: Parameters) => Promise<Result<PruneAnswer, Refusal>> {
  return async (parameters) => {
    const unreadFor = parameters['unreadFor'] ?? 'P30D';
    const unreadForMs = typeof unreadFor === 'string' ? parseDuration(unreadFor) : undefined;
    const other = Object.keys(parameters).find((name) => name !== 'unreadFor');
    if (other !== undefined || unreadForMs === undefined)
      return err({
        code: 'invalid_parameter',
        detail: `there is one parameter, unreadFor, an ISO 8601 duration such as P30D; not ${other ?? `unreadFor ${String(unreadFor)}`}`,
      });
    const { tools } = ports;
    const catalog = ports.catalog();
    const nowMs = ports.now();
    const known = await ports.counter.all();
    const order = byNeed(catalog, known, nowMs - UNREAD_FOR_MS);
    const groups = sameInputs(catalog, tools).map((group) => group.toSorted(order));
    const compared = groups.flat().slice(0, COMPARED_MAX);
    const histories = await readHistories(ports, compared);
    const similar = groups.map((group) =>
      similarityOf(
        group,
        (metric, grain) => histories.get(`${metric} ${grain}`),
        (a, b) => differencesOf(a, b, { catalog, tools }),
      ),
    );
    const near = similar.flatMap((one) => one.near);
    return ok({
      at: formatRfc3339(nowMs),
      unreadFor: unreadFor as string,
      metrics: catalog.metrics.size,
      findings: pruneFindings(catalog, {
        near,
        readsOf: (metric) => known.get(metric),
        nowMs,
        unreadForMs,
      }),
      unjudged: similar.flatMap((one) => one.unjudged),
      warnings:
        compared.length < groups.flat().length
          ? [`only the first ${COMPARED_MAX} metrics with shared inputs were compared`]
          : [],
    });
  };
}

/** The most needed first: what more of the catalogue looks at, then what is read, then by id. */
function byNeed(
  catalog: Catalog,
  known: ReadonlyMap<string, MetricReads>,
  sinceMs: EpochMs,
): (a: MetricDefinition, b: MetricDefinition) => number {
  const uses = usesOf(catalog);
  const need = new Map(
    [...catalog.metrics.keys()].map((id) => {
      const isRead = (known.get(id)?.readMs ?? -Infinity) >= sinceMs;
      return [id, { uses: countOf(uses(id)), isRead: isRead ? 1 : 0 }] as const;
    }),
  );
  return (a, b) => {
    const [x, y] = [need.get(a.id), need.get(b.id)];
    const more = (y?.uses ?? 0) - (x?.uses ?? 0) || (y?.isRead ?? 0) - (x?.isRead ?? 0);
    return more || (a.id < b.id ? -1 : 1);
  };
}

/** By `metric grain`: totals of the last 400 windows that the watermark of the metric has passed. */
async function readHistories(
  ports: Ports,
  metrics: readonly MetricDefinition[],
): Promise<ReadonlyMap<string, History>> {
  const histories = new Map<string, History>();
  const wanted = metrics
    .filter(({ breakdowns }) => breakdowns.some(({ length }) => length === 0))
    .flatMap((metric) => metric.grains.map((grain) => ({ metric, grain })));
  for (let from = 0; from < wanted.length; from += PARALLEL_MAX)
    await Promise.all(
      wanted.slice(from, from + PARALLEL_MAX).map(async ({ metric, grain }) => {
        const history = await readHistory(ports, metric, grain);
        if (history) histories.set(`${metric.id} ${grain}`, history);
      }),
    );
  return histories;
}

async function readHistory(
  { reads }: Ports,
  metric: MetricDefinition,
  grain: Grain,
): Promise<History | undefined> {
  const toMs = await reads.watermark(metric);
  if (toMs <= 0) return undefined;
  const answer = await reads.ask(metric, historyQuery(grain, toMs));
  return answer.ok ? historyOf(answer.value) : undefined;
}
