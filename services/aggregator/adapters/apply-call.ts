import { encodeLast } from '../../kernel/accumulator.ts';
import type { Integer } from '../../kernel/integer.ts';
import { DISTINCT_EXACT_MAX, ENTITIES_MAX } from '../../kernel/projection.ts';
import type { ProjectionKeys } from '../../kernel/projection.ts';
import { BIN_MAX, encodeSketch, sketchOf } from '../../kernel/sketch.ts';
import { messagePack } from '../../platform/message-pack.ts';
import type { Packable } from '../../platform/message-pack.ts';
import type { CellDelta } from '../core/cell-delta.ts';
import { spanKey } from '../core/gathering.ts';
import type { FlushRequest, FlushWindow } from '../core/flush.ts';
import type { ApplyResult, RefusalReason } from '../ports.ts';

type Call = { readonly keys: string[]; readonly args: readonly [Buffer] };
type Draft = { readonly keys: string[]; readonly args: Packable[] };

/** A flush as keys and the one packed argument of `lua/apply.lua`, which names its order. */
export function applyCall(keys: ProjectionKeys, flush: FlushRequest): Call {
  const allKeys = [keys.meta, keys.watermarks, keys.series, keys.dirty, keys.due];
  for (const window of flush.windows) allKeys.push(keys.cells(window.grain, window.startMs));
  const args: Packable[] = [
    flush.generation,
    flush.maxSeries,
    DISTINCT_EXACT_MAX,
    BIN_MAX,
    ENTITIES_MAX,
    flush.spans.length,
  ];
  for (const span of flush.spans) {
    const { from, to, watermarkMs, appendMs, historicalMs } = span;
    args.push(spanKey(span.topic, span.partition), String(from), String(to), String(watermarkMs));
    args.push(appendMs ? String(appendMs) : '', historicalMs ? String(historicalMs) : '');
    args.push(span.fingerprint ?? '', span.caughtUp ? '1' : '0');
  }
  const counters = flush.spans.flatMap((span) =>
    [...span.counters].map(
      ([outcome, by]) => [`n:${spanKey(span.topic, span.partition)}:${outcome}`, by] as const,
    ),
  );
  args.push(counters.length, ...counters.flat());
  args.push(
    flush.series.map(({ key }) => key),
    flush.series.map(({ number }) => (number === undefined ? '' : String(number))),
    flush.series.map(({ number, breakdown }) => (number === undefined ? breakdown : '')),
    flush.windows.length,
  );
  const draft = { keys: allKeys, args };
  let before: FlushWindow | undefined;
  for (const window of flush.windows) {
    args.push(`${window.grain}|${window.startMs}`, String(window.endMs));
    // Coarser windows of what came within one finer window gain the very same, which has no keys of its own.
    if (before?.cells === window.cells && isPlain(window)) args.push('same');
    else pushCells(draft, { keys, flush, window });
    before = window;
  }
  return { keys: allKeys, args: [messagePack(args)] };
}

/**
 * What a delta's field is sent as: integers of 32 bits as they are, so that the script need not read them. Of larger ones the
 * sum with what is stored may be small, and still not exact in doubles.
 */
const exact = (value: Integer): Packable =>
  typeof value === 'number' && value === (value | 0) ? value : String(value);

/** In the order of their columns, the letters of the stored fields. */
const COLUMNS: readonly (readonly [
  letter: string,
  gained: (delta: CellDelta) => Packable | undefined,
])[] = [
  ['s', ({ sum }) => (sum === undefined ? undefined : exact(sum))],
  ['a', ({ min }) => (min === undefined ? undefined : String(min))],
  ['z', ({ max }) => (max === undefined ? undefined : String(max))],
  ['l', ({ last }) => (last === undefined ? undefined : encodeLast(last))],
  ['q', ({ bins }) => (bins === undefined ? undefined : encodeSketch(sketchOf(bins)))],
];

/** The columns that a delta has, as bits; −1 when it has more than these. */
function shapeOf(delta: CellDelta): number {
  const { sum, min, max, last, bins, members, entities, historical, restated } = delta;
  if (members !== undefined || entities !== undefined || historical > 0 || restated) return -1;
  return (
    (sum === undefined ? 0 : 1) |
    (min === undefined ? 0 : 2) |
    (max === undefined ? 0 : 4) |
    (last === undefined ? 0 : 8) |
    (bins === undefined ? 0 : 16)
  );
}

const isPlain = ({ cells }: FlushWindow): boolean => {
  const shape = cells[0] ? shapeOf(cells[0].delta) : -1;
  return shape >= 0 && cells.every(({ delta }) => shapeOf(delta) === shape);
};

/** Cells of the shape that comes first go by columns, the others one by one. */
function pushCells(
  { keys: allKeys, args }: Draft,
  { keys, flush, window }: { keys: ProjectionKeys; flush: FlushRequest; window: FlushWindow },
): void {
  const { cells } = window;
  const shape = cells.map(({ delta }) => shapeOf(delta)).find((one) => one >= 0) ?? -1;
  const columns = COLUMNS.filter((_, i) => shape >= 0 && (shape >> i) & 1);
  const indexes: number[] = [];
  const contributions: Packable[] = [];
  const gains = columns.map((): Packable[] => []);
  const others: FlushWindow['cells'][number][] = [];
  for (const cell of cells) {
    const { series, delta } = cell;
    if (shape < 0 || shapeOf(delta) !== shape) {
      others.push(cell);
      continue;
    }
    // Lua counts from 1.
    indexes.push(series + 1);
    contributions.push(exact(delta.contributions));
    for (let i = 0; i < columns.length; i++)
      (gains[i] as Packable[]).push(columns[i]?.[1](delta) ?? '');
  }
  const letters = ['n', ...columns.map(([letter]) => letter)];
  args.push(letters.join(''), indexes, contributions, ...gains, others.length);
  for (const { series, delta } of others) {
    const { members, entities, historical, restated } = delta;
    args.push(series + 1, exact(delta.contributions));
    const partsAt = args.push('') - 1;
    let parts = '';
    const part = (letter: string, gained: Packable): void => {
      parts += letter;
      args.push(gained);
    };
    for (const [letter, gained] of COLUMNS) {
      const by = gained(delta);
      if (by !== undefined) part(letter, by);
    }
    if (historical > 0) part('h', exact(historical));
    if (restated) part('x', 1);
    if (members !== undefined || entities !== undefined)
      allKeys.push(keys.members(window.grain, window.startMs, flush.series[series]?.key ?? ''));
    if (entities !== undefined) {
      part('e', allKeys.length);
      args.push([...entities.keys()], [...entities.values()].map(encodeLast));
    }
    if (members !== undefined) {
      part('m', allKeys.length);
      args.push([...members]);
    }
    args[partsAt] = parts;
  }
}

export function applyResult(reply: [string, (string[] | string)?]): ApplyResult {
  const [kind, detail] = reply;
  if (kind === 'applied') {
    const answers = detail as string[];
    const numbers = new Map<string, number>();
    for (let i = 0; i + 1 < answers.length; i += 2)
      numbers.set(answers[i] as string, Number(answers[i + 1]));
    return { kind, numbers };
  }
  if (kind === 'overflow') return { kind, detail: String(detail) };
  return { kind: 'refused', reason: kind as RefusalReason };
}
