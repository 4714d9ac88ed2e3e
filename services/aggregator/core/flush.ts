import { breakdownOf } from '../../kernel/series.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { Gathering, PartitionSpan, WindowDelta } from './gathering.ts';

/**
 * One compare-and-set step: when the stored generation and every stored cursor equal `from`, all deltas are added,
 * and cursors, watermarks and counters move; else nothing happens.
 */
export type FlushRequest = {
  readonly generation: string;
  readonly spans: readonly PartitionSpan[];
  /** Series met in this flush: the key, its breakdown, and the projection's number where it is known. */
  readonly series: readonly {
    readonly key: string;
    readonly number: number | undefined;
    readonly breakdown: string;
  }[];
  /** Series admitted per breakdown; the total is always admitted. */
  readonly maxSeries: number;
  /** Cells refer to `series` by index. */
  readonly windows: readonly FlushWindow[];
};
export type FlushWindow = {
  readonly grain: WindowDelta['grain'];
  readonly startMs: EpochMs;
  readonly endMs: EpochMs;
  readonly cells: readonly {
    readonly series: number;
    readonly delta: NonNullable<ReturnType<WindowDelta['cells']['get']>>;
  }[];
};

/** @param known the projection's numbers of series keys, −1 for refused ones */
export function flushRequest(
  gathering: Gathering,
  context: {
    generation: string;
    maxSeries: number;
    keyOf: (local: number) => string;
    known: ReadonlyMap<string, number>;
  },
): FlushRequest {
  const indexes = new Map<number, number>();
  const series: { key: string; number: number | undefined; breakdown: string }[] = [];
  const indexOf = (local: number): number => {
    const existing = indexes.get(local);
    if (existing !== undefined) return existing;
    const key = context.keyOf(local);
    const index = series.length;
    series.push({ key, number: context.known.get(key), breakdown: breakdownOf(key).join(',') });
    indexes.set(local, index);
    return index;
  };
  const windows = [...gathering.windows.values()].map((window) => ({
    grain: window.grain,
    startMs: window.startMs,
    endMs: window.endMs,
    cells: [...window.cells].map(([local, delta]) => ({ series: indexOf(local), delta })),
  }));
  return {
    generation: context.generation,
    spans: [...gathering.spans.values()],
    series,
    maxSeries: context.maxSeries,
    windows,
  };
}
