import { generationId } from '../../services/kernel/projection.ts';
import type { CellDelta } from '../../services/aggregator/core/cell-delta.ts';
import type { FlushRequest, FlushSpan } from '../../services/aggregator/core/flush.ts';

export const HOUR = 3_600_000;
/** Of the projections that tests begin. */
export const GENERATION = generationId('g1');

export const span = (over: Partial<FlushSpan> = {}): FlushSpan => ({
  topic: 'events.x',
  partition: 0,
  from: 0,
  to: 10,
  watermarkMs: 0,
  appendMs: 1,
  historicalMs: 0,
  counters: new Map([['counted', 10]]),
  caughtUp: true,
  ...over,
});
export const delta = (over: Partial<CellDelta> = {}): CellDelta => ({
  contributions: 1,
  restated: false,
  historical: 0,
  sum: undefined,
  min: undefined,
  max: undefined,
  last: undefined,
  members: undefined,
  bins: undefined,
  ...over,
});
/** One flush of these deltas by series, into the first hour. */
export const flush = (
  over: Partial<FlushRequest> & { deltas?: readonly [string, CellDelta][] } = {},
): FlushRequest => {
  const { deltas = [['[]', delta()]], ...rest } = over;
  return {
    generation: GENERATION,
    spans: [span()],
    series: deltas.map(([key]) => ({
      key,
      number: undefined,
      breakdown: (JSON.parse(key) as string[]).filter((_, i) => i % 2 === 0).join(','),
    })),
    maxSeries: 100,
    windows: [
      {
        grain: 'hour',
        startMs: 0,
        endMs: HOUR,
        cells: deltas.map(([, one], series) => ({ series, delta: one })),
      },
    ],
    ...rest,
  };
};
