import type { SimpleMetric } from '../../services/kernel/definitions.ts';
import type { Grain } from '../../services/kernel/window.ts';
import { spanKey } from '../../services/aggregator/core/gathering.ts';
import type { ProjectionRef, ProjectionStore } from '../../services/aggregator/ports.ts';
import { beginProjection } from './memory-projection/projection.ts';
import type { MemoryProjection } from './memory-projection/projection.ts';
import { apply } from './memory-projection/flush.ts';
import { advanceDue } from './memory-projection/windows.ts';
import { headOf, viewOf } from './memory-projection/view.ts';

/** Projections in memory with the semantics of the Redis scripts; `snapshot` and `restore` give it Redis' faults. */
export type MemoryProjectionStore = ProjectionStore & {
  readonly projections: Map<string, MemoryProjection>;
  readonly snapshot: () => Map<string, MemoryProjection>;
  readonly restore: (snapshot: Map<string, MemoryProjection>) => void;
};

const keyOf = (ref: ProjectionRef): string => `${ref.metric}@${ref.version}`;
const refOf = (metric: SimpleMetric): ProjectionRef => ({
  metric: metric.id,
  version: metric.version,
});

export function memoryProjectionStore(): MemoryProjectionStore {
  const projections = new Map<string, MemoryProjection>();
  const nominated = new Map<string, ProjectionRef>();

  return {
    projections,
    snapshot: () => structuredClone(projections),
    restore(snapshot) {
      projections.clear();
      for (const [key, value] of structuredClone(snapshot)) projections.set(key, value);
    },
    async load(ref) {
      const projection = projections.get(keyOf(ref));
      if (!projection) return undefined;
      return {
        generation: projection.generation,
        partitions: [...projection.spans.values()].map((span) => ({
          ...span,
          first: Math.max(span.first, span.lostTo ?? 0),
        })),
        series: new Map(projection.series),
        rebuilding: [...projection.spans.values()].some(({ building }) => building),
        superseded: projection.superseded ?? false,
      };
    },
    async create(ref, { generation, partitions }) {
      if (projections.has(keyOf(ref))) return false;
      projections.set(keyOf(ref), beginProjection(generation, partitions));
      return true;
    },
    apply: async (ref, flush) => apply(projections.get(keyOf(ref)), flush),
    async advance(metric, limit) {
      const projection = projections.get(keyOf(refOf(metric)));
      return projection ? advanceDue(projection, metric, limit) : 0;
    },
    dirtyMarks: async (ref, limit) =>
      [...(projections.get(keyOf(ref))?.dirty ?? [])].slice(0, limit),
    async readHead(ref) {
      const projection = projections.get(keyOf(ref));
      return headOf({ projection, isCandidate: nominated.has(keyOf(ref)) });
    },
    async readDirty(metric, marks) {
      const projection = projections.get(keyOf(refOf(metric)));
      return viewOf(
        { projection, isCandidate: nominated.has(keyOf(refOf(metric))) },
        marks.map((mark) => {
          const [grain, start, number] = mark.split('|') as [Grain, string, string];
          return { grain, startMs: Number(start), series: Number(number) };
        }),
      );
    },
    async readCells(ref, places) {
      const projection = projections.get(keyOf(ref));
      return viewOf(
        { projection, isCandidate: nominated.has(keyOf(ref)) },
        places.map((at) => ({ ...at, series: projection?.series.get(at.key) ?? -1 })),
      );
    },
    async clearDirty(ref, cells) {
      const projection = projections.get(keyOf(ref));
      for (const cell of cells) {
        const window = projection?.windows.get(`${cell.grain}|${cell.startMs}`);
        const now = window?.cells.get(cell.series);
        const same =
          now &&
          projection?.series.get(cell.key) === cell.series &&
          now.accumulators.contributions === cell.accumulators.contributions &&
          window?.stage === cell.stage &&
          now.revision === cell.revision;
        if (same) projection?.dirty.delete(`${cell.grain}|${cell.startMs}|${cell.series}`);
      }
    },
    async retire(ref, generation) {
      if (projections.get(keyOf(ref))?.generation === generation) projections.delete(keyOf(ref));
    },
    async supersede(ref, isSuperseded) {
      const projection = projections.get(keyOf(ref));
      if (projection) projection.superseded = isSuperseded;
    },
    async nominate(ref, isCandidate) {
      if (isCandidate) nominated.set(keyOf(ref), ref);
      else nominated.delete(keyOf(ref));
    },
    async nominated() {
      return [...nominated.values()];
    },
    async forget(ref) {
      if (!projections.delete(keyOf(ref))) nominated.delete(keyOf(ref));
    },
    async takeUp() {
      // Nobody remembers what was read of it.
    },
    async noteLoss(ref, { generation, topic, partition, from, to }) {
      const projection = projections.get(keyOf(ref));
      const span = projection?.spans.get(spanKey(topic, partition));
      if (projection?.generation !== generation || span?.next !== from) return;
      span.next = to;
      span.lostTo = to;
    },
  };
}
