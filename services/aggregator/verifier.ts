import { TidemarkError } from '../kernel/errors.ts';
import { DISTINCT_EXACT_MAX, keepsMembers } from '../kernel/projection.ts';
import type { Cursor } from '../kernel/update.ts';
import type { MetricPlan } from './core/metric-plan.ts';
import type { RecountedCell, WindowPlace } from './core/recount.ts';
import { compareCells } from './core/verification.ts';
import type { ComparedCell, Comparison } from './core/verification.ts';
import { recountWindows } from './log-recount.ts';
import type { LogRecountPorts } from './log-recount.ts';
import type { CellReader, ProjectionRef, StoredPartition, WindowsView } from './ports.ts';

export type VerifierPorts = LogRecountPorts & { readonly cells: CellReader };

export type VerifyLimits = {
  readonly cellsMax: number;
  /** Records that are read at most, over all partitions. */
  readonly recordsMax: number;
};

/** What a recount of some windows gave beside what is stored. */
export type Verification = Comparison & {
  readonly ref: ProjectionRef;
  readonly generation: string;
  /** Up to where the log was counted: the cursors that the stored cells are a function of. */
  readonly cursors: readonly Cursor[];
  /** Where reading began: one horizon before the first event that may be in the windows. */
  readonly readFrom: readonly Cursor[];
  readonly records: number;
  /** Windows that are not compared, since retention took their cells. */
  readonly expired: number;
};

/**
 * Counts windows of a metric again from the log, up to the cursors that are stored beside them, and compares each cell.
 * Windows of more cells than one view holds are read as several; what differs then is looked at again in one view.
 * @param windows of the metric's grains, at least one
 * @throws span_too_long beyond the limits; log_truncated where the log no longer holds what is needed; rebuilding when
 *   there is no projection; redis_unavailable, broker_unavailable, registry_unavailable
 */
export async function verifyWindows(
  ports: VerifierPorts,
  what: { readonly plan: MetricPlan; readonly windows: readonly WindowPlace[] },
  limits: VerifyLimits,
): Promise<Verification> {
  const first = await verifyOnce(ports, what, limits);
  if (first.isOneView || first.verification.differences.length === 0) return first.verification;
  const suspects = windowsOf(first.verification.differences);
  const second = await verifyOnce(ports, { ...what, windows: suspects, isOneView: true }, limits);
  const { differences, records } = second.verification;
  return { ...first.verification, differences, records: first.verification.records + records };
}

const windowsOf = (places: readonly WindowPlace[]): readonly WindowPlace[] => [
  ...new Map(
    places.map(({ grain, startMs }) => [`${grain}|${startMs}`, { grain, startMs }]),
  ).values(),
];

async function verifyOnce(
  ports: VerifierPorts,
  what: {
    readonly plan: MetricPlan;
    readonly windows: readonly WindowPlace[];
    /** Only as many of the windows as one view holds. */
    readonly isOneView?: boolean;
  },
  limits: VerifyLimits,
): Promise<{ verification: Verification; isOneView: boolean }> {
  const { plan } = what;
  const ref = { metric: plan.metric.id, version: plan.metric.version };
  const { view, stored, windows, views } = await readStored(ports, { ...what, ref }, limits);
  const kept = windows.filter((window) => !isPastRetention(plan, window, view.partitions));
  const isKept = new Set(kept.map(({ grain, startMs }) => `${grain}|${startMs}`));
  const counted =
    kept.length === 0
      ? { cells: [], readFrom: [], records: 0 }
      : await recountWindows(ports, {
          plan,
          windows: kept,
          partitions: view.partitions,
          recordsMax: limits.recordsMax,
        });
  const recounted = await withEstimates(ports.cells, ref, counted.cells);
  const comparison = compareCells(
    plan,
    {
      stored: stored.filter(({ grain, startMs }) => isKept.has(`${grain}|${startMs}`)),
      recounted,
    },
    view.series,
  );
  const cursors = view.partitions.map(({ topic, partition, next }) => ({
    topic,
    partition,
    offset: next,
  }));
  return {
    isOneView: views === 1,
    verification: {
      ...comparison,
      ref,
      generation: view.generation,
      cursors,
      readFrom: counted.readFrom,
      records: counted.records,
      expired: windows.length - kept.length,
    },
  };
}

/** The cells of all the windows, and the newest view of them, all of one generation. */
async function readStored(
  { cells }: VerifierPorts,
  what: {
    readonly plan: MetricPlan;
    readonly ref: ProjectionRef;
    readonly windows: readonly WindowPlace[];
    readonly isOneView?: boolean;
  },
  { cellsMax }: VerifyLimits,
): Promise<{
  view: WindowsView;
  stored: readonly ComparedCell[];
  windows: readonly WindowPlace[];
  views: number;
}> {
  const { plan, ref, windows } = what;
  const hasMembers = keepsMembers(plan.metric.aggregation);
  const stored: ComparedCell[] = [];
  let done = 0;
  let views = 0;
  let generation: string | undefined;
  for (;;) {
    const view = await cells.readWindows(ref, { windows: windows.slice(done), hasMembers });
    generation ??= view?.generation;
    if (!view || view.generation !== generation)
      throw new TidemarkError('rebuilding', `${ref.metric}@${ref.version} has just begun anew`);
    stored.push(...view.cells);
    if (stored.length > cellsMax)
      throw new TidemarkError(
        'span_too_long',
        `the windows hold more than ${cellsMax} cells; ask for less time`,
      );
    views++;
    done += view.taken;
    if (done >= windows.length || what.isOneView)
      return { view, stored, windows: windows.slice(0, done), views };
  }
}

/** Its cells are gone, or go at the next look: the watermark is past the end by all that may change or keep it. */
function isPastRetention(
  { calendar, metric }: MetricPlan,
  { grain, startMs }: WindowPlace,
  partitions: readonly StoredPartition[],
): boolean {
  const watermarkMs = Math.min(...partitions.map((one) => one.watermarkMs));
  const keptMs = Math.max(metric.latenessMs, metric.retentionMs[grain]);
  return calendar.cellEnd(grain, startMs) + keptMs <= watermarkMs;
}

/** Distinct members beyond the bound are stored as an estimate: the same members give the same estimate. */
export async function withEstimates(
  reader: CellReader,
  ref: ProjectionRef,
  cells: readonly RecountedCell[],
): Promise<readonly ComparedCell[]> {
  const out: ComparedCell[] = [];
  for (const { accumulators, ...cell } of cells) {
    const { members, ...rest } = accumulators;
    const estimate =
      members && members.length > DISTINCT_EXACT_MAX
        ? { distinct: await reader.estimate(ref, members), approximate: true }
        : {};
    out.push({ ...cell, accumulators: { ...rest, ...estimate } });
  }
  return out;
}
