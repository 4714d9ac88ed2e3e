import type { Accumulators, Entities } from '../../kernel/accumulator.ts';
import { encodeLast } from '../../kernel/accumulator.ts';
import { hashText } from '../../kernel/hash.ts';
import { breakdownOf } from '../../kernel/series.ts';
import { encodeSketch } from '../../kernel/sketch.ts';
import type { MetricPlan } from './metric-plan.ts';
import type { RecountedCell, WindowPlace } from './recount.ts';

/** All of a cell that is a function of the log: not its revision, which depends on when flushes happened. */
export type CellContent = Readonly<Record<string, string | number | boolean>>;

export type ComparedCell = Pick<RecountedCell, 'grain' | 'startMs' | 'key'> & {
  readonly accumulators: Accumulators;
  readonly historical: number;
};

/** `missing`: the log says that there is a cell, and none is stored; `unexpected`: the other way round. */
export type CellDifference = WindowPlace & {
  /** Of the series. */
  readonly key: string;
  readonly kind: 'different' | 'missing' | 'unexpected';
  readonly stored: CellContent | null;
  readonly recounted: CellContent | null;
};

export type Comparison = {
  readonly checked: number;
  readonly differences: readonly CellDifference[];
  /** Cells of series that were refused beyond `maxSeries`: the log says that they are there, and rightly none is stored. */
  readonly refused: number;
};

/** Holds stored cells against recounted ones, bit for bit. @param admitted keys of the projection's series */
export function compareCells(
  plan: MetricPlan,
  cells: { readonly stored: readonly ComparedCell[]; readonly recounted: readonly ComparedCell[] },
  admitted: ReadonlySet<string>,
): Comparison {
  const stored = new Map(cells.stored.map((cell) => [cellKey(cell), cell]));
  const recounted = new Map(cells.recounted.map((cell) => [cellKey(cell), cell]));
  const differences: CellDifference[] = [];
  let checked = 0;
  let refused = 0;
  for (const [key, cell] of recounted) {
    const found = stored.get(key);
    if (!found && isRefused(plan, cell.key, admitted)) {
      refused++;
      continue;
    }
    checked++;
    if (!found) differences.push(difference('missing', undefined, cell));
    else if (!isSame(found, cell)) differences.push(difference('different', found, cell));
  }
  for (const [key, cell] of stored) {
    if (recounted.has(key)) continue;
    checked++;
    differences.push(difference('unexpected', cell, undefined));
  }
  return { checked, differences, refused };
}

export const cellKey = ({ grain, startMs, key }: WindowPlace & { readonly key: string }): string =>
  `${grain}|${startMs}|${key}`;

/** A full breakdown admits no series any more, and none leaves it: who is not there never was. */
function isRefused(plan: MetricPlan, key: string, admitted: ReadonlySet<string>): boolean {
  if (admitted.has(key)) return false;
  const breakdown = breakdownOf(key).join(',');
  if (breakdown === '') return false;
  const kept = [...admitted].filter((one) => breakdownOf(one).join(',') === breakdown).length;
  return kept >= plan.metric.maxSeries;
}

/** What of a cell is compared and shown; integers as decimal text, `last` and `bins` as they are stored. */
export function contentOf({ accumulators, historical }: ComparedCell): CellContent {
  const { contributions, sum, min, max, last, distinct, approximate, sketch } = accumulators;
  const { entities } = accumulators;
  return {
    contributions,
    historical,
    ...(sum === undefined ? {} : { sum: String(sum) }),
    ...(min === undefined ? {} : { min: String(min) }),
    ...(max === undefined ? {} : { max: String(max) }),
    ...(last === undefined ? {} : { last: encodeLast(last) }),
    ...(distinct === undefined ? {} : { distinct }),
    ...(approximate ? { approximate } : {}),
    ...(sketch === undefined ? {} : { bins: encodeSketch(sketch) }),
    ...(entities === undefined ? {} : { entities: checksumOf(entities) }),
  };
}

/** How many there are and a hash of all their newest values: a cell may have a hundred thousand. */
function checksumOf(entities: Entities): string {
  const texts = [...entities].map(([entity, last]) => JSON.stringify([entity, encodeLast(last)]));
  return `${entities.size}, ${hashText(texts.sort().join())}`;
}

const isSame = (a: ComparedCell, b: ComparedCell): boolean =>
  JSON.stringify(contentOf(a)) === JSON.stringify(contentOf(b));

const difference = (
  kind: CellDifference['kind'],
  stored: ComparedCell | undefined,
  recounted: ComparedCell | undefined,
): CellDifference => {
  const { grain, startMs, key } = (stored ?? recounted) as ComparedCell;
  return {
    grain,
    startMs,
    key,
    kind,
    stored: stored ? contentOf(stored) : null,
    recounted: recounted ? contentOf(recounted) : null,
  };
};
