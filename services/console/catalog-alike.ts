import type { History } from '../kernel/catalog/correlation.ts';
import { comparedBy } from '../kernel/catalog/near-duplicates.ts';
import type { HistoryOf } from '../kernel/catalog/near-duplicates.ts';
import type { Catalog, MetricDefinition } from '../kernel/definitions.ts';
import { TidemarkError } from '../kernel/errors.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { Grain } from '../kernel/window.ts';
import type { NearAnswer } from './core/catalog/answers.ts';
import { sourcesOf } from './core/derived.ts';
import { historyOf, historyQuery } from './core/history.ts';
import { jointWatermark, projectionState } from './core/values-answer.ts';
import { createMetricValues } from './metric-values.ts';
import type { MetricValues } from './metric-values.ts';
import type { ProjectionReader } from './ports.ts';

/** Histories that are read at once. */
const PARALLEL_MAX = 8;
/** A text is checked at every pause while it is typed: what was read lately serves again. */
const KEPT_FOR_MS = 30_000;
/** Histories that are kept: of 400 windows each, some 20 MB at most. */
const KEPT_MAX = 500;
const COARSE_FIRST: readonly Grain[] = ['day', 'hour', 'minute'];

/**
 * Says of metrics with the inputs of one that is being written whether they rise and fall with it.
 * @param question.id the one that is written   @param question.view the catalogue as it would be
 * @returns those above 0.95 first; all as they were where there is nothing to compare
 */
export type JudgeAlike = (
  near: readonly NearAnswer[],
  question: { readonly id: string; readonly view: Catalog },
) => Promise<readonly NearAnswer[]>;

/**
 * Compares only by values that are there: of a version that is published, or that was filled for its review; and of a
 * derived metric, which is worked out of what it reads, those of any formula. Nothing is counted for it, and one question
 * to the store finds that there is nothing. That the store does not answer is no fault of the text.
 */
export function createJudgeAlike(reader: ProjectionReader, now: () => EpochMs): JudgeAlike {
  const historyFrom = keptHistories(createMetricValues(reader), now);

  /** Where a metric's values end; undefined while there are none, or they are being filled. */
  const endOf = async (view: Catalog, metric: MetricDefinition): Promise<EpochMs | undefined> => {
    if (!metric.breakdowns.some(({ length }) => length === 0)) return undefined;
    const sources = sourcesOf(view, metric);
    const heads = await reader.heads(sources.map(({ id, version }) => ({ metric: id, version })));
    const toMs = jointWatermark(heads);
    return projectionState(heads) === 'live' && toMs > 0 ? toMs : undefined;
  };
  const compare = async (
    metric: MetricDefinition,
    others: readonly MetricDefinition[],
    view: Catalog,
  ) => {
    const found = new Map<string, Compared>();
    if ((await endOf(view, metric)) === undefined) return found;
    for (const grain of COARSE_FIRST) {
      const open = others.filter(({ id, grains }) => !found.has(id) && grains.includes(grain));
      if (open.length === 0 || !metric.grains.includes(grain)) continue;
      const histories = new Map<string, History>();
      const all = [metric, ...open];
      for (let from = 0; from < all.length; from += PARALLEL_MAX)
        await Promise.all(
          all.slice(from, from + PARALLEL_MAX).map(async (one) => {
            const history = await historyFrom({ view, metric: one, grain }, endOf);
            if (history) histories.set(one.id, history);
          }),
        );
      const known: HistoryOf = (id, of) => (of === grain ? histories.get(id) : undefined);
      for (const other of open) {
        const one = comparedBy(known, metric, other);
        if (one) found.set(other.id, one);
      }
    }
    return found;
  };

  return async (near, { id, view }) => {
    const metric = view.metrics.get(id);
    if (!metric || near.length === 0) return near;
    try {
      const others = near.flatMap((one) => view.metrics.get(one.metric) ?? []);
      const found = await compare(metric, others, view);
      return near
        .map((one) => withFigures(one, found.get(one.metric)))
        .toSorted((a, b) => strength(b) - strength(a));
    } catch (error) {
      if (error instanceof TidemarkError) return near;
      throw error;
    }
  };
}

type Compared = NonNullable<ReturnType<typeof comparedBy>>;

const withFigures = (one: NearAnswer, found: Compared | undefined): NearAnswer =>
  found?.isNear
    ? { ...one, alike: { correlation: found.r, windows: found.windows, grain: found.grain } }
    : one;

const strength = ({ alike }: NearAnswer): number => Number(alike?.correlation ?? 0);

type Wanted = { readonly view: Catalog; readonly metric: MetricDefinition; readonly grain: Grain };

/** Reads histories, each at most twice a minute. */
function keptHistories(valuesOf: MetricValues, now: () => EpochMs) {
  const kept = new Map<string, { readonly atMs: EpochMs; readonly history: History | undefined }>();
  return async (
    { view, metric, grain }: Wanted,
    endOf: (view: Catalog, metric: MetricDefinition) => Promise<EpochMs | undefined>,
  ): Promise<History | undefined> => {
    const key = `${metric.id}@${metric.version} ${grain}`;
    const before = kept.get(key);
    if (before && now() - before.atMs < KEPT_FOR_MS) return before.history;
    const toMs = await endOf(view, metric);
    if (toMs === undefined) return undefined;
    const answer = await valuesOf(view, metric, { query: historyQuery(grain, toMs) });
    const history = answer.ok ? historyOf(answer.value) : undefined;
    if (kept.size >= KEPT_MAX) kept.clear();
    kept.set(key, { atMs: now(), history });
    return history;
  };
}
