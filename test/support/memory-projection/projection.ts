import type { Accumulators } from '../../../services/kernel/accumulator.ts';
import type { Grain } from '../../../services/kernel/window.ts';
import { spanKey } from '../../../services/aggregator/core/gathering.ts';
import type { ProjectionStore } from '../../../services/aggregator/ports.ts';

export type Cell = {
  accumulators: Accumulators;
  members: Set<string> | undefined;
  revision: number;
  restatements: number;
  historical: number;
};
export type StoredWindow = {
  grain: Grain;
  startMs: number;
  endMs: number;
  stage: number;
  due: number;
  cells: Map<number, Cell>;
};
export type StoredSpan = {
  topic: string;
  partition: number;
  first: number;
  /** Where the last lost range ends. */
  lostTo?: number;
  next: number;
  watermarkMs: number;
  appendMs: number;
  historicalMs: number;
  fingerprints: string[];
  building: boolean;
};
export type MemoryProjection = {
  generation: string;
  superseded?: boolean;
  spans: Map<string, StoredSpan>;
  counters: Map<string, number>;
  series: Map<string, number>;
  refused: number;
  windows: Map<string, StoredWindow>;
  dirty: Set<string>;
};

/** With nothing in it. */
export function beginProjection(
  generation: string,
  partitions: Parameters<ProjectionStore['create']>[1]['partitions'],
): MemoryProjection {
  const spans = partitions.map(({ topic, partition, first, empty }): [string, StoredSpan] => [
    spanKey(topic, partition),
    {
      topic,
      partition,
      first,
      next: first,
      watermarkMs: 0,
      appendMs: 0,
      historicalMs: 0,
      fingerprints: [],
      building: !empty,
    },
  ]);
  return {
    generation,
    spans: new Map(spans),
    counters: new Map(),
    series: new Map(),
    refused: 0,
    windows: new Map(),
    dirty: new Set(),
  };
}

export const watermarkOf = (projection: MemoryProjection): number =>
  Math.min(...[...projection.spans.values()].map(({ watermarkMs }) => watermarkMs));
