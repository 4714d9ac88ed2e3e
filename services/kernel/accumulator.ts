import { formatDecimal, MAX_SCALE, rescale } from './decimal.ts';
import type { Decimal } from './decimal.ts';
import { add, compare, divideHalfEven, multiply, parseInteger } from './integer.ts';
import type { Integer } from './integer.ts';
import { powerOfTen } from './decimal.ts';
import { mergeSketches, percentileOf } from './sketch.ts';
import type { Sketch } from './sketch.ts';

export const AGGREGATIONS = [
  'sum',
  'count',
  'min',
  'max',
  'avg',
  'last',
  'distinct',
  'percentile',
  'latest',
] as const;
export type Aggregation = (typeof AGGREGATIONS)[number];

/** The newest value of a cell, by event time, then partition, then offset: a total order over the log. */
export type LastValue = {
  readonly timeMs: number;
  readonly partition: number;
  readonly offset: number;
  readonly value: Integer;
};

/** The newest value of each entity (an article, an invoice) by its name. */
export type Entities = ReadonlyMap<string, LastValue>;

/**
 * What a cell holds, in integers at the metric's value scale. Which members are there follows from the aggregation.
 * `contributions` counts the events that were added; a cell along any history is complete when it has the most.
 * `distinct` is the number of members; `members` travels only where cells must be united. So does `entities`, of which
 * `sum` is the sum of the newest values.
 */
export type Accumulators = {
  readonly contributions: number;
  readonly sum?: Integer;
  readonly min?: Integer;
  readonly max?: Integer;
  readonly last?: LastValue;
  readonly distinct?: number;
  readonly members?: readonly string[];
  /** True where `distinct` comes from a HyperLogLog (standard error 0.81 %). */
  readonly approximate?: boolean;
  /** How the values of a percentile are spread. */
  readonly sketch?: Sketch;
  readonly entities?: Entities;
};

export const EMPTY: Accumulators = { contributions: 0 };

export const isLater = (a: LastValue, b: LastValue): boolean =>
  a.timeMs !== b.timeMs
    ? a.timeMs > b.timeMs
    : a.partition !== b.partition
      ? a.partition > b.partition
      : a.offset > b.offset;

const pick = <T>(a: T | undefined, b: T | undefined, both: (a: T, b: T) => T): T | undefined =>
  a === undefined ? b : b === undefined ? a : both(a, b);

/** Per entity the later value. Law: associative and commutative, as `isLater` is a total order. */
export function mergeEntities(a: Entities, b: Entities): Entities {
  const merged = new Map(a);
  for (const [entity, last] of b) {
    const known = merged.get(entity);
    if (!known || isLater(last, known)) merged.set(entity, last);
  }
  return merged;
}

export function sumOfEntities(entities: Entities): Integer {
  let sum: Integer = 0;
  for (const { value } of entities.values()) sum = add(sum, value);
  return sum;
}

/**
 * Union of two disjoint sets of events. Law: associative and commutative, with `EMPTY` as identity, so any window is
 * the merge of its cells in any order (test/property/accumulator.test.ts).
 */
export function merge(a: Accumulators, b: Accumulators): Accumulators {
  const members = pick(a.members, b.members, (x, y) => [...new Set([...x, ...y])]);
  const entities = pick(a.entities, b.entities, mergeEntities);
  const parts = {
    sum: entities ? sumOfEntities(entities) : pick(a.sum, b.sum, add),
    entities,
    min: pick(a.min, b.min, (x, y) => (compare(x, y) <= 0 ? x : y)),
    max: pick(a.max, b.max, (x, y) => (compare(x, y) >= 0 ? x : y)),
    last: pick(a.last, b.last, (x, y) => (isLater(x, y) ? x : y)),
    distinct: members ? members.length : pick(a.distinct, b.distinct, (x, y) => x + y),
    members,
    sketch: pick(a.sketch, b.sketch, mergeSketches),
    approximate: a.approximate || b.approximate || undefined,
  };
  const present = Object.entries(parts).filter(([, value]) => value !== undefined);
  return { contributions: a.contributions + b.contributions, ...Object.fromEntries(present) };
}

/** How a metric's values are told: scales of the stored integers and of the value as people see it, and which percentile. */
export type Scales = {
  readonly valueScale: number;
  readonly unitScale: number;
  /** Of percentile only. */
  readonly percentile?: number | undefined;
};

/**
 * The value of a cell or window as an integer at the unit's scale, rounded half to even where the unit has fewer places.
 * @returns null for an empty min, max, avg, last, percentile or latest; an empty sum, count or distinct is 0
 */
export function valueOf(
  aggregation: Aggregation,
  cell: Accumulators,
  scales: Scales,
): Integer | null {
  const { valueScale, unitScale, percentile } = scales;
  const scaled = (value: Integer): Integer => rescale(value, valueScale, unitScale);
  switch (aggregation) {
    case 'count':
      return multiply(cell.contributions, powerOfTen(unitScale));
    case 'distinct':
      return multiply(cell.distinct ?? 0, powerOfTen(unitScale));
    case 'sum':
      return scaled(cell.sum ?? 0);
    case 'avg':
      return cell.contributions === 0 ? null : average(cell, scales);
    case 'percentile':
      return cell.sketch === undefined || percentile === undefined
        ? null
        : percentileOf(cell.sketch, percentile, scales);
    case 'min':
      return cell.min === undefined ? null : scaled(cell.min);
    case 'max':
      return cell.max === undefined ? null : scaled(cell.max);
    case 'last':
      return cell.last === undefined ? null : scaled(cell.last.value);
    case 'latest':
      return cell.sum === undefined ? null : scaled(cell.sum);
  }
}

/** One rounding only: (sum · 10^unitScale) ÷ (contributions · 10^valueScale). */
function average(cell: Accumulators, { valueScale, unitScale }: Scales): Integer {
  const dividend = multiply(cell.sum ?? 0, powerOfTen(unitScale));
  return divideHalfEven(dividend, multiply(cell.contributions, powerOfTen(valueScale)));
}

/** Places of an average or a percentile beyond its values', where a formula needs it before anything is rounded for people. */
const QUOTIENT_PLACES = 12;

/**
 * The value of a cell or window as a formula reads it: at the scale of its integers, not yet rounded to the unit. An
 * average or percentile, which has no last place, is rounded half to even twelve places beyond its values'.
 * @returns null for an empty min, max, avg, last, percentile or latest
 */
export function exactValueOf(
  aggregation: Aggregation,
  cell: Accumulators,
  { valueScale, percentile }: Pick<Scales, 'valueScale' | 'percentile'>,
): Decimal | null {
  const scale =
    aggregation === 'count' || aggregation === 'distinct'
      ? 0
      : aggregation === 'avg' || aggregation === 'percentile'
        ? Math.min(MAX_SCALE, valueScale + QUOTIENT_PLACES)
        : valueScale;
  const unscaled = valueOf(aggregation, cell, { valueScale, unitScale: scale, percentile });
  return unscaled === null ? null : { unscaled, scale };
}

export const formatValue = (value: Integer | null, unitScale: number): string | null =>
  value === null ? null : formatDecimal(value, unitScale);

/** `time|partition|offset|value`, the text form of a `last` accumulator in Redis and on topics. */
export const encodeLast = (last: LastValue): string =>
  `${last.timeMs}|${last.partition}|${last.offset}|${last.value}`;

export function decodeLast(text: string): LastValue | undefined {
  const [timeMs, partition, offset, value] = text.split('|');
  const integer = value === undefined ? undefined : parseInteger(value);
  if (integer === undefined) return undefined;
  return {
    timeMs: Number(timeMs),
    partition: Number(partition),
    offset: Number(offset),
    value: integer,
  };
}

/** Entities as they are stored: each with the text of its newest value. */
export const decodeEntities = (stored: Iterable<readonly [string, string]>): Entities =>
  new Map(
    [...stored].flatMap(([entity, text]) => {
      const last = decodeLast(text);
      return last ? [[entity, last] as const] : [];
    }),
  );
