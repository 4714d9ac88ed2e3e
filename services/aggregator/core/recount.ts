import type { Accumulators } from '../../kernel/accumulator.ts';
import type { EpochMs } from '../../kernel/time.ts';
import { sketchOf } from '../../kernel/sketch.ts';
import type { Grain } from '../../kernel/window.ts';
import type { CellDelta } from './cell-delta.ts';
import { folding } from './fold.ts';
import { APPEND_TIME_SLACK_MS } from './identity-index.ts';
import type { Judged } from './judge.ts';
import type { MetricPlan } from './metric-plan.ts';
import { emptyNotes } from './notes.ts';
import { ProjectionState } from './projection-state.ts';
import type { SourceRecord } from './source-record.ts';

export type WindowPlace = { readonly grain: Grain; readonly startMs: EpochMs };

/** From where a partition is recounted, and what is known of what lies before. */
export type RecountStart = {
  readonly partition: number;
  readonly from: number;
  /** No record below `from` moved the watermark beyond this; 0 when none was ever counted there. */
  readonly earlierWatermarkMs: EpochMs;
  /** Append time of the partition's last historical record, 0 when there is none: until then any window may change. */
  readonly historicalMs: EpochMs;
};

export type RecountedCell = WindowPlace & {
  /** Of the series. */
  readonly key: string;
  readonly accumulators: Accumulators;
  /** How many of the contributions are of historical events. */
  readonly historical: number;
};

/** Some windows of one metric, counted from the log by the core that counts live, and kept in memory only. */
export type Recount = {
  /**
   * Takes the next record of a partition, judged. @returns false when none that follows in this partition can change
   * the windows any more
   */
  readonly take: (partition: number, record: SourceRecord, judged: Judged) => boolean;
  /**
   * Whether lateness was judged by a watermark that may have been further: the recount must begin earlier. After a
   * silence no record of the stretch need tell how far the partition had come before it.
   */
  readonly isAmbiguous: () => boolean;
  readonly cells: () => readonly RecountedCell[];
};

/** Notes of a recount are said by nobody; they are dropped before they fill the memory. */
const NOTES_MAX = 1_000;

/** @param windows each a cell's window of this metric; at least one */
export function createRecount(
  plan: MetricPlan,
  windows: readonly WindowPlace[],
  starts: readonly RecountStart[],
): Recount {
  const { topic, metric, calendar } = plan;
  const finest = plan.grains[0] ?? 'day';
  const wanted = new Set(windows.map(({ grain, startMs }) => `${grain}|${startMs}`));
  const { fromMs, toMs } = eventTimes(plan, windows);
  const state = new ProjectionState(plan, {
    generation: '',
    partitions: starts.map(({ partition, from }) => ({
      topic,
      partition,
      next: from,
      watermarkMs: 0,
      appendMs: 0,
      historicalMs: 0,
    })),
    series: new Map(),
  });
  const startOf = new Map(starts.map((start) => [start.partition, start]));
  const watermarks = new Map<number, EpochMs>();
  /** The watermark from which on every event of these windows is late. */
  const lateFromMs = windowEnd(plan, finest, toMs - 1) + metric.latenessMs;
  let notes = emptyNotes();
  let taken = 0;
  let ambiguous = false;

  return {
    take(partition, record, judged) {
      const start = startOf.get(partition) as RecountStart;
      const { verdict, eventMs } = judged;
      const before = watermarks.get(partition) ?? 0;
      const isWanted = verdict.kind === 'event' && eventMs >= fromMs && eventMs < toMs;
      if (isWanted && before < start.earlierWatermarkMs) {
        const lateAtMs = calendar.cellEnd(finest, calendar.cellStart(finest, eventMs));
        if (lateAtMs + metric.latenessMs <= start.earlierWatermarkMs) ambiguous = true;
      }
      // What is of other windows moves the watermark as a heartbeat does, and makes no cell.
      const counted = isWanted ? judged : { ...judged, verdict: HEARTBEAT, historical: false };
      folding({ projections: [state], notes }, { topic, partition })(record, counted);
      const now = Math.max(before, judged.watermarkMs);
      watermarks.set(partition, now);
      if (++taken % NOTES_MAX === 0) notes = emptyNotes();
      return now < lateFromMs || record.appendMs <= start.historicalMs + APPEND_TIME_SLACK_MS;
    },
    isAmbiguous: () => ambiguous,
    cells() {
      const request = state.take();
      if (!request) return [];
      return request.windows
        .filter(({ grain, startMs }) => wanted.has(`${grain}|${startMs}`))
        .flatMap(({ grain, startMs, cells }) =>
          cells.map(({ series, delta }) => ({
            grain,
            startMs,
            key: request.series[series]?.key ?? '',
            accumulators: accumulatorsOf(delta),
            historical: delta.historical,
          })),
        );
    },
  };
}

const HEARTBEAT = { kind: 'heartbeat' } as const;

/** Event times that fall into any of the windows lie in [fromMs, toMs). */
export function eventTimes(
  plan: MetricPlan,
  windows: readonly WindowPlace[],
): { readonly fromMs: EpochMs; readonly toMs: EpochMs } {
  let fromMs = Infinity;
  let toMs = -Infinity;
  for (const { grain, startMs } of windows) {
    fromMs = Math.min(fromMs, startMs);
    toMs = Math.max(toMs, plan.calendar.cellEnd(grain, startMs));
  }
  return { fromMs, toMs };
}

const windowEnd = ({ calendar }: MetricPlan, grain: Grain, timeMs: EpochMs): EpochMs =>
  calendar.cellEnd(grain, calendar.cellStart(grain, timeMs));

/** A cell that held nothing before, as its delta leaves it. */
function accumulatorsOf(delta: CellDelta): Accumulators {
  const { contributions, sum, min, max, last, bins, members } = delta;
  return {
    contributions,
    ...(sum === undefined ? {} : { sum }),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(last === undefined ? {} : { last }),
    ...(bins === undefined ? {} : { sketch: sketchOf(bins) }),
    ...(members === undefined ? {} : { distinct: members.size, members: [...members] }),
  };
}
