import { add, multiply } from '../../kernel/integer.ts';
import type { Integer } from '../../kernel/integer.ts';
import type { Accumulators } from '../../kernel/accumulator.ts';
import type { MetricDefinition, SimpleMetric } from '../../kernel/definitions.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { Window } from '../../kernel/window.ts';
import type { Page } from './page.ts';
import type { CellsView, ProjectionHead, StoredWindow } from './projection.ts';
import { breakdownFor } from './series-choice.ts';
import type { SeriesChoice, SeriesEntry } from './series-choice.ts';

/**
 * What a breakdown holds beyond its limit of series: the total less all series that are kept, computed when it is read.
 * Every event is in the total and in one series of each breakdown, so for what adds up the rest is exact.
 */

/** Stands for it among the keys of series; those begin with `[`, so it sorts after all of them. */
export const OTHER = '~other';
const OTHER_NUMBER = -1;
const OTHER_ENTRY: SeriesEntry = { number: OTHER_NUMBER, key: OTHER, labels: {} };

/**
 * Whether an answer has it: events found no room in the metric, this breakdown is full, nothing narrows it down, and both
 * the total is kept and the aggregation adds up. A full breakdown admits no series any more, so what is kept is known.
 */
export function hasOther(
  metric: MetricDefinition,
  choice: SeriesChoice,
  head: ProjectionHead | undefined,
): metric is SimpleMetric {
  if (metric.kind !== 'simple' || !['sum', 'count'].includes(metric.aggregation)) return false;
  if (choice.dimensions.length === 0 || choice.where.size > 0) return false;
  const breakdown = breakdownFor(metric.breakdowns, choice.dimensions);
  if (!head || !breakdown || !breakdownFor(metric.breakdowns, [])) return false;
  return head.refused > 0 && (head.perBreakdown[breakdown.join(',')] ?? 0) >= metric.maxSeries;
}

/**
 * Puts its points on pages of their own where they are merged from more cells than one page may be.
 * @param windowsMax windows of it that one page may hold, at least 1
 */
export function cutOther(page: Page, windows: readonly Window[], windowsMax: number): Page {
  const last = page.series.at(-1);
  if (last?.key !== OTHER || windowsMax >= windows.length) return page;
  const before = page.series.at(-2);
  if (before)
    return { series: page.series.slice(0, -1), next: endOf(windows, before.key, before.to) };
  const to = Math.min(last.to, last.from + windowsMax);
  return to === last.to ? page : { series: [{ ...last, to }], next: endOf(windows, last.key, to) };
}

const endOf = (windows: readonly Window[], series: string, to: number): Page['next'] => ({
  series,
  endMs: windows[to - 1]?.endMs ?? 0,
});

/**
 * Adds it to each window as one more cell, as far and as often changed as the total.
 * @param view with the cells of the total and of all series that are kept
 */
export function withOther(
  { head, windows }: CellsView,
  series: { readonly total: SeriesEntry | undefined; readonly kept: readonly SeriesEntry[] },
): CellsView {
  const added = new Map<EpochMs, StoredWindow>();
  for (const [startMs, window] of windows) {
    const total = series.total && window.cells.get(series.total.number);
    if (!total) {
      added.set(startMs, window);
      continue;
    }
    const kept = series.kept.flatMap(({ number }) => window.cells.get(number) ?? []);
    const accumulators = less(
      total.accumulators,
      kept.map((cell) => cell.accumulators),
    );
    const cells = new Map(window.cells).set(OTHER_NUMBER, { ...total, accumulators });
    added.set(startMs, { ...window, cells });
  }
  return { head, windows: added };
}

/** The chosen series and this one. */
export const seriesWithOther = (
  chosen: ReadonlyMap<string, SeriesEntry>,
): ReadonlyMap<string, SeriesEntry> => new Map(chosen).set(OTHER, OTHER_ENTRY);

function less(total: Accumulators, kept: readonly Accumulators[]): Accumulators {
  const contributions = kept.reduce((rest, cell) => rest - cell.contributions, total.contributions);
  if (total.sum === undefined) return { contributions };
  const sum = kept.reduce<Integer>((rest, cell) => add(rest, negative(cell.sum ?? 0)), total.sum);
  return { contributions, sum };
}

const negative = (value: Integer): Integer => multiply(value, -1);
