import { formatValue, valueOf } from '../../kernel/accumulator.ts';
import type { Accumulators } from '../../kernel/accumulator.ts';
import type { SimpleMetric } from '../../kernel/definitions.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { Cursor, SourceProgress, TickUpdate, ValueUpdate } from '../../kernel/update.ts';
import type { Grain, WindowState } from '../../kernel/window.ts';

/** A cell as an atomic view of its projection shows it. */
export type ViewedCell = {
  readonly grain: Grain;
  readonly startMs: EpochMs;
  readonly endMs: EpochMs;
  /** Of the series. */
  readonly key: string;
  readonly accumulators: Accumulators;
  readonly state: WindowState;
  readonly revision: number;
  readonly restatements: number;
  /** How many of the contributions are of historical events. */
  readonly historical: number;
};
/** Cells with the cursors and watermark that they are a function of. */
export type CellView = {
  readonly cells: readonly ViewedCell[];
  readonly watermarkMs: EpochMs;
  readonly cursors: readonly Cursor[];
  readonly rebuilding: boolean;
  /** It was filled before it was published: what it says for the first time is of before. */
  readonly isCandidate?: boolean;
};
/** How far a metric has come. */
export type MetricHead = Pick<CellView, 'watermarkMs' | 'cursors'> & {
  /** Records that were read so far, heartbeats and holes apart. */
  readonly events: number;
};

/**
 * What a rebuild or a candidate shows, what history changed after it was final, and what history alone filled: it pages
 * nobody.
 * @see design section 5
 */
export const isBackfilled = (
  { rebuilding, isCandidate = false }: Pick<CellView, 'rebuilding' | 'isCandidate'>,
  cell: ViewedCell,
): boolean =>
  rebuilding ||
  isCandidate ||
  cell.restatements > 0 ||
  cell.historical === cell.accumulators.contributions;

/** What a view's cells say to the world: one update per cell, each with the evidence that it is a function of. */
export function valueUpdates(
  metric: SimpleMetric,
  view: CellView,
  nowMs: EpochMs,
): readonly ValueUpdate[] {
  const { valueScale, percentile, unit } = metric;
  const scales = { valueScale, unitScale: unit.scale, percentile };
  return view.cells.map((cell) => ({
    kind: 'value',
    metric: metric.id,
    version: metric.version,
    series: cell.key,
    grain: cell.grain,
    start: cell.startMs,
    end: cell.endMs,
    accumulators: cell.accumulators,
    value: formatValue(valueOf(metric.aggregation, cell.accumulators, scales), scales.unitScale),
    state: cell.state,
    revision: cell.revision,
    backfilled: isBackfilled(view, cell),
    watermark: view.watermarkMs,
    cursors: view.cursors,
    at: nowMs,
  }));
}

/** How far the event types of these metrics have come: of each the oldest watermark, and all records that were read of it. */
export function sourcesOf(
  read: readonly {
    readonly metric: Pick<SimpleMetric, 'event'>;
    readonly head: Pick<MetricHead, 'watermarkMs' | 'events'>;
  }[],
): readonly SourceProgress[] {
  const byType = Map.groupBy(read, ({ metric }) => metric.event);
  return [...byType].map(([eventType, list]) => ({
    eventType,
    watermark: Math.min(...list.map(({ head }) => head.watermarkMs)),
    events: list.reduce((sum, { head }) => sum + head.events, 0),
  }));
}

export const tickUpdate = (metric: SimpleMetric, head: MetricHead, nowMs: EpochMs): TickUpdate => ({
  kind: 'tick',
  metric: metric.id,
  version: metric.version,
  watermark: head.watermarkMs,
  sources: sourcesOf([{ metric, head }]),
  cursors: head.cursors,
  at: nowMs,
});
