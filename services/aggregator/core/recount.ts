import { sumOfEntities } from '../../kernel/accumulator.ts';
import type { Accumulators } from '../../kernel/accumulator.ts';
import type { EpochMs } from '../../kernel/time.ts';
import { sketchOf } from '../../kernel/sketch.ts';
import type { Grain } from '../../kernel/window.ts';
import type { CellDelta } from './cell-delta.ts';
import { folding } from './fold.ts';
import type { Fold } from './fold.ts';
import { APPEND_TIME_SLACK_MS } from './identity-index.ts';
import type { Judged } from './judge.ts';
import type { MetricPlan } from './metric-plan.ts';
import { emptyNotes } from './notes.ts';
import { ProjectionState } from './projection-state.ts';
import type { SourceRecord } from './source-record.ts';

export type WindowPlace = { readonly grain: Grain; readonly startMs: EpochMs };

/**
 * From where a partition is recounted. What lies before was appended before the windows began, so it made none of their
 * events late: the watermark runs behind append time.
 */
export type RecountStart = {
  readonly partition: number;
  readonly from: number;
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
  readonly cells: () => readonly RecountedCell[];
};

/** Records after which what was noted is dropped: a recount says nothing of it. */
const NOTES_MAX = 1_000;

/** @param windows each a cell's window of this metric; at least one */
export function createRecount(
  plan: MetricPlan,
  windows: readonly WindowPlace[],
  starts: readonly RecountStart[],
): Recount {
  const { topic, metric } = plan;
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
  let taken = 0;
  let fold: { readonly partition: number; readonly into: Fold } | undefined;
  /** Partitions come one after the other; what is noted on the way is dropped before it fills the memory. */
  const foldOf = (partition: number): Fold => {
    if (fold?.partition !== partition || ++taken % NOTES_MAX === 0) {
      const into = folding({ projections: [state], notes: emptyNotes() }, { topic, partition });
      fold = { partition, into };
    }
    return fold.into;
  };

  return {
    take(partition, record, judged) {
      const start = startOf.get(partition) as RecountStart;
      const { verdict, eventMs } = judged;
      const before = watermarks.get(partition) ?? 0;
      const isWanted = verdict.kind === 'event' && eventMs >= fromMs && eventMs < toMs;
      // What is of other windows moves the watermark as a heartbeat does, and makes no cell.
      foldOf(partition)(record, isWanted ? judged : { ...judged, ...PASSING });
      const now = Math.max(before, judged.watermarkMs);
      watermarks.set(partition, now);
      return now < lateFromMs || record.appendMs <= start.historicalMs + APPEND_TIME_SLACK_MS;
    },
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

const PASSING = { verdict: { kind: 'heartbeat' }, historical: false } as const;

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
  const { contributions, sum, min, max, last, bins, members, entities } = delta;
  return {
    contributions,
    ...(sum === undefined ? {} : { sum }),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(last === undefined ? {} : { last }),
    ...(bins === undefined ? {} : { sketch: sketchOf(bins) }),
    ...(members === undefined ? {} : { distinct: members.size, members: [...members] }),
    ...(entities === undefined ? {} : { sum: sumOfEntities(entities), entities }),
  };
}
