import type { EpochMs } from '../../../kernel/time.ts';
import type { Labels } from './column.ts';

/**
 * When the windows of a selection stand on the time line: the value of a window stands at its end, and is seen from then
 * until the next one's end. So `x[1d]` at midnight holds exactly the windows of that day.
 */
export type TimeGrid = {
  /** Ends of windows, increasing. */
  readonly times: Float64Array;
  /** Up to when each is seen, exclusive. */
  readonly seenUntil: Float64Array;
};

/** A series as it was read: one value per window of the grid, where `has` is 1. */
export type SampledSeries = {
  readonly labels: Labels;
  readonly grid: TimeGrid;
  readonly values: Float64Array;
  readonly has: Uint8Array;
};

/** Evaluation times: all of them for a range query, one for an instant query. */
export type Steps = readonly EpochMs[] | Float64Array;

/** For each step the number of windows that have ended by then, shifted back by an offset. */
export function endedBy(grid: TimeGrid, steps: Steps, offsetMs: number): Int32Array {
  const counts = new Int32Array(steps.length);
  let count = 0;
  for (let i = 0; i < steps.length; i++) {
    const timeMs = (steps[i] as number) - offsetMs;
    while (count < grid.times.length && (grid.times[count] as number) <= timeMs) count++;
    counts[i] = count;
  }
  return counts;
}
