import { isLater, mergeEntities, sumOfEntities } from '../../services/kernel/accumulator.ts';
import type { Accumulators } from '../../services/kernel/accumulator.ts';
import type { SimpleMetric } from '../../services/kernel/definitions.ts';
import { add, compare } from '../../services/kernel/integer.ts';
import type { Grain } from '../../services/kernel/window.ts';
import type { FlushRequest, FlushWindow } from '../../services/aggregator/core/flush.ts';
import { spanKey } from '../../services/aggregator/core/gathering.ts';
import type { CellDelta } from '../../services/aggregator/core/cell-delta.ts';
import { ENTITIES_MAX } from '../../services/kernel/projection.ts';
import { BIN_MAX, mergeSketches, sketchOf } from '../../services/kernel/sketch.ts';
import { stateOf } from '../../services/kernel/stage.ts';
import type {
  ApplyResult,
  ProjectionRef,
  ProjectionStore,
  ProjectionView,
} from '../../services/aggregator/ports.ts';

type Cell = {
  accumulators: Accumulators;
  members: Set<string> | undefined;
  revision: number;
  restatements: number;
  historical: number;
};
type StoredWindow = {
  grain: Grain;
  startMs: number;
  endMs: number;
  stage: number;
  due: number;
  cells: Map<number, Cell>;
};
type StoredSpan = {
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

const MAX = 9_223_372_036_000_000_000n;

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
      projections.set(keyOf(ref), {
        generation,
        spans: new Map(spans),
        counters: new Map(),
        series: new Map(),
        refused: 0,
        windows: new Map(),
        dirty: new Set(),
      });
      return true;
    },
    apply: async (ref, flush) => apply(projections.get(keyOf(ref)), flush),
    async advance(metric, limit) {
      const projection = projections.get(keyOf(refOf(metric)));
      if (!projection) return 0;
      const watermark = watermarkOf(projection);
      const due = [...projection.windows.values()]
        .filter((window) => window.due <= watermark)
        .sort((a, b) => a.due - b.due)
        .slice(0, limit);
      for (const window of due) advanceWindow(projection, window, { watermark, metric });
      return due.length;
    },
    dirtyMarks: async (ref, limit) =>
      [...(projections.get(keyOf(ref))?.dirty ?? [])].slice(0, limit),
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
    async noteLoss(ref, { generation, topic, partition, from, to }) {
      const projection = projections.get(keyOf(ref));
      const span = projection?.spans.get(spanKey(topic, partition));
      if (projection?.generation !== generation || span?.next !== from) return;
      span.next = to;
      span.lostTo = to;
    },
  };
}

/** Views of cells tell the sum of their entities only. */
export const withoutEntities = (cell: Accumulators): Accumulators =>
  Object.fromEntries(
    Object.entries(cell).filter(([part]) => part !== 'entities'),
  ) as unknown as Accumulators;

function viewOf(
  { projection, isCandidate }: { projection: MemoryProjection | undefined; isCandidate: boolean },
  places: readonly { grain: Grain; startMs: number; series: number }[],
): ProjectionView {
  if (!projection) return { cells: [], watermarkMs: 0, events: 0, cursors: [], rebuilding: true };
  const keys = new Map([...projection.series].map(([key, number]) => [number, key]));
  const cells = places.flatMap((at) => {
    const window = projection.windows.get(`${at.grain}|${at.startMs}`);
    const cell = window?.cells.get(at.series);
    if (!window || !cell) return [];
    const { stage, endMs } = window;
    const { revision, restatements, members } = cell;
    const accumulators = {
      ...withoutEntities(cell.accumulators),
      ...(members ? { distinct: members.size } : {}),
    };
    const numbers = { stage, revision, restatements, historical: cell.historical };
    const key = keys.get(at.series) ?? '';
    return [{ ...at, key, endMs, accumulators, ...numbers, state: stateOf(numbers) }];
  });
  const spans = [...projection.spans.values()];
  return {
    cells,
    watermarkMs: Math.min(...spans.map(({ watermarkMs }) => watermarkMs)),
    events: [...projection.counters].reduce(
      (sum, [field, records]) => (/:(heartbeat|hole)$/.test(field) ? sum : sum + records),
      0,
    ),
    cursors: spans.map(({ topic, partition, next }) => ({ topic, partition, offset: next })),
    rebuilding: spans.some(({ building }) => building),
    isCandidate,
  };
}

function apply(projection: MemoryProjection | undefined, flush: FlushRequest): ApplyResult {
  if (!projection) return { kind: 'refused', reason: 'missing' };
  if (projection.generation !== flush.generation) return { kind: 'refused', reason: 'generation' };
  for (const span of flush.spans)
    if (projection.spans.get(spanKey(span.topic, span.partition))?.next !== span.from)
      return { kind: 'refused', reason: 'cursor' };
  for (const { key, number } of flush.series)
    if (number !== undefined && projection.series.get(key) !== number)
      return { kind: 'refused', reason: 'series' };
  for (const window of flush.windows) {
    const overflow = overflowing(projection, window, flush);
    if (overflow) return { kind: 'overflow', detail: overflow };
  }
  const numbers = new Map<string, number>();
  const resolved = flush.series.map(({ key, number, breakdown }) => {
    if (number !== undefined) return number;
    const found =
      projection.series.get(key) ??
      admit(projection, { key, breakdown, maxSeries: flush.maxSeries });
    numbers.set(key, found);
    return found;
  });
  for (const window of flush.windows) writeWindow(projection, window, resolved);
  for (const span of flush.spans) {
    const key = spanKey(span.topic, span.partition);
    const stored = projection.spans.get(key) as StoredSpan;
    Object.assign(stored, {
      next: span.to,
      watermarkMs: span.watermarkMs,
    });
    if (span.appendMs > 0) stored.appendMs = span.appendMs;
    if (span.historicalMs > 0) stored.historicalMs = span.historicalMs;
    if (span.fingerprint !== undefined)
      stored.fingerprints = [stored.fingerprints[0] ?? span.fingerprint, span.fingerprint];
    if (span.caughtUp) stored.building = false;
    for (const [outcome, by] of span.counters)
      projection.counters.set(
        `${key}:${outcome}`,
        (projection.counters.get(`${key}:${outcome}`) ?? 0) + by,
      );
  }
  return { kind: 'applied', numbers };
}

const watermarkOf = (projection: MemoryProjection): number =>
  Math.min(...[...projection.spans.values()].map(({ watermarkMs }) => watermarkMs));

function admit(
  projection: MemoryProjection,
  wanted: { key: string; breakdown: string; maxSeries: number },
): number {
  const names = (key: string): string =>
    (JSON.parse(key) as string[]).filter((_, i) => i % 2 === 0).join(',');
  const kept = [...projection.series.keys()].filter(
    (key) => names(key) === wanted.breakdown,
  ).length;
  if (wanted.breakdown !== '' && kept >= wanted.maxSeries) return -1;
  projection.series.set(wanted.key, projection.series.size);
  return projection.series.size - 1;
}

function overflowing(
  projection: MemoryProjection,
  window: FlushWindow,
  flush: FlushRequest,
): string | undefined {
  for (const { series, delta } of window.cells) {
    const number = projection.series.get(flush.series[series]?.key ?? '');
    const old =
      number === undefined
        ? undefined
        : projection.windows.get(`${window.grain}|${window.startMs}`)?.cells.get(number);
    const entities = mergeEntities(
      old?.accumulators.entities ?? new Map(),
      delta.entities ?? new Map(),
    );
    const sum = BigInt(
      delta.entities ? sumOfEntities(entities) : add(old?.accumulators.sum ?? 0, delta.sum ?? 0),
    );
    const isBeyond =
      entities.size > ENTITIES_MAX ||
      [...(delta.bins?.keys() ?? [])].some((bin) => Math.abs(bin) > BIN_MAX);
    if (sum >= MAX || sum <= -MAX || isBeyond) return `${window.grain}|${window.startMs}|${number}`;
  }
  return undefined;
}

function writeWindow(
  projection: MemoryProjection,
  window: FlushWindow,
  numbers: readonly number[],
): void {
  const key = `${window.grain}|${window.startMs}`;
  for (const { series, delta } of window.cells) {
    const number = numbers[series] as number;
    if (number < 0) {
      projection.refused += delta.contributions;
      continue;
    }
    let stored = projection.windows.get(key);
    if (!stored) {
      stored = {
        grain: window.grain,
        startMs: window.startMs,
        endMs: window.endMs,
        stage: 0,
        due: window.endMs,
        cells: new Map(),
      };
      projection.windows.set(key, stored);
    }
    const cell = stored.cells.get(number) ?? {
      accumulators: { contributions: 0 },
      members: undefined,
      revision: 0,
      restatements: 0,
      historical: 0,
    };
    stored.cells.set(number, cell);
    addDelta(cell, delta);
    if (watermarkOf(projection) >= stored.endMs) cell.revision++;
    if (delta.restated) cell.restatements++;
    cell.historical += delta.historical;
    projection.dirty.add(`${key}|${number}`);
  }
}

function addDelta(cell: Cell, delta: CellDelta): void {
  const old = cell.accumulators;
  const next: Record<string, unknown> = {
    ...old,
    contributions: old.contributions + delta.contributions,
  };
  if (delta.sum !== undefined) next['sum'] = add(old.sum ?? 0, delta.sum);
  if (delta.min !== undefined && (old.min === undefined || compare(delta.min, old.min) < 0))
    next['min'] = delta.min;
  if (delta.max !== undefined && (old.max === undefined || compare(delta.max, old.max) > 0))
    next['max'] = delta.max;
  if (delta.last !== undefined && (old.last === undefined || isLater(delta.last, old.last)))
    next['last'] = delta.last;
  if (delta.bins) next['sketch'] = mergeSketches(old.sketch ?? [], sketchOf(delta.bins));
  if (delta.entities) {
    const entities = mergeEntities(old.entities ?? new Map(), delta.entities);
    next['entities'] = entities;
    next['sum'] = sumOfEntities(entities);
  }
  if (delta.members) cell.members = new Set([...(cell.members ?? []), ...delta.members]);
  cell.accumulators = next as unknown as Accumulators;
}

function advanceWindow(
  projection: MemoryProjection,
  window: StoredWindow,
  at: { watermark: number; metric: SimpleMetric },
): void {
  const lateness = at.metric.latenessMs;
  const gone = window.endMs + Math.max(lateness, at.metric.retentionMs[window.grain]);
  const key = `${window.grain}|${window.startMs}`;
  if (at.watermark >= gone) {
    projection.windows.delete(key);
    for (const number of window.cells.keys()) projection.dirty.delete(`${key}|${number}`);
    return;
  }
  const now = at.watermark >= window.endMs + lateness ? 2 : 1;
  window.due = now === 1 ? window.endMs + lateness : gone;
  if (now <= window.stage) return;
  window.stage = now;
  for (const number of window.cells.keys()) projection.dirty.add(`${key}|${number}`);
}
