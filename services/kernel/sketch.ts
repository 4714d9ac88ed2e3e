import { powerOfTen } from './decimal.ts';
import { divideHalfEven, multiply, negate } from './integer.ts';
import type { Integer } from './integer.ts';

/**
 * How values are spread, as counters of logarithmic bins: a DDSketch whose bins have integer bounds. No logarithm is taken,
 * so a value has the same bin on every machine, and what is stored and merged are integers only.
 *
 * Bin 0 holds zero. Bin i > 0 holds the magnitudes lo..hi, where the first lo is 1, hi = ⌊lo · 101 / 99⌋ and the next lo is
 * hi + 1; bin −i holds their negatives. Magnitudes below 50 have bins of their own, hence are exact. The bins end with
 * 64-bit integers, so a sketch is bounded by construction and none is ever collapsed.
 * @see Masson, Rim, Lee: DDSketch, VLDB 2019
 */
export type Sketch = readonly Bin[];
/** Ascending by index within a sketch; the count is at least 1. */
export type Bin = readonly [index: number, count: number];

const ABOVE_ALL = 2n ** 63n;
/** Lowest magnitude of bin i at i − 1. */
const LOWS = lows();
/** The same as numbers, as far as these are exact: where nearly all values are found. */
const EXACT_LOWS = Float64Array.from(
  LOWS.filter((low) => low <= 2n ** 53n),
  Number,
);
/** Bins of positive values; as many are of negative ones. */
export const BIN_MAX = LOWS.length;

function lows(): readonly bigint[] {
  const list: bigint[] = [];
  for (let low = 1n; low < ABOVE_ALL; low = (low * 101n) / 99n + 1n) list.push(low);
  return list;
}

/**
 * The bin of a value. Law: monotone; values of one bin differ from its representative by 1 % of themselves at most.
 * @returns ±(BIN_MAX + 1) where the value is beyond 64 bits, which no cell takes
 */
export function binOf(value: Integer): number {
  if (value < 0) return 0 - binOf(negate(value));
  if (typeof value === 'number') return lastAtMost(EXACT_LOWS, value) + 1;
  return value >= ABOVE_ALL ? BIN_MAX + 1 : lastAtMost(LOWS, value) + 1;
}

/** Index of the last element ≤ value, −1 when there is none. @param list ascending */
function lastAtMost<T extends number | bigint>(list: ArrayLike<T>, value: T): number {
  let from = 0;
  let to = list.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((list[middle] as T) <= value) from = middle + 1;
    else to = middle;
  }
  return from - 1;
}

/** Counters of both, added. Law: associative and commutative, with the empty sketch as identity. */
export function mergeSketches(a: Sketch, b: Sketch): Sketch {
  const merged: Bin[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const left = a[i];
    const right = b[j];
    if (left && right && left[0] === right[0]) merged.push([left[0], left[1] + right[1]]);
    else merged.push(!right || (left && left[0] < right[0]) ? (left as Bin) : right);
    const last = merged.at(-1)?.[0];
    if (left?.[0] === last) i++;
    if (right?.[0] === last) j++;
  }
  return merged;
}

/** How many thousandths make all of it: percentiles have at most three decimal places. */
const WHOLE = 100_000;

/**
 * The value that at least `percentile` per cent of the values do not exceed (nearest rank), told by the representative of
 * its bin, which lies within 1 % of it; rounded once, half to even, at the unit's scale.
 * @param percentile above 0 and below 100
 * @returns null for an empty sketch
 */
export function percentileOf(
  sketch: Sketch,
  percentile: number,
  { valueScale, unitScale }: { readonly valueScale: number; readonly unitScale: number },
): Integer | null {
  const total = sketch.reduce((sum, [, count]) => sum + count, 0);
  const share = BigInt(total) * BigInt(Math.round(percentile * (WHOLE / 100)));
  const rank = Number((share + BigInt(WHOLE - 1)) / BigInt(WHOLE));
  let passed = 0;
  for (const [index, count] of sketch) {
    passed += count;
    if (passed < rank) continue;
    const { dividend, divisor } = representative(index);
    return divideHalfEven(
      multiply(dividend, powerOfTen(unitScale)),
      multiply(divisor, powerOfTen(valueScale)),
    );
  }
  return null;
}

/** 2·lo·hi ÷ (lo + hi): as far from lo as from hi, told as a share of each. */
function representative(index: number): { dividend: Integer; divisor: Integer } {
  if (index === 0) return { dividend: 0, divisor: 1 };
  const low = LOWS[Math.abs(index) - 1] ?? 1n;
  const high = (low * 101n) / 99n;
  const dividend = 2n * low * high;
  return { dividend: index < 0 ? -dividend : dividend, divisor: low + high };
}

/** The counters of values as they came, in the order of sketches. */
export const sketchOf = (counters: ReadonlyMap<number, number>): Sketch =>
  [...counters].sort(([a], [b]) => a - b);

/** `index:count index:count …`, ascending: the text form of a sketch in Redis and on topics. Law: equal sketches have equal texts. */
export const encodeSketch = (sketch: Sketch): string =>
  sketch.map(([index, count]) => `${index}:${count}`).join(' ');

export const decodeSketch = (text: string): Sketch =>
  text === ''
    ? []
    : text.split(' ').map((bin): Bin => {
        const cut = bin.indexOf(':');
        return [Number(bin.slice(0, cut)), Number(bin.slice(cut + 1))];
      });
