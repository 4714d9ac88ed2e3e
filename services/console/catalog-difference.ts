import { buildCatalog, documentKey } from '../kernel/catalog/build.ts';
import type { Catalog, MetricDefinition, SimpleMetric } from '../kernel/definitions.ts';
import type { Refusal } from '../kernel/errors.ts';
import type { Json } from '../kernel/json.ts';
import { err, ok } from '../kernel/result.ts';
import type { Result } from '../kernel/result.ts';
import { formatRfc3339 } from '../kernel/time.ts';
import type { EpochMs } from '../kernel/time.ts';
import { eventTopic } from '../kernel/topics.ts';
import type { ShownLedger } from '../platform/catalog/shown-ledger.ts';
import { catalogTools } from '../platform/catalog/tools.ts';
import type { PublishedCatalog } from './catalog-check.ts';
import { differenceOf, NO_DIFFERENCE } from './core/catalog/difference.ts';
import type { DifferenceAnswer } from './core/catalog/difference.ts';
import type { Series } from './core/answers.ts';
import { sourcesOf } from './core/derived.ts';
import { offsetsDone } from './core/pipeline-answer.ts';
import { projectionState } from './core/values-answer.ts';
import { parseLimit, parseValuesQuery } from './core/values-query.ts';
import type { Parameters, ValuesQuery } from './core/values-query.ts';
import { createMetricValues } from './metric-values.ts';
import type { LogBounds, ProjectionReader } from './ports.ts';

/** Windows of all series that are compared at most; beyond, a coarser grain or less time is asked for. */
const POINTS_MAX = 50_000;
const ITEMS = { fallback: 100, max: 1_000 };

export type DraftDifference = (
  name: { readonly kind: string; readonly id: string },
  parameters: Parameters,
) => Promise<Result<DifferenceAnswer, Refusal>>;

/**
 * What a draft in review would change: the candidate's values beside those that are published. Parameters are those of
 * a question for values; `limit` bounds the windows that are named. The grain is by default the coarsest that is kept in
 * which something is past: of a metric that began today the day is open, and its hours tell. Throws redis_unavailable,
 * broker_unavailable.
 */
export function createDraftDifference(parts: {
  readonly reader: ProjectionReader;
  readonly logBounds: LogBounds;
  readonly ledger: ShownLedger;
  readonly published: () => PublishedCatalog;
  readonly now: () => EpochMs;
  readonly prefix: string;
}): DraftDifference {
  const { reader, logBounds, ledger, published, now, prefix } = parts;
  const valuesOf = createMetricValues(reader);

  const read = async (
    catalog: Catalog,
    metric: MetricDefinition | undefined,
    query: ValuesQuery,
  ): Promise<Result<readonly Series[], Refusal>> => {
    if (!metric) return ok([]);
    const answer = await valuesOf(catalog, metric, { query });
    if (!answer.ok) return answer;
    if (answer.value.cursor === undefined) return ok(answer.value.series);
    return err({
      code: 'span_too_long',
      detail: `there are more than ${POINTS_MAX} windows to compare: ask for less time or a coarser grain`,
    });
  };

  const fillOf = async (catalog: Catalog, metric: MetricDefinition) => {
    const sources = sourcesOf(catalog, metric);
    const heads = await reader.heads(sources.map(({ id, version }) => ({ metric: id, version })));
    if (projectionState(heads) === 'live') return { state: 'ready' } as const;
    const shares = await Promise.all(sources.map(async (source, i) => shareOf(source, heads[i])));
    return { state: 'filling', progress: Math.min(1, ...shares) } as const;
  };

  const shareOf = async (
    { event }: SimpleMetric,
    head: Awaited<ReturnType<ProjectionReader['heads']>>[number],
  ): Promise<number> => {
    if (!head) return 0;
    const bounds = await logBounds(eventTopic(prefix, event));
    const ends = new Map(bounds.map(({ partition, end }) => [partition, end]));
    const behind = head.partitions.reduce(
      (sum, { partition, next }) => sum + Math.max(0, (ends.get(partition) ?? next) - next),
      0,
    );
    const done = offsetsDone(head);
    return done + behind === 0 ? 1 : done / (done + behind);
  };

  return async (name, { limit: asked, ...parameters }) => {
    const draft = ledger.current().lives.get(documentKey(name))?.draft;
    if (!draft)
      return err({ code: 'not_found', detail: `nothing is drafted: ${documentKey(name)}` });
    const items = parseLimit(asked as string | undefined, ITEMS);
    if (!items.ok) return items;
    const { catalog, documents } = published();
    const before = name.kind === 'Metric' ? catalog.metrics.get(name.id) : undefined;
    const after =
      name.kind === 'Metric' && draft.state === 'in_review'
        ? draftedIn(documents, documentKey(name), JSON.parse(draft.document) as Json)
        : undefined;
    const versions = { before: before?.version ?? null, after: after?.version ?? null };
    const metric = after ?? before;
    const [coarsest, ...finer] = grainsFor(metric, parameters);
    const query = metric && parseValuesQuery(metric, { ...parameters, grain: coarsest }, now());
    if (query?.ok === false) return query;
    const span = { ...spanOf(query?.value, now()), versions };
    if (!metric || !after || !query || versions.before === versions.after)
      return ok({ state: 'none', ...span, ...NO_DIFFERENCE });
    const view = { ...catalog, metrics: new Map(catalog.metrics).set(after.id, after) };
    const fill = await fillOf(view, after);
    if (fill.state === 'filling') return ok({ ...fill, ...span, ...NO_DIFFERENCE });
    const options = {
      limit: items.value,
      isAdditive: after.kind === 'simple' && ADDED_UP.has(after.aggregation),
    };
    const compare = async (of: ValuesQuery): Promise<Result<DifferenceAnswer, Refusal>> => {
      const all = { ...of, limit: POINTS_MAX };
      const [old, drafted] = await Promise.all([
        read(catalog, before, all),
        read(view, after, all),
      ]);
      if (!old.ok) return old;
      if (!drafted.ok) return drafted;
      const told = differenceOf(old.value, drafted.value, options);
      return ok({ ...fill, ...spanOf(of, now()), versions, ...told });
    };
    let answer = await compare(query.value);
    for (const grain of finer) {
      if (!answer.ok || answer.value.windows.total > 0 || answer.value.windows.open === 0) break;
      const next = parseValuesQuery(metric, { ...parameters, grain }, now());
      const told = next.ok ? await compare(next.value) : next;
      // More windows than one answer may hold: what the coarser ones told is what there is.
      if (!told.ok) break;
      answer = told;
    }
    return answer;
  };
}

const ADDED_UP: ReadonlySet<string> = new Set(['sum', 'count']);

/** Grains to compare by: the one asked for, else those that are kept, the coarsest first. */
const grainsFor = (
  metric: MetricDefinition | undefined,
  { grain }: Parameters,
): readonly Parameters[string][] =>
  grain === undefined ? (metric?.grains.toReversed() ?? []) : [grain];

const spanOf = (query: ValuesQuery | undefined, nowMs: EpochMs) => ({
  from: formatRfc3339(query?.fromMs ?? nowMs),
  to: formatRfc3339(query?.toMs ?? nowMs),
  grain: query?.grain ?? 'day',
});

/** The metric as it would be, with all else as it is. @returns undefined where it has faults */
function draftedIn(
  documents: ReadonlyMap<string, Json>,
  key: string,
  draft: Json,
): MetricDefinition | undefined {
  const all = [...new Map([...documents, [key, draft]]).values()];
  const { catalog } = buildCatalog(all, catalogTools);
  return catalog.metrics.get(key.slice(key.indexOf('/') + 1));
}
