import { isLater, mergeEntities, sumOfEntities } from '../../../services/kernel/accumulator.ts';
import type { Accumulators } from '../../../services/kernel/accumulator.ts';
import { add, compare } from '../../../services/kernel/integer.ts';
import type { FlushRequest, FlushWindow } from '../../../services/aggregator/core/flush.ts';
import { spanKey } from '../../../services/aggregator/core/gathering.ts';
import type { CellDelta } from '../../../services/aggregator/core/cell-delta.ts';
import { ENTITIES_MAX } from '../../../services/kernel/projection.ts';
import { BIN_MAX, mergeSketches, sketchOf } from '../../../services/kernel/sketch.ts';
import type { ApplyResult } from '../../../services/aggregator/ports.ts';
import { watermarkOf } from './projection.ts';
import type { Cell, MemoryProjection, StoredSpan } from './projection.ts';

const MAX = 9_223_372_036_000_000_000n;

/** As the script of a flush: all checks stand before the first write. */
export function apply(projection: MemoryProjection | undefined, flush: FlushRequest): ApplyResult {
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
