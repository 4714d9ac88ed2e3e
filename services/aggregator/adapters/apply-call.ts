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

/** A cell has one value, by its aggregation, or none. */
const VALUES: readonly (readonly [
  letter: string,
  gained: (delta: CellDelta) => Packable | undefined,
])[] = [
  ['s', ({ sum }) => (sum === undefined ? undefined : exact(sum))],
  ['a', ({ min }) => (min === undefined ? undefined : String(min))],
  ['z', ({ max }) => (max === undefined ? undefined : String(max))],
  ['l', ({ last }) => (last === undefined ? undefined : encodeLast(last))],
  ['q', ({ bins }) => (bins === undefined ? undefined : encodeSketch(sketchOf(bins)))],
];
const NO_VALUE = ['', () => undefined] as const;

/** The value that a delta has; undefined when it has more than that. */
function valueOf(delta: CellDelta): (typeof VALUES)[number] | undefined {
  const { sum, min, max, last, bins, members, entities, historical, restated } = delta;
  if (members !== undefined || entities !== undefined || historical > 0 || restated)
    return undefined;
  const given = [sum, min, max, last, bins].findIndex((one) => one !== undefined);
  return given === -1 ? NO_VALUE : VALUES[given];
}

const isPlain = ({ cells }: FlushWindow): boolean => {
  const value = cells[0] && valueOf(cells[0].delta);
  return value !== undefined && cells.every(({ delta }) => valueOf(delta) === value);
};

/** Cells with the value that comes first go by columns, the others one by one. */
function pushCells(
  { keys: allKeys, args }: Draft,
  { keys, flush, window }: { keys: ProjectionKeys; flush: FlushRequest; window: FlushWindow },
): void {
  const { cells } = window;
  const value = cells.map(({ delta }) => valueOf(delta)).find((one) => one !== undefined);
  const [letter, gained] = value ?? NO_VALUE;
  const indexes: number[] = [];
  const contributions: Packable[] = [];
  const gains: Packable[] = [];
  const others: FlushWindow['cells'][number][] = [];
  for (const cell of cells) {
    const { series, delta } = cell;
    if (value === undefined || valueOf(delta) !== value) {
      others.push(cell);
      continue;
    }
    // Lua counts from 1.
    indexes.push(series + 1);
    contributions.push(exact(delta.contributions));
    if (letter !== '') gains.push(gained(delta) ?? '');
  }
  args.push(letter, indexes, contributions, ...(letter === '' ? [] : [gains]), others.length);
  for (const { series, delta } of others) {
    const { members, entities, historical, restated } = delta;
    args.push(series + 1, exact(delta.contributions));
    const partsAt = args.push('') - 1;
    let parts = '';
    const part = (letter: string, gained: Packable): void => {
      parts += letter;
      args.push(gained);
    };
    for (const [name, gain] of VALUES) {
      const by = gain(delta);
      if (by !== undefined) part(name, by);
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
