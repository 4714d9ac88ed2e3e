import { EMPTY, merge } from '../kernel/accumulator.ts';
import { TidemarkError } from '../kernel/errors.ts';
import { PAST_RECORDS_MAX } from '../kernel/past.ts';
import type { PastAnswer } from '../kernel/past.ts';
import { formatRfc3339 } from '../kernel/time.ts';
import type { EpochMs } from '../kernel/time.ts';
import { encodeAccumulators } from '../kernel/update.ts';
import type { Cursor } from '../kernel/update.ts';
import type { Grain, Window } from '../kernel/window.ts';
import { cellStarts, tiles } from '../kernel/window-merge.ts';
import type { MetricPlan } from './core/metric-plan.ts';
import type { RecountedCell, WindowPlace } from './core/recount.ts';
import { recountWindows } from './log-recount.ts';
import type { CellReader, ProjectionStore, StoredPartition } from './ports.ts';
import { withEstimates } from './verifier.ts';
import type { VerifierPorts } from './verifier.ts';
import { plansFor, VERIFY_LIMITS } from './verify-question.ts';

export type PastQuestion = {
  readonly metric: string;
  readonly version: string;
  readonly mark:
    | { readonly kind: 'time'; readonly timeMs: EpochMs }
    | { readonly kind: 'cursors'; readonly cursors: readonly Cursor[] };
  readonly grain: Grain;
  readonly windows: readonly Window[];
  readonly series: readonly string[];
};

type Ports = VerifierPorts & {
  readonly cells: CellReader;
  readonly store: Pick<ProjectionStore, 'load'>;
} & Parameters<typeof plansFor>[0];

/**
 * Windows of a metric as they were known at an instant, or at a vector of cursors: counted again from the log by the core
 * that counts live, so they are what was served then, bit for bit. Nothing is counted beyond what the metric has counted.
 * @returns undefined when no such version of such a metric is counted here
 * @throws grain_unavailable, span_too_long, log_truncated, rebuilding; redis_unavailable, broker_unavailable,
 *   registry_unavailable
 */
export async function answerPast(
  ports: Ports,
  question: PastQuestion,
): Promise<PastAnswer | undefined> {
  const { metric, version, series } = question;
  const plan = plansFor(ports, metric)?.find((one) => one.metric.version === version);
  if (plan?.metric.id !== metric) return undefined;
  const ref = { metric, version };
  const places = placesOf(plan, question);
  const stored = await ports.store.load(ref);
  if (!stored || stored.rebuilding)
    throw new TidemarkError('rebuilding', `${metric} is being counted anew`);
  const partitions = await Promise.all(
    stored.partitions.map((one) => markedAt(ports.offsets, one, question.mark)),
  );
  const watermarks = new Map<number, EpochMs>();
  const counted = await recountWindows(ports, {
    plan,
    windows: places,
    partitions,
    recordsMax: PAST_RECORDS_MAX,
    onRecord: (partition, _record, { watermarkMs }) =>
      void watermarks.set(partition, Math.max(watermarks.get(partition) ?? 0, watermarkMs)),
  });
  const wanted = new Set(series);
  const windows = mergedWindows(
    plan,
    question,
    counted.cells.filter(({ key }) => wanted.has(key)),
  );
  const estimated = await withEstimates(ports.cells, ref, windows);
  return {
    metric,
    version,
    partitions: partitions.map(({ topic, partition, next }) => {
      const watermarkMs = watermarks.get(partition) ?? 0;
      const watermark = watermarkMs === 0 ? null : formatRfc3339(watermarkMs);
      return { topic, partition, next, watermark };
    }),
    records: counted.records,
    cells: estimated.map(({ key, accumulators }, i) => ({
      start: formatRfc3339(windows[i]?.startMs ?? 0),
      end: formatRfc3339(windows[i]?.endMs ?? 0),
      series: key,
      contributions: accumulators.contributions,
      accumulators: encodeAccumulators(accumulators),
    })),
  };
}

/** Up to where the partition counted then. */
async function markedAt(
  offsets: Ports['offsets'],
  stored: StoredPartition,
  mark: PastQuestion['mark'],
): Promise<StoredPartition> {
  const { topic, partition, next } = stored;
  const to =
    mark.kind === 'time'
      ? await offsets.offsetAt({ topic, partition, timeMs: mark.timeMs + 1 })
      : mark.cursors.find((one) => one.topic === topic && one.partition === partition)?.offset;
  return { ...stored, next: Math.min(next, to ?? next) };
}

/** Every cell of the windows once. @throws grain_unavailable, span_too_long */
function placesOf(
  plan: MetricPlan,
  { grain, windows }: Pick<PastQuestion, 'grain' | 'windows'>,
): readonly WindowPlace[] {
  const { calendar, metric, grains } = plan;
  const starts = new Set<EpochMs>();
  for (const window of windows) {
    if (!grains.includes(grain) || !tiles(calendar, grain, window))
      throw new TidemarkError('grain_unavailable', `no ${grain} cells of ${metric.id} tile it`);
    for (const startMs of cellStarts(calendar, grain, window)) starts.add(startMs);
    if (starts.size > VERIFY_LIMITS.windowsMax)
      throw new TidemarkError(
        'span_too_long',
        `the windows have more than ${VERIFY_LIMITS.windowsMax} cells of a ${grain}`,
      );
  }
  return [...starts].map((startMs) => ({ grain, startMs }));
}

/** The windows merged from their cells, with all members, so that what is told apart is counted once in each. */
function mergedWindows(
  { calendar }: MetricPlan,
  { grain, windows, series }: Pick<PastQuestion, 'grain' | 'windows' | 'series'>,
  cells: readonly RecountedCell[],
): readonly (RecountedCell & { readonly endMs: EpochMs })[] {
  const places = new Map(cells.map((cell) => [`${cell.startMs} ${cell.key}`, cell]));
  return windows.flatMap((window) => {
    const starts = cellStarts(calendar, grain, window);
    return series.flatMap((key) => {
      const own = starts.flatMap((startMs) => places.get(`${startMs} ${key}`) ?? []);
      if (own.length === 0) return [];
      const accumulators = own.reduce((sum, cell) => merge(sum, cell.accumulators), EMPTY);
      return [{ grain, ...window, key, accumulators, historical: 0 }];
    });
  });
}
