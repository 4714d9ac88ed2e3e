import type { MetricOutcome } from '../../kernel/outcome.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { Grain, Window, ZoneCalendar } from '../../kernel/window.ts';
import { emptyDelta, mergeDelta } from './cell-delta.ts';
import type { CellDelta } from './cell-delta.ts';
import type { FinestWindow } from './finest-windows.ts';
import type { Series } from './series-column.ts';

export type SeriesDelta = CellDelta & { readonly series: Series };

/** The deltas of one window of one grain. */
export type WindowDelta = {
  readonly grain: Grain;
  readonly startMs: EpochMs;
  readonly endMs: EpochMs;
  /** By the number of the series. */
  readonly cells: Map<number, SeriesDelta>;
};

/** Of the finest grain, within one cell of each coarser one. */
type CommonWindow = WindowDelta & {
  readonly coarser: number;
  /** Start of the next coarser grain's window. */
  readonly coarserStartMs: EpochMs;
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
  readonly counters: Record<PartitionCounter, number>;
  /** True when the span reached the end of the log: the partition is no longer being rebuilt. */
  caughtUp: boolean;
};

export const emptyCounters = (): Record<PartitionCounter, number> => ({
  counted: 0,
  filtered: 0,
  late: 0,
  expired: 0,
  duplicate: 0,
  conflict: 0,
  dead_lettered: 0,
  heartbeat: 0,
  hole: 0,
});

/**
 * Everything a worker gathered for one projection since its last flush, over all its partitions: applied in one step
 * or dropped in one step.
 */
export type Gathering = {
  /** By start of the finest grain's window: deltas that every grain's cell gets alike. Nearly all are of this kind. */
  readonly common: Map<EpochMs, CommonWindow>;
  /** The recent ones of these, by the places of the windows that they were asked for as: no number is looked up. */
  readonly recent: ({ readonly as: FinestWindow; readonly window: CommonWindow } | undefined)[];
  /** By series, the coarser window whose cells were last weighed. */
  readonly weighed: Map<number, EpochMs>;
  /** Deltas that grains get each in its own way: of historical events, and of those that some grain keeps no more. */
  readonly apart: Readonly<Record<Grain, Map<EpochMs, WindowDelta>>>;
  readonly spans: Map<string, PartitionSpan>;
  /** Cells, distinct members and bins that a flush would carry, at most: what bounds the time that one script takes. */
  weight: number;
};

export const emptyGathering = (): Gathering => ({
  common: new Map(),
  recent: [],
  weighed: new Map(),
  apart: { minute: new Map(), hour: new Map(), day: new Map() },
  spans: new Map(),
  weight: 0,
});

export const spanKey = (topic: string, partition: number): string => `${topic}/${partition}`;

/** The delta of a series in a window, made on first use. */
export function deltaOf(gathering: Gathering, { cells }: WindowDelta, series: Series): CellDelta {
  const existing = cells.get(series.id);
  if (existing) return existing;
  const delta = { ...emptyDelta(), series };
  cells.set(series.id, delta);
  gathering.weight++;
  return delta;
}

/** The delta of a series in a common window, made on first use; weighed with the coarser cells that it brings along. */
export function commonDelta(gathering: Gathering, window: CommonWindow, series: Series): CellDelta {
  const existing = window.cells.get(series.id);
  if (existing) return existing;
  if (window.coarser > 0 && gathering.weighed.get(series.id) !== window.coarserStartMs) {
    gathering.weighed.set(series.id, window.coarserStartMs);
    gathering.weight += window.coarser;
  }
  return deltaOf(gathering, window, series);
}

/** The calendar and grains of a metric, finest first. */
export type Granularity = { readonly calendar: ZoneCalendar; readonly grains: readonly Grain[] };

/**
 * The common deltas of a window of the finest grain, made on first use.
 * @returns undefined where the window reaches into two cells of a coarser grain: a zone's offset is no whole number of
 *   the finest grain (days of Kolkata begin within an hour of UTC), so each grain must be told apart
 */
export function commonWindow(
  gathering: Gathering,
  { calendar, grains }: Granularity,
  as: FinestWindow,
): CommonWindow | undefined {
  const recent = gathering.recent[as.place];
  if (recent?.as === as) return recent.window;
  const { startMs, endMs } = as;
  let window = gathering.common.get(startMs);
  if (!window) {
    const isWithinOne = grains.every(
      (grain) => calendar.cellStart(grain, startMs) === calendar.cellStart(grain, endMs - 1),
    );
    if (!isWithinOne) return undefined;
    window = {
      grain: grains[0] ?? 'day',
      startMs,
      endMs,
      cells: new Map(),
      coarser: grains.length - 1,
      coarserStartMs: calendar.cellStart(grains[1] ?? 'day', startMs),
    };
    gathering.common.set(startMs, window);
  }
  while (gathering.recent.length <= as.place) gathering.recent.push(undefined);
  gathering.recent[as.place] = { as, window };
  return window;
}

/** The deltas of one grain alone. */
export function windowApart(
  gathering: Gathering,
  grain: Grain,
  { startMs, endMs }: Window,
): WindowDelta {
  const windows = gathering.apart[grain];
  let window = windows.get(startMs);
  if (!window) {
    window = { grain, startMs, endMs, cells: new Map() };
    windows.set(startMs, window);
  }
  return window;
}

/**
 * What a flush of the gathering adds to each window of each grain. Windows share the deltas that they gain alike, and where
 * these are all, the map of them: nobody may change them.
 */
export function windowsOf(
  gathering: Gathering,
  { calendar, grains }: Granularity,
): readonly WindowDelta[] {
  const finest: readonly WindowDelta[] = [...gathering.common.values()];
  let finer = finest;
  return grains.flatMap((grain) => {
    // Where hours reach into two days, minutes do not: each of the finest lies within one of every grain.
    const areWithin = finer.every(
      ({ startMs, endMs }) =>
        calendar.cellStart(grain, startMs) === calendar.cellStart(grain, endMs - 1),
    );
    const common = coarser(areWithin ? finer : finest, grain, calendar);
    finer = [...common.values()];
    for (const [startMs, apart] of gathering.apart[grain]) {
      const window = common.get(startMs);
      common.set(startMs, window ? { ...window, cells: united([apart, window]) } : apart);
    }
    return [...common.values()];
  });
}

/** The windows of a grain that hold finer ones. Law: each finer window lies within one. */
function coarser(
  finer: readonly WindowDelta[],
  grain: Grain,
  calendar: ZoneCalendar,
): Map<EpochMs, WindowDelta> {
  const parts = new Map<EpochMs, WindowDelta[]>();
  for (const window of finer) {
    const startMs = calendar.cellStart(grain, window.startMs);
    const list = parts.get(startMs);
    if (list) list.push(window);
    else parts.set(startMs, [window]);
  }
  const windows = new Map<EpochMs, WindowDelta>();
  for (const [startMs, list] of parts)
    windows.set(startMs, {
      grain,
      startMs,
      endMs: calendar.cellEnd(grain, startMs),
      cells: united(list),
    });
  return windows;
}

/** The largest is copied as it is; only what several windows gain is added up. */
function united(windows: readonly WindowDelta[]): WindowDelta['cells'] {
  const [largest, ...others] = windows.toSorted((a, b) => b.cells.size - a.cells.size);
  if (!largest) return new Map();
  if (others.length === 0) return largest.cells;
  const cells = new Map(largest.cells);
  const own = new Set<SeriesDelta>();
  for (const other of others)
    for (const [id, delta] of other.cells) {
      let sum = cells.get(id);
      if (!sum) {
        cells.set(id, delta);
        continue;
      }
      if (!own.has(sum)) {
        const copy = { ...emptyDelta(), series: sum.series };
        mergeDelta(copy, sum);
        sum = copy;
        own.add(copy);
        cells.set(id, copy);
      }
      mergeDelta(sum, delta);
    }
  return cells;
}
