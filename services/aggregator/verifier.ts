import { TidemarkError } from '../kernel/errors.ts';
import { formatRfc3339 } from '../kernel/time.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { Cursor } from '../kernel/update.ts';
import { DISTINCT_EXACT_MAX } from '../kernel/projection.ts';
import { indexStart } from './core/horizon.ts';
import { APPEND_TIME_SLACK_MS } from './core/identity-index.ts';
import { partitionJudge } from './core/judge.ts';
import type { RecordReader } from './core/judge.ts';
import type { MetricPlan } from './core/metric-plan.ts';
import { createRecount, eventTimes } from './core/recount.ts';
import type { Recount, RecountedCell, RecountStart, WindowPlace } from './core/recount.ts';
import { compareCells } from './core/verification.ts';
import type { ComparedCell, Comparison } from './core/verification.ts';
import { viewOf } from './core/source-record.ts';
import type { SourceRecord } from './core/source-record.ts';
import type { ReaderPorts } from './take-batch.ts';
import type {
  CellReader,
  Clock,
  LogReader,
  ProjectionRef,
  ReaderSource,
  SourceOffsets,
  StoredPartition,
  WindowsView,
} from './ports.ts';

export type VerifierPorts = {
  readonly cells: CellReader;
  readonly log: LogReader;
  readonly offsets: Pick<SourceOffsets, 'bounds' | 'offsetAt'>;
  readonly readers: ReaderSource;
  readonly clock: Clock;
  readonly schemaIdOf: ReaderPorts['schemaIdOf'];
};

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

/** Records judged in one go; then others have their turn. */
const RECORDS_AT_ONCE = 500;
const PAUSE_MS = 1;
/** Verdicts are asked for once: the judge need not remember them. */
const NEVER_AGAIN = Number.MAX_SAFE_INTEGER;

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
      : await recountWindows(ports, { plan, windows: kept, partitions: view.partitions }, limits);
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
  const hasMembers = plan.metric.aggregation === 'distinct';
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
async function withEstimates(
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

type Counted = {
  readonly cells: readonly RecountedCell[];
  readonly readFrom: readonly Cursor[];
  readonly records: number;
};
type Task = {
  readonly plan: MetricPlan;
  readonly windows: readonly WindowPlace[];
  readonly partitions: readonly StoredPartition[];
};

async function recountWindows(
  ports: VerifierPorts,
  task: Task,
  { recordsMax }: VerifyLimits,
): Promise<Counted> {
  const { plan, windows } = task;
  let records = 0;
  const tick = (): void => {
    if (++records > recordsMax)
      throw new TidemarkError(
        'span_too_long',
        `more than ${recordsMax} records would be read; ask for less or for newer time`,
      );
  };
  const starts = await startsOf(ports.offsets, task);
  const recount = createRecount(plan, windows, starts);
  for (const start of starts) await countPartition(ports, { ...task, recount, start, tick });
  const readFrom = starts.map(({ partition, from }) => ({
    topic: plan.topic,
    partition,
    offset: from,
  }));
  return { cells: recount.cells(), readFrom, records };
}

/** Where each partition must be read from so that every event of the windows is judged as it was. */
async function startsOf(
  offsets: VerifierPorts['offsets'],
  { plan, windows, partitions }: Task,
): Promise<readonly RecountStart[]> {
  const { topic, type } = plan;
  const bounds = await offsets.bounds(topic);
  /** No event of the windows was appended before: none lies further ahead of its append time. */
  const firstMs = eventTimes(plan, windows).fromMs - type.maxFutureMs - APPEND_TIME_SLACK_MS;
  return Promise.all(
    partitions.map(async (stored) => {
      const { partition, first, next, historicalMs } = stored;
      const log = bounds.find((one) => one.partition === partition);
      if (!log || log.end < next)
        throw new TidemarkError(
          'log_truncated',
          `${topic}/${partition} ends before ${next}, up to where it was counted`,
        );
      const timeMs = indexTime(plan, { firstMs, historicalMs });
      const found = timeMs <= 0 ? 0 : await offsets.offsetAt({ topic, partition, timeMs });
      if (found <= log.first && log.first > first)
        throw new TidemarkError(
          'log_truncated',
          `${topic}/${partition} begins at ${log.first}; what was appended before ${formatRfc3339(firstMs)} is needed too`,
        );
      const from = Math.min(next, Math.max(found, first));
      return { partition, from, historicalMs };
    }),
  );
}

/** @returns append time from which records are read, ≤ 0: all */
function indexTime(
  { type }: MetricPlan,
  { firstMs, historicalMs }: { firstMs: EpochMs; historicalMs: EpochMs },
): EpochMs {
  if (firstMs <= 0) return 0;
  return indexStart({ appendMs: firstMs, historicalMs }, type.duplicateHorizonMs) ?? 0;
}

async function countPartition(
  ports: VerifierPorts,
  at: Task & { readonly recount: Recount; readonly start: RecountStart; readonly tick: () => void },
): Promise<void> {
  const { plan, recount, partitions, start } = at;
  const { partition, from } = start;
  const to = partitions.find((one) => one.partition === partition)?.next ?? from;
  const judge = partitionJudge(plan.type, NEVER_AGAIN);
  const readerOf = readersFor(ports, plan);
  let sinceBreak = 0;
  if (from >= to) return;
  await ports.log.read({ topic: plan.topic, partition, from, to }, async (records) => {
    for (const kept of records) {
      at.tick();
      const record = viewOf(kept);
      const judged = judge.judge(record, await readerOf(record));
      if (!recount.take(partition, record, judged)) return false;
      if (++sinceBreak < RECORDS_AT_ONCE) continue;
      sinceBreak = 0;
      await ports.clock.sleep(PAUSE_MS);
    }
    return true;
  });
}

/** Each writer schema is resolved once. */
function readersFor({ readers, schemaIdOf }: VerifierPorts, plan: MetricPlan) {
  const readPlan = { schema: plan.type.schema, fields: plan.fields };
  const known = new Map<number, RecordReader>();
  return async (record: SourceRecord): Promise<RecordReader | undefined> => {
    const id = schemaIdOf(record.bytes, record.valueFrom, record.valueTo);
    if (id === undefined) return undefined;
    const reader = known.get(id) ?? (await readers.readerOf(id, readPlan));
    known.set(id, reader);
    return reader;
  };
}
