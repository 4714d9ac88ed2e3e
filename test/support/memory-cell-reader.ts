import type { CellReader } from '../../services/aggregator/ports.ts';
import type { MemoryProjectionStore } from './memory-projection-store.ts';

/** Reads what a store in memory holds. @param viewMax windows that one view takes */
export const memoryCellReader = (store: MemoryProjectionStore, viewMax = Infinity): CellReader => ({
  async readWindows(ref, { windows }) {
    const projection = store.projections.get(`${ref.metric}@${ref.version}`);
    if (!projection) return undefined;
    const names = new Map([...projection.series].map(([key, number]) => [number, key]));
    const taken = windows.slice(0, viewMax);
    const cells = taken.flatMap(({ grain, startMs }) =>
      [...(projection.windows.get(`${grain}|${startMs}`)?.cells ?? [])].map(([number, cell]) => ({
        grain,
        startMs,
        key: names.get(number) ?? '?',
        accumulators: {
          ...cell.accumulators,
          ...(cell.members ? { distinct: cell.members.size } : {}),
        },
        historical: cell.historical,
      })),
    );
    return structuredClone({
      generation: projection.generation,
      partitions: [...projection.spans.values()].map(({ lostTo, ...span }) => ({
        ...span,
        first: Math.max(span.first, lostTo ?? 0),
        ...(lostTo === undefined ? {} : { hasLoss: true }),
      })),
      series: new Set(projection.series.keys()),
      cells,
      taken: taken.length,
    });
  },
  async someWindows(ref, count) {
    const projection = store.projections.get(`${ref.metric}@${ref.version}`);
    return [...(projection?.windows.values() ?? [])]
      .slice(0, count)
      .map(({ grain, startMs }) => ({ grain, startMs }));
  },
  estimate: async (_ref, members) => new Set(members).size,
});
