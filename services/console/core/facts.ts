import { EMPTY, exactValueOf, valueOf } from '../../kernel/accumulator.ts';
import type { Accumulators } from '../../kernel/accumulator.ts';
import type { Decimal } from '../../kernel/decimal.ts';
import type { SimpleMetric } from '../../kernel/definitions.ts';
import type { Integer } from '../../kernel/integer.ts';
import { stageAt } from '../../kernel/stage.ts';
import type { Stage } from '../../kernel/stage.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { Grain, Window, ZoneCalendar } from '../../kernel/window.ts';
import { cellStarts, completenessOf, mergeCells } from '../../kernel/window-merge.ts';
import type { StagedCell } from '../../kernel/window-merge.ts';
import { watermarkOf } from './projection.ts';
import type { CellsView } from './projection.ts';
import type { SeriesEntry } from './series-choice.ts';

/** What is known of one window of one series. */
export type Fact = Stage & {
  /** At the unit's scale, rounded once; null: no value. */
  readonly value: Integer | null;
  /** The same before rounding, as formulas read it: also of what counted nothing so far, when others may have. */
  readonly exact: Decimal | null;
  readonly count: number;
  readonly completeness: number;
  readonly isRebuilding: boolean;
  readonly isApproximate: boolean;
  readonly reason?: string;
};

/** Members of a distinct window; undefined where none of its cells has any. */
export type MembersOf = (
  seriesKey: string,
  window: Window,
) => { readonly distinct: number; readonly approximate: boolean } | undefined;

/** Of `latest` the sum over the entities of several cells; undefined where one cell at most has any. */
export type LatestOf = (seriesKey: string, window: Window) => Integer | undefined;

/** What was read of one simple metric for an answer. */
export type Reading = {
  readonly metric: SimpleMetric;
  readonly calendar: ZoneCalendar;
  readonly grain: Grain;
  /** undefined: there is no projection. */
  readonly view: CellsView | undefined;
  /** The chosen series by canonical key. */
  readonly series: ReadonlyMap<string, SeriesEntry>;
  readonly membersOf: MembersOf;
  readonly latestOf: LatestOf;
  /** Windows were counted again as they were known earlier: already merged, in place of the cells of the view. */
  readonly past?: (seriesKey: string, window: Window) => Accumulators | undefined;
};

const REBUILDING = 'the value is being recomputed from the log';
const EXPIRED = 'cells of this window are past their retention';
const REFUSED = 'the series may be among those beyond the limit of series';

/**
 * The facts of a simple metric, by series and window. Law: for a window that is final and within retention the fact
 * equals the fold of all its counted events. Where a plausible number could be wrong there is none: while rebuilding,
 * past retention, before `eventsFrom`, and where nothing was counted and the watermark has not passed. Windows are ones
 * that the reading's grain tiles.
 * @param options.isInput formulas read the facts, so they need values before rounding
 */
export function simpleFacts(
  reading: Reading,
  options: { readonly isInput: boolean },
): (series: string, window: Window) => Fact {
  const { metric, view } = reading;
  const { aggregation, valueScale, percentile, unit, eventsFromMs } = metric;
  const scales = { valueScale, unitScale: unit.scale, percentile };
  const isRebuilding = !view || view.head.rebuilding;
  // Asked once: an answer may have ten thousand points.
  const watermarksMs = view?.head.partitions.map((at) => at.watermarkMs) ?? [];
  const watermarkMs = view ? watermarkOf(view.head) : 0;
  const withheld = whyWithheld(reading);
  return (series, window) => {
    const merged = mergedWindow(reading, { series, window, watermarkMs });
    const { accumulators, stage, revision, restatements } = merged;
    const count = accumulators.contributions;
    const reason = withheld(series, window);
    const isCounted =
      reason === undefined && (eventsFromMs === undefined || window.endMs > eventsFromMs);
    const isShown = isCounted && (count > 0 || watermarkMs >= window.endMs);
    return {
      value: isShown ? valueOf(aggregation, accumulators, scales) : null,
      exact: isCounted && options.isInput ? exactValueOf(aggregation, accumulators, scales) : null,
      count,
      stage,
      revision,
      restatements,
      completeness: completenessOf(window, watermarksMs),
      isRebuilding,
      isApproximate: accumulators.approximate === true,
      ...(reason === undefined ? undefined : { reason }),
    };
  };
}

/** Why a window of a series shows no value where a plausible number could be wrong; undefined: it may show one. */
export function whyWithheld(
  reading: Reading,
): (series: string, window: Window) => string | undefined {
  const { view } = reading;
  const isPastRetention = expiryOf(reading);
  return (series, window) => {
    if (!view || view.head.rebuilding) return REBUILDING;
    if (isPastRetention(window)) return EXPIRED;
    const isUnknown = series !== '[]' && !reading.series.has(series);
    return isUnknown && view.head.refused > 0 ? REFUSED : undefined;
  };
}

/** Tells of windows whether they reach back past the retention of their cells: any partition may have stopped counting there. */
export function expiryOf({ metric, calendar, grain, view }: Reading): (window: Window) => boolean {
  const furthestMs = Math.max(0, ...(view?.head.partitions ?? []).map((at) => at.watermarkMs));
  const lastMs = furthestMs - metric.retentionMs[grain];
  return (window) => calendar.cellEnd(grain, window.startMs) <= lastMs;
}

function mergedWindow(
  reading: Reading,
  at: { series: string; window: Window; watermarkMs: EpochMs },
): StagedCell {
  const { calendar, grain, metric } = reading;
  const { startMs, endMs } = at.window;
  const entry = reading.series.get(at.series);
  if (reading.past) {
    const accumulators = (entry && reading.past(entry.key, at.window)) ?? EMPTY;
    // Its last cell is the least advanced; how often it had changed by then, only flushes knew.
    const stage = stageAt(endMs, { ...at, latenessMs: metric.latenessMs });
    return { accumulators, stage, revision: 0, restatements: 0 };
  }
  const firstEndMs = calendar.cellEnd(grain, startMs);
  const cellOf = (cellMs: EpochMs, cellEndMs: EpochMs): StagedCell =>
    stagedCell(reading, entry, { startMs: cellMs, endMs: cellEndMs, watermarkMs: at.watermarkMs });
  const merged =
    firstEndMs === endMs
      ? cellOf(startMs, endMs)
      : mergeCells(
          cellStarts(calendar, grain, at.window).map((cellMs) =>
            cellOf(cellMs, calendar.cellEnd(grain, cellMs)),
          ),
        );
  if (!entry) return merged;
  const { accumulators } = merged;
  if (metric.aggregation === 'distinct')
    return {
      ...merged,
      accumulators: withMembers(accumulators, reading.membersOf(entry.key, at.window)),
    };
  const sum = reading.latestOf(entry.key, at.window);
  return sum === undefined ? merged : { ...merged, accumulators: { ...accumulators, sum } };
}

function stagedCell(
  { view, metric }: Reading,
  entry: SeriesEntry | undefined,
  at: Window & { readonly watermarkMs: EpochMs },
): StagedCell {
  const stored = view?.windows.get(at.startMs);
  const cell = entry && stored?.cells.get(entry.number);
  const { latenessMs } = metric;
  return {
    accumulators: cell?.accumulators ?? EMPTY,
    stage: stored?.stage ?? stageAt(at.endMs, { watermarkMs: at.watermarkMs, latenessMs }),
    revision: cell?.revision ?? 0,
    restatements: cell?.restatements ?? 0,
  };
}

const withMembers = (cell: Accumulators, members: ReturnType<MembersOf>): Accumulators => ({
  ...cell,
  distinct: members?.distinct ?? 0,
  ...(members?.approximate ? { approximate: true } : {}),
});
