import {
  addDecimals,
  compareDecimals,
  formatDecimal,
  parseDecimal,
} from '../../../kernel/decimal.ts';
import type { Decimal } from '../../../kernel/decimal.ts';
import { negate } from '../../../kernel/integer.ts';
import { canonicalJson } from '../../../kernel/json.ts';
import type { Point, Series } from '../answers.ts';

/** What a draft would make of the stored windows of its metric. */
export type DifferenceAnswer = {
  /** `none`: values would be the same, or it is not in review; `filling`: the candidate is not there whole yet. */
  readonly state: 'none' | 'filling' | 'ready';
  /** Share of the log that is counted, 0–1. */
  readonly progress?: number;
  readonly from: string;
  readonly to: string;
  readonly grain: string;
  /** Versions that are compared: what is published, and the draft's. */
  readonly versions: { readonly before: string | null; readonly after: string | null };
  readonly windows: DifferenceCounts;
  /** Those that differ, the largest difference first. */
  readonly items: readonly WindowDifference[];
  /** Over the windows compared; null where values do not add up. */
  readonly total: { readonly before: string | null; readonly after: string | null };
};
export type DifferenceCounts = {
  /** Windows of all series that were compared: those that both versions are past, and that hold events or differ. */
  readonly total: number;
  readonly changed: number;
  readonly added: number;
  readonly removed: number;
  /** Windows that hold events and were not compared: one of the versions is not past them. */
  readonly open: number;
};
export type WindowDifference = {
  readonly labels: Readonly<Record<string, string>>;
  readonly start: string;
  readonly end: string;
  readonly before: string | null;
  readonly after: string | null;
  /** What comes on top of it; null where one of them has no value. */
  readonly change: string | null;
};

type Told = Pick<DifferenceAnswer, 'windows' | 'items' | 'total'>;
type Seen = {
  readonly labels: Readonly<Record<string, string>>;
  readonly before?: Point;
  readonly after?: Point;
};

export const NO_DIFFERENCE: Told = {
  windows: { total: 0, changed: 0, added: 0, removed: 0, open: 0 },
  items: [],
  total: { before: null, after: null },
};

/**
 * Compares two versions window by window. Windows that either is not past are counted, not compared: there the versions may
 * just have read the log to different places. Law: exchanging the two exchanges added and removed, and turns every change
 * round.
 * @param options.limit items at most   @param options.isAdditive whether values of windows add up
 */
export function differenceOf(
  before: readonly Series[],
  after: readonly Series[],
  options: { readonly limit: number; readonly isAdditive: boolean },
): Told {
  const pairs = [...paired(before, after).values()];
  const seen = pairs.filter((one) => isPast(one) && (holdsEvents(one) || kindOf(one) !== 'same'));
  const differing = seen.filter((one) => kindOf(one) !== 'same');
  const count = (kind: Kind): number => differing.filter((one) => kindOf(one) === kind).length;
  const sum = (side: 'before' | 'after'): string | null =>
    options.isAdditive ? totalOf(seen.map((one) => one[side])) : null;
  return {
    windows: {
      total: seen.length,
      changed: count('changed'),
      added: count('added'),
      removed: count('removed'),
      open: pairs.filter((one) => !isPast(one) && holdsEvents(one)).length,
    },
    items: differing.toSorted(bySize).slice(0, options.limit).map(itemOf),
    total: { before: sum('before'), after: sum('after') },
  };
}

/** By series and window; a series that one of them lacks has no values there. */
function paired(before: readonly Series[], after: readonly Series[]): ReadonlyMap<string, Seen> {
  const pairs = new Map<string, Seen>();
  const note = (series: readonly Series[], side: 'before' | 'after'): void => {
    for (const { labels, points } of series)
      for (const point of points) {
        const key = canonicalJson({ labels, start: point.start });
        pairs.set(key, { labels, ...pairs.get(key), [side]: point });
      }
  };
  note(before, 'before');
  note(after, 'after');
  return pairs;
}

const isPast = ({ before, after }: Seen): boolean =>
  [before, after].every((one) => one?.state !== 'open' && one?.state !== 'rebuilding');

/** Windows of which nobody has told anything are the same in any version, and say nothing of either. */
const holdsEvents = ({ before, after }: Seen): boolean =>
  [before, after].some((one) => (one?.count ?? 0) > 0);

type Kind = 'same' | 'changed' | 'added' | 'removed';
function kindOf({ before, after }: Seen): Kind {
  const [old, now] = [decimalOf(before), decimalOf(after)];
  if (!old) return now ? 'added' : 'same';
  if (!now) return 'removed';
  return compareDecimals(old, now) === 0 ? 'same' : 'changed';
}

function itemOf(one: Seen): WindowDifference {
  const { labels, before, after } = one;
  const [old, now] = [decimalOf(before), decimalOf(after)];
  const { start, end } = (after ?? before) as Point;
  const value = (point: Point | undefined): string | null => point?.value ?? null;
  return {
    labels,
    start,
    end,
    before: value(before),
    after: value(after),
    change: old && now ? textOf(less(now, old)) : null,
  };
}

const ZERO: Decimal = { unscaled: 0, scale: 0 };
function bySize(a: Seen, b: Seen): number {
  const size = ({ before, after }: Seen): Decimal =>
    absolute(less(decimalOf(after) ?? ZERO, decimalOf(before) ?? ZERO));
  const start = ({ before, after }: Seen): string => (after ?? before)?.start ?? '';
  return compareDecimals(size(b), size(a)) || (start(a) < start(b) ? -1 : 1);
}

const decimalOf = (point: Point | undefined): Decimal | undefined =>
  point === undefined || point.value === null ? undefined : parseDecimal(point.value);
const less = (a: Decimal, b: Decimal): Decimal =>
  addDecimals(a, { ...b, unscaled: negate(b.unscaled) });
const absolute = (a: Decimal): Decimal =>
  a.unscaled < 0 ? { ...a, unscaled: negate(a.unscaled) } : a;
const textOf = ({ unscaled, scale }: Decimal): string => formatDecimal(unscaled, scale);

function totalOf(points: readonly (Point | undefined)[]): string | null {
  const values = points.map(decimalOf).filter((one) => one !== undefined);
  return values.length === 0 ? null : textOf(values.reduce(addDecimals));
}
