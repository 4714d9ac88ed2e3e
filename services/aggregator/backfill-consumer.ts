import type { EpochMs } from '../kernel/time.ts';
import { pauseAfter } from './core/throttle.ts';
import type {
  Clock,
  SourceBatch,
  SourceConsumer,
  SourceCursor,
  SourceHandlers,
  SourcePartition,
} from './ports.ts';

/** Records taken at once: some milliseconds, in which the live lane waits. */
const SLICE_RECORDS = 1_000;
/** Work after which the pause that is owed is made. */
const WORK_MS = 5;
/** More is not owed for a slice: the clock may have jumped. */
const SLICE_MS_MAX = 1_000;

export type BackfillShare = {
  /** Of the time, at most, 1–100. What is waited for Redis counts as well: it is shared too. */
  readonly sharePercent: number;
  readonly clock: Clock;
  readonly now: () => EpochMs;
};

/**
 * A consumer of a whole topic, alone in its group, as one of these partitions alone, and that takes its share of the
 * time: batches come in slices, with pauses. Nothing is committed: the group is nobody's measure of lag.
 */
export function backfillConsumer(
  consumer: SourceConsumer,
  partitions: readonly SourcePartition[],
  { sharePercent, clock, now }: BackfillShare,
): SourceConsumer {
  const isMine = ({ partition }: SourcePartition): boolean =>
    partitions.some((one) => one.partition === partition);
  let owedMs = 0;

  const takeSlices = async (
    batch: SourceBatch,
    onBatch: SourceHandlers['onBatch'],
  ): Promise<boolean> => {
    for (const slice of slicesOf(batch)) {
      const startedMs = now();
      const isTaken = await onBatch(slice);
      owedMs += Math.min(SLICE_MS_MAX, Math.max(0, now() - startedMs));
      if (!isTaken) return false;
      if (owedMs < WORK_MS) continue;
      const pauseMs = pauseAfter(owedMs, sharePercent);
      owedMs = 0;
      await clock.sleep(pauseMs);
    }
    return true;
  };

  return {
    run: (topic, { onAssigned, onBatch, onCrash }) =>
      consumer.run(topic, {
        onAssigned: (list) => onAssigned(list.filter(isMine)),
        onBatch: (batch) => takeSlices(batch, onBatch),
        onCrash,
      }),
    seek: consumer.seek,
    pause: consumer.pause,
    commit: () => {},
    stop: consumer.stop,
  };
}

/** The batch in pieces that follow each other as fetches do; each is read before the next is asked for. */
function* slicesOf(batch: SourceBatch): Generator<SourceBatch> {
  const { topic, partition, endOffset } = batch;
  const cursor = batch.open();
  let isOver = false;
  const reached = (): number => (isOver ? batch.nextOffset : cursor.offset + 1);
  for (let { fetchedOffset } = batch; !isOver; fetchedOffset = reached()) {
    let left = SLICE_RECORDS;
    const open = (): SourceCursor =>
      viewOn(cursor, () => {
        if (left === 0) return false;
        left--;
        isOver = !cursor.next();
        return !isOver;
      });
    yield {
      topic,
      partition,
      fetchedOffset,
      endOffset,
      open,
      get nextOffset() {
        return reached();
      },
    };
  }
}

/** What a cursor shows, moved by `next`. */
const viewOn = (cursor: SourceCursor, next: () => boolean): SourceCursor => ({
  get offset() {
    return cursor.offset;
  },
  get holeFrom() {
    return cursor.holeFrom;
  },
  get appendMs() {
    return cursor.appendMs;
  },
  get bytes() {
    return cursor.bytes;
  },
  get keyFrom() {
    return cursor.keyFrom;
  },
  get keyTo() {
    return cursor.keyTo;
  },
  get valueFrom() {
    return cursor.valueFrom;
  },
  get valueTo() {
    return cursor.valueTo;
  },
  next,
});
