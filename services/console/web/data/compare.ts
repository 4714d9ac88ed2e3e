import { addDecimals, formatDecimal, parseDecimal } from '../../../kernel/decimal.ts';
import type { Comparison } from '../../../kernel/catalog/dashboard-panels.ts';
import { negate } from '../../../kernel/integer.ts';
import type { Point } from '../../core/answers.ts';
import { lengthOf } from './grain.ts';
import type { ShownGrain } from './grain.ts';

/** What the page of a metric compares with: of what the API offers, what tells a reader something at each grain. */
export const BESIDES = ['previous', 'week', 'year'] as const;
export type Beside = (typeof BESIDES)[number];

/** What a window of the grain can be compared with: longer ones than a week have none a week before. */
export const besidesOf = (grain: ShownGrain): readonly Beside[] =>
  BESIDES.filter((name) => name !== 'week' || lengthOf(grain) <= lengthOf('week'));

/** A point beside the one that it is compared with. */
export type Difference = {
  /** Value of the other. */
  readonly base: string;
  /** Exact. */
  readonly difference: string;
  /** Of the base; undefined where that is 0 or less: no share means anything then. */
  readonly share: number | undefined;
};

/** The value that a point is compared with; null where it has none. */
export const baseOf = (point: Point, name: Comparison): string | null =>
  point.compare?.[name]?.value ?? null;

/**
 * The window whose difference is shown beside a number: its own, or, while that is open and would stand beside a whole
 * one, the newest that is past.
 */
export const comparedPoint = (
  points: readonly Point[],
  point: Point | undefined,
): Point | undefined =>
  point?.state === 'open'
    ? points.findLast(({ start, state }) => start < point.start && state !== 'open')
    : point;

/**
 * How a point differs, from its value as it is now: live events move on what the answer said. An open window is not
 * compared: what is there so far would stand beside a whole one.
 */
export function differenceOf(point: Point | undefined, name: Beside): Difference | undefined {
  if (!point || point.value === null || point.state === 'open') return undefined;
  const base = baseOf(point, name);
  const own = parseDecimal(point.value);
  const other = base === null ? undefined : parseDecimal(base);
  if (!own || !other || base === null) return undefined;
  const { unscaled, scale } = addDecimals(own, { ...other, unscaled: negate(other.unscaled) });
  const difference = formatDecimal(unscaled, scale);
  const share = Number(base) > 0 ? Number(difference) / Number(base) : undefined;
  return { base, difference, share };
}
