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
  /** The same before rounding, as formulas read it. */
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
};

const REBUILDING = 'the value is being recomputed from the log';
const EXPIRED = 'cells of this window are past their retention';
const REFUSED = 'the series may be among those beyond the limit of series';

/**
 * The fact of one window of a simple metric. Law: for a window that is final and within retention it equals the fold of
 * all its counted events. Where a plausible number could be wrong there is none: while rebuilding, past retention,
 * before `eventsFrom`, and where nothing was counted and the watermark has not passed.
 * @param window one that the reading's grain tiles
 */
export function simpleFact(reading: Reading, series: string, window: Window): Fact {
  const { metric, view } = reading;
  const watermarksMs = view?.head.partitions.map(({ watermarkMs }) => watermarkMs) ?? [];
  const watermarkMs = view ? watermarkOf(view.head) : 0;
  const merged = mergedWindow(reading, { series, window, watermarkMs });
  const fact: Fact = {
    value: null,
    exact: null,
    count: merged.accumulators.contributions,
    stage: merged.stage,
    revision: merged.revision,
    restatements: merged.restatements,
    completeness: completenessOf(window, watermarksMs),
    isRebuilding: !view || view.head.rebuilding,
    isApproximate: merged.accumulators.approximate === true,
  };
  const reason = withheld(reading, { series, window, watermarksMs });
  if (fact.isRebuilding || reason !== undefined) return reason ? { ...fact, reason } : fact;
  if (metric.eventsFromMs !== undefined && window.endMs <= metric.eventsFromMs) return fact;
  if (fact.count === 0 && watermarkMs < window.endMs) return fact;
  const { aggregation, valueScale, percentile, unit } = metric;
  const scales = { valueScale, unitScale: unit.scale, percentile };
  return {
    ...fact,
    value: valueOf(aggregation, merged.accumulators, scales),
    exact: exactValueOf(aggregation, merged.accumulators, scales),
  };
}

/** Whether the window reaches back past the retention of its cells: any partition may have stopped counting there. */
export function isExpired(reading: Reading, window: Window): boolean {
  const { metric, calendar, grain, view } = reading;
  const furthestMs = Math.max(0, ...(view?.head.partitions ?? []).map((at) => at.watermarkMs));
  const firstEndMs = calendar.cellEnd(grain, window.startMs);
  return firstEndMs + metric.retentionMs[grain] <= furthestMs;
}

/** Why a window of a live projection shows no value although events may have been counted. */
function withheld(
  reading: Reading,
  at: { series: string; window: Window; watermarksMs: readonly EpochMs[] },
): string | undefined {
  const { view, series } = reading;
  if (!view || view.head.rebuilding) return REBUILDING;
  if (isExpired(reading, at.window)) return EXPIRED;
  const isUnknown = !series.has(at.series) && at.series !== '[]';
  return isUnknown && view.head.refused > 0 ? REFUSED : undefined;
}

function mergedWindow(
  reading: Reading,
  at: { series: string; window: Window; watermarkMs: EpochMs },
): StagedCell {
  const { calendar, grain, view, metric } = reading;
  const entry = reading.series.get(at.series);
  const cells = cellStarts(calendar, grain, at.window).map((startMs): StagedCell => {
    const stored = view?.windows.get(startMs);
    const cell = entry && stored?.cells.get(entry.number);
    const { accumulators = EMPTY, revision = 0, restatements = 0 } = cell ?? {};
    const { latenessMs } = metric;
    const endMs = calendar.cellEnd(grain, startMs);
    const stage = stored?.stage ?? stageAt(endMs, { watermarkMs: at.watermarkMs, latenessMs });
    return { accumulators, stage, revision, restatements };
  });
  const merged = mergeCells(cells);
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

const withMembers = (cell: Accumulators, members: ReturnType<MembersOf>): Accumulators => ({
  ...cell,
  distinct: members?.distinct ?? 0,
  ...(members?.approximate ? { approximate: true } : {}),
});
