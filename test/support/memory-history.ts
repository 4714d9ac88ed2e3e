import { deriveHistory, seriesOfAll } from '../../services/alerting/core/values/derived-history.ts';
import { leavesOf } from '../../services/alerting/core/values/formula-value.ts';
import type { HistoryCell } from '../../services/alerting/core/values/recall.ts';
import type { History } from '../../services/alerting/ports.ts';
import { formatValue, valueOf } from '../../services/kernel/accumulator.ts';
import type { Catalog, SimpleMetric } from '../../services/kernel/definitions.ts';
import { stateOf } from '../../services/kernel/stage.ts';
import { zoneCalendar } from '../../services/kernel/window.ts';
import type { Grain } from '../../services/kernel/window.ts';
import { memoryProjectionReader } from './memory-projection-reader.ts';
import type { MemoryProjectionStore } from './memory-projection-store.ts';

type Wanted = { grain: Grain; fromMs: number; toMs: number; series: readonly string[] };

/** History over what a memory store of the aggregator holds. */
export function memoryHistory(store: MemoryProjectionStore, catalog: () => Catalog): History {
  const reader = memoryProjectionReader(store);
  const refOf = ({ id, version }: SimpleMetric) => ({ metric: id, version });

  const headOf = async (metric: SimpleMetric) => {
    const [head] = await reader.heads([refOf(metric)]);
    if (!head || head.rebuilding || head.partitions.length === 0) return undefined;
    const series = new Map(
      (await reader.series(refOf(metric), head)).map(({ key, number }) => [key, number]),
    );
    return { watermarkMs: Math.min(...head.partitions.map((one) => one.watermarkMs)), series };
  };

  const cellsOf = async (metric: SimpleMetric, of: Wanted) => {
    const head = await headOf(metric);
    if (!head) return undefined;
    const known = of.series.flatMap((key) => {
      const number = head.series.get(key);
      return number === undefined ? [] : [{ key, number }];
    });
    const size = { kind: 'grain', grain: of.grain } as const;
    const windows = [...zoneCalendar(metric.timezone).windowsBetween(size, of)];
    const { aggregation, valueScale, percentile, unit } = metric;
    const view = await reader.cells(refOf(metric), {
      grain: of.grain,
      aggregation,
      starts: windows.map(({ startMs }) => startMs),
      series: known.map(({ number }) => number),
    });
    const cells: HistoryCell[] = [];
    for (const { startMs, endMs } of windows)
      for (const { key, number } of known) {
        const window = view?.windows.get(startMs);
        const cell = window?.cells.get(number);
        if (!window || !cell) continue;
        const group = { grain: of.grain, starts: [startMs], seriesKey: key };
        const [members] = await reader.members(refOf(metric), [group]);
        const distinct = aggregation === 'distinct' ? { distinct: members?.distinct ?? 0 } : {};
        const accumulators = { ...cell.accumulators, ...distinct };
        const scales = { valueScale, unitScale: unit.scale, percentile };
        const stage = endMs > head.watermarkMs ? 0 : Math.max(1, window.stage);
        cells.push({
          series: key,
          start: startMs,
          end: endMs,
          accumulators,
          value: formatValue(valueOf(aggregation, accumulators, scales), unit.scale),
          state: stateOf({ ...cell, stage }),
          revision: cell.revision,
        });
      }
    return cells;
  };

  return {
    async head(metric) {
      const heads = await Promise.all(leavesOf(metric, catalog()).map(headOf));
      const known = heads.filter((head) => head !== undefined);
      if (known.length < heads.length || known.length === 0) return undefined;
      const series = known.map((head) => [...head.series.keys()]);
      return {
        watermarkMs: Math.min(...known.map(({ watermarkMs }) => watermarkMs)),
        series: metric.kind === 'simple' ? (series[0] ?? []) : seriesOfAll(metric, series),
      };
    },
    cells: async (metric, of) =>
      metric.kind === 'simple'
        ? cellsOf(metric, of)
        : deriveHistory(metric, catalog(), { ...of, cellsOf }),
  };
}
