import { valueOf, formatValue } from '../../kernel/accumulator.ts';
import type { SimpleMetric } from '../../kernel/definitions.ts';
import type { TickUpdate, ValueUpdate } from '../../kernel/update.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { DirtyBatch } from '../ports.ts';

/** What a batch of changed cells says to the world: one update per cell, each with the evidence that it is a function of. */
export function valueUpdates(
  metric: SimpleMetric,
  batch: DirtyBatch,
  context: { series: ReadonlyMap<number, string>; nowMs: EpochMs },
): ValueUpdate[] {
  return batch.cells.flatMap((cell) => {
    const series = context.series.get(cell.series);
    if (series === undefined) return [];
    const value = valueOf(metric.aggregation, cell.accumulators, {
      valueScale: metric.valueScale,
      unitScale: metric.unit.scale,
    });
    return [
      {
        kind: 'value' as const,
        metric: metric.id,
        version: metric.version,
        series,
        grain: cell.grain,
        start: cell.startMs,
        end: cell.endMs,
        accumulators: cell.accumulators,
        value: formatValue(value, metric.unit.scale),
        state: cell.state,
        revision: cell.revision,
        backfilled: batch.rebuilding || cell.restatements > 0,
        watermark: batch.watermarkMs,
        cursors: batch.cursors,
        at: context.nowMs,
      },
    ];
  });
}

export const tickUpdate = (
  metric: SimpleMetric,
  batch: Pick<DirtyBatch, 'watermarkMs' | 'cursors'>,
  nowMs: EpochMs,
): TickUpdate => ({
  kind: 'tick',
  metric: metric.id,
  version: metric.version,
  watermark: batch.watermarkMs,
  cursors: batch.cursors,
  at: nowMs,
});
