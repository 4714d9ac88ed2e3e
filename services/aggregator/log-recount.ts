import { TidemarkError } from '../kernel/errors.ts';
import { formatRfc3339 } from '../kernel/time.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { Cursor } from '../kernel/update.ts';
import type { Contributors } from './core/contributors.ts';
import { indexStart } from './core/horizon.ts';
import { APPEND_TIME_SLACK_MS } from './core/identity-index.ts';
import { partitionJudge } from './core/judge.ts';
import type { RecordReader } from './core/judge.ts';
import type { MetricPlan } from './core/metric-plan.ts';
import { createRecount, eventTimes } from './core/recount.ts';
import type { Recount, RecountedCell, RecountStart, WindowPlace } from './core/recount.ts';
import { viewOf } from './core/source-record.ts';
import type { Clock, LogReader, SourceOffsets, StoredPartition } from './ports.ts';
import type { ReaderPorts } from './take-batch.ts';

export type LogRecountPorts = ReaderPorts & {
  readonly log: LogReader;
  readonly offsets: Pick<SourceOffsets, 'bounds' | 'offsetAt'>;
  readonly clock: Clock;
};

type Task = {
  readonly plan: MetricPlan;
  /** At least one. */
  readonly windows: readonly WindowPlace[];
  /** Up to where each partition is counted. */
  readonly partitions: readonly StoredPartition[];
  /** Sees every record that is counted again, in its order, before it is; both are valid until the next one. */
  readonly onRecord?: Contributors['note'];
};
type Counted = {
  readonly cells: readonly RecountedCell[];
  readonly readFrom: readonly Cursor[];
  readonly records: number;
};

/** Records judged in one go; then others have their turn. */
const RECORDS_AT_ONCE = 500;
const PAUSE_MS = 1;
/** Verdicts are asked for once: the judge need not remember them, and all that it reads moves its watermark. */
const NEVER_AGAIN = Number.MAX_SAFE_INTEGER;

/**
 * Counts some windows from the log, one partition after the other, beside whatever else the process does.
 * @throws span_too_long beyond `recordsMax`, over all partitions; log_truncated where the log no longer holds what is
 *   needed; broker_unavailable, log_unreadable, registry_unavailable
 */
export async function recountWindows(
  ports: LogRecountPorts,
  task: Task & { readonly recordsMax: number },
): Promise<Counted> {
  const { plan, windows, recordsMax } = task;
  const starts = await startsOf(ports.offsets, task);
  const recount = createRecount(plan, windows, starts);
  let records = 0;
  for (const start of starts) {
    const most = recordsMax - records;
    records += await countPartition(ports, { ...task, recount, start, most });
    if (records > recordsMax)
      throw new TidemarkError(
        'span_too_long',
        `more than ${recordsMax} records would be read; ask for less or for newer time`,
      );
  }
  const readFrom = starts.map(({ partition, from }) => ({
    topic: plan.topic,
    partition,
    offset: from,
  }));
  return { cells: recount.cells(), readFrom, records };
}

/** Where each partition must be read from so that every event of the windows is judged as it was. */
async function startsOf(
  offsets: LogRecountPorts['offsets'],
  { plan, windows, partitions }: Task,
): Promise<readonly RecountStart[]> {
  const { topic, type } = plan;
  const bounds = await offsets.bounds(topic);
  /** No event of the windows was appended before: none lies further ahead of its append time. */
  const firstMs = eventTimes(plan, windows).fromMs - type.maxFutureMs - APPEND_TIME_SLACK_MS;
  return Promise.all(
    partitions.map(async (stored) => {
      const { partition, first, next, historicalMs, hasLoss } = stored;
      const log = bounds.find((one) => one.partition === partition);
      if (!log || log.end < next)
        throw new TidemarkError(
          'log_truncated',
          `${topic}/${partition} ends before ${next}, up to where it was counted`,
        );
      const timeMs = indexTime(plan, { firstMs, historicalMs });
      const found = timeMs <= 0 ? 0 : await offsets.offsetAt({ topic, partition, timeMs });
      if (found <= log.first && (log.first > first || hasLoss))
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

/** @returns records read, at most one more than `most` */
async function countPartition(
  ports: LogRecountPorts,
  task: Task & { readonly recount: Recount; readonly start: RecountStart; readonly most: number },
): Promise<number> {
  const { plan, recount, partitions, start, most } = task;
  const { partition, from } = start;
  const to = partitions.find((one) => one.partition === partition)?.next ?? from;
  if (from >= to) return 0;
  const judge = partitionJudge(plan.type, NEVER_AGAIN);
  const readPlan = { schema: plan.type.schema, fields: plan.fields };
  const readers = new Map<number, RecordReader>();
  let read = 0;
  await ports.log.read({ topic: plan.topic, partition, from, to }, async (records) => {
    for (const kept of records) {
      if (++read > most) return false;
      const record = viewOf(kept);
      const id = ports.schemaIdOf(record.bytes, record.valueFrom, record.valueTo);
      let reader = id === undefined ? undefined : readers.get(id);
      if (id !== undefined && !reader) {
        reader = await ports.readers.readerOf(id, readPlan);
        readers.set(id, reader);
      }
      const judged = judge.judge(record, reader);
      task.onRecord?.(partition, record, judged);
      if (!recount.take(partition, record, judged)) return false;
      if (read % RECORDS_AT_ONCE === 0) await ports.clock.sleep(PAUSE_MS);
    }
    return true;
  });
  return read;
}
