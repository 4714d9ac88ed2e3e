import type { RangeFunction } from './ast.ts';
import { emptyColumn } from './column.ts';
import type { Column } from './column.ts';
import { FOLD_OF, Folding } from './numbers.ts';
import { endedBy } from './samples.ts';
import type { SampledSeries, Steps } from './samples.ts';
import type { Budget } from './budget.ts';

/** What an instant selector sees at each step: the newest window that has ended, until the next one ends. */
export function instantColumns(
  series: readonly SampledSeries[],
  { steps, offsetMs }: { steps: Steps; offsetMs: number },
): readonly Column[] {
  const counts = countsPerGrid(series, { steps, offsetMs });
  return series.map((one) => {
    const column = emptyColumn(one.labels, steps.length);
    const ended = counts.get(one.grid) as Int32Array;
    for (let i = 0; i < steps.length; i++) {
      const timeMs = (steps[i] as number) - offsetMs;
      const at = seenAt(one, (ended[i] as number) - 1, timeMs);
      if (at < 0) continue;
      column.has[i] = 1;
      column.values[i] = one.values[at] as number;
    }
    return column;
  });
}

/** @returns the newest window up to this one that has a value and is still seen; −1 where there is none */
function seenAt({ grid, has }: SampledSeries, newest: number, timeMs: number): number {
  for (let at = newest; at >= 0 && timeMs < (grid.seenUntil[at] as number); at--)
    if (has[at] === 1) return at;
  return -1;
}

/** Folds, at each step, the windows that ended in (t − offset − range, t − offset]. */
export function rangeColumns(
  name: RangeFunction,
  series: readonly SampledSeries[],
  at: { steps: Steps; offsetMs: number; rangeMs: number; budget: Budget },
): readonly Column[] {
  const { steps, offsetMs, rangeMs, budget } = at;
  const upTo = countsPerGrid(series, { steps, offsetMs });
  const before = countsPerGrid(series, { steps, offsetMs: offsetMs + rangeMs });
  const fold = FOLD_OF[name];
  const folding = new Folding(fold === 'last' ? 'count' : fold);
  return series.map((one) => {
    const column = emptyColumn(one.labels, steps.length);
    const ends = upTo.get(one.grid) as Int32Array;
    const begins = before.get(one.grid) as Int32Array;
    for (let i = 0; i < steps.length; i++) {
      const [from, to] = [begins[i] as number, ends[i] as number];
      budget.spend(to - from);
      let last = -1;
      for (let k = from; k < to; k++) {
        if (one.has[k] === 0) continue;
        folding.add(one.values[k] as number);
        last = k;
      }
      if (last < 0) continue;
      const folded = folding.take();
      column.has[i] = 1;
      column.values[i] = fold === 'last' ? (one.values[last] as number) : folded;
    }
    return column;
  });
}

/** Series of one selection share their grid: what it costs to walk over it is paid once. */
function countsPerGrid(
  series: readonly SampledSeries[],
  { steps, offsetMs }: { steps: Steps; offsetMs: number },
): ReadonlyMap<SampledSeries['grid'], Int32Array> {
  const grids = new Set(series.map(({ grid }) => grid));
  return new Map([...grids].map((grid) => [grid, endedBy(grid, steps, offsetMs)]));
}
