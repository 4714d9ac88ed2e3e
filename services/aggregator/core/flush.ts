import type { EpochMs } from '../../kernel/time.ts';
import type { CellDelta } from './cell-delta.ts';
import { emptyDelta, mergeDelta } from './cell-delta.ts';
import { windowsOf } from './gathering.ts';
import type { Gathering, PartitionCounter, PartitionSpan, WindowDelta } from './gathering.ts';
import type { MetricPlan } from './metric-plan.ts';
import type { Series } from './series-column.ts';

/** How far a flush moves one partition's cursor, and how many records had which outcome on the way. */
export type FlushSpan = Readonly<Omit<PartitionSpan, 'counters'>> & {
  readonly counters: ReadonlyMap<PartitionCounter, number>;
};

/**
 * One compare-and-set step: when the stored generation and every stored cursor equal `from`, all deltas are added,
 * and cursors, watermarks and counters move; else nothing happens.
 */
export type FlushRequest = {
  readonly generation: string;
  readonly spans: readonly FlushSpan[];
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
  readonly cells: readonly { readonly series: number; readonly delta: CellDelta }[];
};

/** @param known the projection's numbers of series keys, −1 for refused ones */
export function flushRequest(
  gathering: Gathering,
  plan: Pick<MetricPlan, 'metric' | 'calendar' | 'grains'>,
  { generation, known }: { generation: string; known: ReadonlyMap<string, number> },
): FlushRequest {
  const { series, indexOf } = seriesTable(known);
  /** Windows of several grains that gain the very same share the list of it. */
  const lists = new Map<WindowDelta['cells'], FlushWindow['cells']>();
  const windows = windowsOf(gathering, plan).map(({ grain, startMs, endMs, cells }) => {
    const list = lists.get(cells) ?? cellsOf(cells, indexOf);
    lists.set(cells, list);
    return { grain, startMs, endMs, cells: list };
  });
  return {
    generation,
    spans: [...gathering.spans.values()].map((span) => ({ ...span, counters: countersOf(span) })),
    series,
    maxSeries: plan.metric.maxSeries,
    windows,
  };
}

const countersOf = ({ counters }: PartitionSpan): FlushSpan['counters'] =>
  new Map(
    (Object.entries(counters) as [PartitionCounter, number][]).filter(([, records]) => records > 0),
  );

/** Numbers the series of a flush by their keys: two numbers may stand for one series (series-column.ts). */
function seriesTable(known: ReadonlyMap<string, number>) {
  const series: { key: string; number: number | undefined; breakdown: string }[] = [];
  const indexes = new Map<number, number>();
  const byKey = new Map<string, number>();
  const indexOf = ({ id, key, breakdown }: Series): number => {
    let index = indexes.get(id);
    if (index !== undefined) return index;
    index = byKey.get(key);
    if (index === undefined) {
      index = series.push({ key, number: known.get(key), breakdown }) - 1;
      byKey.set(key, index);
    }
    indexes.set(id, index);
    return index;
  };
  return { series, indexOf };
}

function cellsOf(
  cells: WindowDelta['cells'],
  indexOf: (series: Series) => number,
): FlushWindow['cells'] {
  const list: { series: number; delta: CellDelta }[] = [];
  for (const delta of cells.values()) list.push({ series: indexOf(delta.series), delta });
  if (new Set(list.map(({ series }) => series)).size === list.length) return list;
  const byIndex = new Map<number, { series: number; delta: CellDelta }>();
  for (const cell of list) {
    const first = byIndex.get(cell.series);
    if (!first) byIndex.set(cell.series, cell);
    else {
      // A new one: other windows may share the first.
      const delta = emptyDelta();
      mergeDelta(delta, first.delta);
      mergeDelta(delta, cell.delta);
      byIndex.set(cell.series, { series: cell.series, delta });
    }
  }
  return [...byIndex.values()];
}
