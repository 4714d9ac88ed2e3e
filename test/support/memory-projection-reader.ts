import { COUNTERS } from '../../services/console/core/conservation.ts';
import type { Counter } from '../../services/console/core/conservation.ts';
import { NOT_STORED } from '../../services/console/core/projection.ts';
import type {
  ProjectionHead,
  StoredCell,
  StoredWindow,
} from '../../services/console/core/projection.ts';
import type {
  CellsRequest,
  ProjectionReader,
  ProjectionRef,
} from '../../services/console/ports.ts';
import { EMPTY, merge } from '../../services/kernel/accumulator.ts';
import type { Accumulators } from '../../services/kernel/accumulator.ts';
import { breakdownOf, labelsOf } from '../../services/kernel/series.ts';
import type { MemoryProjection } from './memory-projection/projection.ts';
import { withoutEntities } from './memory-projection/view.ts';
import type { MemoryProjectionStore } from './memory-projection-store.ts';

/** Reads what a memory store of the aggregator holds, as the console's adapter reads Redis. */
export function memoryProjectionReader(store: MemoryProjectionStore): ProjectionReader {
  const find = (ref: ProjectionRef): MemoryProjection | undefined =>
    store.projections.get(`${ref.metric}@${ref.version}`);
  return {
    heads: async (refs) => refs.map((ref) => headOf(find(ref))),
    series: async (ref) =>
      [...(find(ref)?.series ?? [])].map(([key, number]) => ({
        key,
        number,
        labels: labelsOf(key),
      })),
    async cells(ref, request) {
      const projection = find(ref);
      const head = headOf(projection);
      if (!projection || !head) return undefined;
      const windows = new Map<number, StoredWindow>();
      for (const startMs of request.starts) {
        const window = windowOf(projection, request, startMs);
        if (window) windows.set(startMs, window);
      }
      return { head, windows };
    },
    async numbers(ref, { series, starts, grain, aggregation, only }) {
      const projection = find(ref);
      const head = headOf(projection);
      if (!projection || !head) return undefined;
      const windows = starts.map((startMs) => projection.windows.get(`${grain}|${startMs}`));
      const field = aggregation === 'avg' ? 'sum' : aggregation;
      type Cell = NonNullable<ReturnType<NonNullable<(typeof windows)[number]>['cells']['get']>>;
      const columns = (of: (cell: Cell) => number | bigint | undefined): Float64Array[] =>
        series.map((number) =>
          Float64Array.from(windows, (window) => {
            const cell = window?.cells.get(number);
            return Number((cell && of(cell)) ?? Number.NaN);
          }),
        );
      const counted = (cell: Cell): number => cell.accumulators.contributions;
      const isWhole = only === undefined;
      return {
        head,
        stages: Uint8Array.from(windows, (window) => window?.stage ?? NOT_STORED),
        numbers: columns((cell) => (field === 'count' ? counted(cell) : cell.accumulators[field])),
        contributions: isWhole ? columns(counted) : [],
        revisions: isWhole ? columns(({ revision }) => revision) : [],
        restatements: isWhole ? columns(({ restatements }) => restatements) : [],
      };
    },
    async members(ref, groups) {
      const projection = find(ref);
      return groups.map(({ grain, starts, seriesKey }) => {
        const number = projection?.series.get(seriesKey) ?? -1;
        const all = starts.flatMap((start) => [
          ...(projection?.windows.get(`${grain}|${start}`)?.cells.get(number)?.members ?? []),
        ]);
        return { distinct: new Set(all).size, approximate: false };
      });
    },
    async latest(ref, groups) {
      const projection = find(ref);
      return groups.map(({ grain, starts, seriesKey }) => {
        const number = projection?.series.get(seriesKey) ?? -1;
        const cells = starts.map(
          (start) => projection?.windows.get(`${grain}|${start}`)?.cells.get(number)?.accumulators,
        );
        return cells.reduce<Accumulators>((sum, cell) => merge(sum, cell ?? EMPTY), EMPTY).sum ?? 0;
      });
    },
  };
}

function headOf(projection: MemoryProjection | undefined): ProjectionHead | undefined {
  if (!projection) return undefined;
  const perBreakdown: Record<string, number> = {};
  for (const key of projection.series.keys()) {
    const name = breakdownOf(key).join(',');
    perBreakdown[name] = (perBreakdown[name] ?? 0) + 1;
  }
  const spans = [...projection.spans.values()];
  return {
    generation: projection.generation,
    rebuilding: spans.some(({ building }) => building),
    superseded: projection.superseded ?? false,
    partitions: spans.map(({ topic, partition, first, next, watermarkMs, appendMs, building }) => ({
      topic,
      partition,
      first,
      next,
      watermarkMs,
      appendMs,
      rebuilding: building,
      counters: Object.fromEntries(
        COUNTERS.map((counter) => [
          counter,
          projection.counters.get(`${topic}/${partition}:${counter}`) ?? 0,
        ]),
      ) as Record<Counter, number>,
    })),
    seriesCount: projection.series.size,
    finals: '',
    perBreakdown,
    refused: projection.refused,
  };
}

function windowOf(
  projection: MemoryProjection,
  request: CellsRequest,
  startMs: number,
): StoredWindow | undefined {
  const window = projection.windows.get(`${request.grain}|${startMs}`);
  if (!window) return undefined;
  const cells = new Map<number, StoredCell>();
  for (const number of request.series) {
    const cell = window.cells.get(number);
    if (cell)
      cells.set(number, {
        accumulators: withoutEntities(cell.accumulators),
        revision: cell.revision,
        restatements: cell.restatements,
      });
  }
  return { stage: window.stage, cells };
}
