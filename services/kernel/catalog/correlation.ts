import { rescale } from '../decimal.ts';
import type { Decimal } from '../decimal.ts';
import type { EpochMs } from '../time.ts';

/** Values of a metric by the start of their window. */
export type History = ReadonlyMap<EpochMs, Decimal>;

export type Correlation = {
  /** Windows in which both have a value. */
  readonly windows: number;
  /** Pearson's r, rounded down to four places, such as `0.9731`. */
  readonly r: string;
  /** Whether r exceeds 0.95: decided by integers, not by the rounded figure. */
  readonly isNear: boolean;
};

/** Fewer windows say nothing: two straight lines correlate perfectly. */
export const WINDOWS_MIN = 30;
/** 0.95 as a fraction. */
const NEAR = { n: 19n, d: 20n };
const PLACES = 10_000n;

/**
 * Pearson's correlation of two metrics over the windows that both have, in exact integers: with
 * A = nΣxy − ΣxΣy, B = nΣx² − (Σx)², C = nΣy² − (Σy)², r = A ÷ √(BC), hence r > 19/20 exactly when A > 0 and
 * 400·A² > 361·BC. Scaling or shifting either metric changes nothing.
 * @returns undefined with fewer than 30 common windows, or when one of them never changes: r does not exist then
 */
export function correlation(a: History, b: History): Correlation | undefined {
  const starts = [...a.keys()].filter((start) => b.has(start));
  if (starts.length < WINDOWS_MIN) return undefined;
  const n = BigInt(starts.length);
  const [x, y] = [integers(a, starts), integers(b, starts)];
  const sum = (of: readonly bigint[]): bigint => of.reduce((total, one) => total + one, 0n);
  const products = (of: readonly bigint[], by: readonly bigint[]): bigint =>
    sum(of.map((one, i) => one * (by[i] as bigint)));
  const [sx, sy] = [sum(x), sum(y)];
  const joint = n * products(x, y) - sx * sy;
  const spread = (n * products(x, x) - sx * sx) * (n * products(y, y) - sy * sy);
  if (spread === 0n) return undefined;
  const square = joint * joint;
  const size = squareRoot((square * PLACES * PLACES) / spread);
  return {
    windows: starts.length,
    r: `${joint < 0n ? '-' : ''}${size / PLACES}.${String(size % PLACES).padStart(4, '0')}`,
    isNear: joint > 0n && NEAR.d * NEAR.d * square > NEAR.n * NEAR.n * spread,
  };
}

/** Of the starts, at one scale. */
function integers(history: History, starts: readonly EpochMs[]): readonly bigint[] {
  const values = starts.map((start) => history.get(start) as Decimal);
  const scale = Math.max(...values.map((one) => one.scale));
  return values.map((one) => BigInt(rescale(one.unscaled, one.scale, scale)));
}

/** The largest integer whose square is at most n (Newton's method). @param n at least 0 */
function squareRoot(n: bigint): bigint {
  if (n < 2n) return n;
  let root = 1n << BigInt((n.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (root + n / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
