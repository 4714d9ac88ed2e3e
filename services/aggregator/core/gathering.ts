import { add, compare } from '../../kernel/integer.ts';
import type { Integer } from '../../kernel/integer.ts';
import type { LastValue } from '../../kernel/accumulator.ts';
import { isLater } from '../../kernel/accumulator.ts';
import type { MetricOutcome } from '../../kernel/outcome.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { Grain } from '../../kernel/window.ts';

/** What a cell gained since the last flush. */
export type CellDelta = {
  contributions: number;
  /** True when a historical event changed a window that was final for its partition. */
  restated: boolean;
  /** How many of the contributions are of historical events. */
  historical: number;
  sum: Integer | undefined;
  min: Integer | undefined;
  max: Integer | undefined;
  last: LastValue | undefined;
  members: Set<string> | undefined;
  /** Counters by bin (kernel/sketch.ts). */
  bins: Map<number, number> | undefined;
};

/** The deltas of one window of one grain, by the worker's own series number. */
export type WindowDelta = {
  readonly grain: Grain;
  readonly startMs: EpochMs;
  readonly endMs: EpochMs;
  readonly cells: Map<number, CellDelta>;
};

export type PartitionCounter = MetricOutcome | 'heartbeat' | 'hole';

/** How far a gathering read one source partition. `from` is the cursor that must be stored when it is applied. */
export type PartitionSpan = {
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
  to: number;
  watermarkMs: EpochMs;
  appendMs: EpochMs;
  /** Append time of the newest historical record, 0 when there was none. */
  historicalMs: EpochMs;
  /** Of the newest record that was stamped (core/fingerprint.ts); absent: that of the span before stands. */
  fingerprint?: string;
  readonly counters: Map<PartitionCounter, number>;
  /** True when the span reached the end of the log: the partition is no longer being rebuilt. */
  caughtUp: boolean;
};

/**
 * Everything a worker gathered for one projection since its last flush, over all its partitions: applied in one step
 * or dropped in one step.
 */
export type Gathering = {
  readonly windows: Map<string, WindowDelta>;
  readonly spans: Map<string, PartitionSpan>;
  /** Cells, distinct members and bins that a flush would carry: what bounds the time that one script takes. */
  weight: number;
};

export const emptyGathering = (): Gathering => ({
  windows: new Map(),
  spans: new Map(),
  weight: 0,
});

export const spanKey = (topic: string, partition: number): string => `${topic}/${partition}`;

export function count(span: PartitionSpan, outcome: PartitionCounter, by = 1): void {
  span.counters.set(outcome, (span.counters.get(outcome) ?? 0) + by);
}

const emptyDelta = (): CellDelta => ({
  contributions: 0,
  restated: false,
  historical: 0,
  sum: undefined,
  min: undefined,
  max: undefined,
  last: undefined,
  members: undefined,
  bins: undefined,
});

/** Members or bins of a delta: what it weighs in a flush beside the cell itself. */
export const partsOf = ({ members, bins }: CellDelta): number => members?.size ?? bins?.size ?? 0;

/** The delta of a series in a window, made on first use. */
export function deltaOf(gathering: Gathering, window: WindowDelta, series: number): CellDelta {
  const existing = window.cells.get(series);
  if (existing) return existing;
  const delta = emptyDelta();
  window.cells.set(series, delta);
  gathering.weight++;
  return delta;
}

export function windowOf(
  gathering: Gathering,
  at: { grain: Grain; startMs: EpochMs; endMs: (startMs: EpochMs) => EpochMs },
): WindowDelta {
  const key = `${at.grain}|${at.startMs}`;
  const existing = gathering.windows.get(key);
  if (existing) return existing;
  const window = {
    grain: at.grain,
    startMs: at.startMs,
    endMs: at.endMs(at.startMs),
    cells: new Map<number, CellDelta>(),
  };
  gathering.windows.set(key, window);
  return window;
}

/** How one event changes a cell, decided once per metric by its aggregation. Law: the order of events does not matter. */
export type Contribution = {
  readonly value: Integer;
  readonly member: string;
  readonly timeMs: EpochMs;
  readonly partition: number;
  readonly offset: number;
};

export const CONTRIBUTE = {
  count: (_cell: CellDelta) => {},
  sum: (cell: CellDelta, { value }: Contribution) => {
    cell.sum = cell.sum === undefined ? value : add(cell.sum, value);
  },
  avg: (cell: CellDelta, { value }: Contribution) => {
    cell.sum = cell.sum === undefined ? value : add(cell.sum, value);
  },
  min: (cell: CellDelta, { value }: Contribution) => {
    if (cell.min === undefined || compare(value, cell.min) < 0) cell.min = value;
  },
  max: (cell: CellDelta, { value }: Contribution) => {
    if (cell.max === undefined || compare(value, cell.max) > 0) cell.max = value;
  },
  last: (cell: CellDelta, { value, timeMs, partition, offset }: Contribution) => {
    const candidate = { timeMs, partition, offset, value };
    if (cell.last === undefined || isLater(candidate, cell.last)) cell.last = candidate;
  },
  distinct: (cell: CellDelta, { member }: Contribution) => {
    (cell.members ??= new Set()).add(member);
  },
  /** The value is that of the bin, which the plan reads once per event. */
  percentile: (cell: CellDelta, { value }: Contribution) => {
    const bins = (cell.bins ??= new Map());
    bins.set(value as number, (bins.get(value as number) ?? 0) + 1);
  },
} as const;
