import type { Accumulators } from '../../kernel/accumulator.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { PartitionAccount } from './conservation.ts';

/** What a projection's slot says of itself. */
export type ProjectionHead = {
  readonly generation: string;
  readonly rebuilding: boolean;
  /** A later version of the metric has caught up: this one is counted no more. */
  readonly superseded?: boolean;
  readonly partitions: readonly PartitionAccount[];
  /** Number of series, and of those per breakdown (`store,channel`). */
  readonly seriesCount: number;
  readonly perBreakdown: Readonly<Record<string, number>>;
  /** Contributions to cells that found no room among the series, once a grain: they are in the totals only. */
  readonly refused: number;
  /** Stays the same while no final window changes. */
  readonly finals: string;
};

export type StoredCell = {
  readonly accumulators: Accumulators;
  readonly revision: number;
  readonly restatements: number;
};
/** A window of one grain, with the asked series that have contributions in it, by number. */
export type StoredWindow = {
  readonly stage: number;
  readonly cells: ReadonlyMap<number, StoredCell>;
};
/** Windows that are not stored are left out: nothing was ever counted into them, or their retention is over. */
export type CellsView = {
  readonly head: ProjectionHead;
  readonly windows: ReadonlyMap<EpochMs, StoredWindow>;
};

/** Stage of a window that is not stored. */
export const NOT_STORED = 255;
/** Cells that are one integer each, as columns: by series, then by window in the order asked. */
export type CellNumbers = {
  /** By window. */
  readonly stages: Uint8Array;
  /**
   * The integer as a double, NaN where nothing was counted. One beyond 2^53 may be off by its last digits: whoever needs it
   * exactly reads the cell.
   */
  readonly numbers: readonly Float64Array[];
  /** For those who did not ask for values only; NaN as above, and of the last two also where there was none. */
  readonly contributions: readonly Float64Array[];
  readonly revisions: readonly Float64Array[];
  readonly restatements: readonly Float64Array[];
};
export type NumbersView = CellNumbers & { readonly head: ProjectionHead };

/** The metric's watermark: the minimum over its partitions; 0 while one has none. */
export const watermarkOf = ({ partitions }: ProjectionHead): EpochMs =>
  partitions.length === 0 ? 0 : Math.min(...partitions.map(({ watermarkMs }) => watermarkMs));
