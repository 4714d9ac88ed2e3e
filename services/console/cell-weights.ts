import type { Aggregation } from '../kernel/accumulator.ts';
import type { Window } from '../kernel/window.ts';
import { countCells } from '../kernel/window-merge.ts';
import type { ComparedWindows } from './core/compare.ts';
import { OTHER } from './core/other.ts';
import { windowsOfPage } from './core/page.ts';
import type { Page } from './core/page.ts';
import type { Source } from './read-source.ts';

/** What an answer costs: the cells that it is read and merged from. */

type Asked = { readonly windows: readonly Window[]; readonly compared: ComparedWindows };

/** Sketches are read and merged bin by bin, cells of `latest` entity by entity: how many other cells one is worth. */
const WEIGHTS: Readonly<Partial<Record<Aggregation, { read: number; merged: number }>>> = {
  percentile: { read: 10, merged: 2 },
  latest: { read: 1, merged: 4 },
};

/** Cells to read or cells to merge, whatever is more: overlapping windows merge what is read once, one cell needs no merging. */
export function weightOf({ metric, calendar, grain }: Source, windows: readonly Window[]): number {
  const weight = WEIGHTS[metric.aggregation] ?? { read: 1, merged: 1 };
  let read = 0;
  let merged = 0;
  let readToMs = -Infinity;
  for (const window of windows) {
    const own = countCells(calendar, grain, window);
    const startMs = Math.min(window.endMs, Math.max(window.startMs, readToMs));
    const isApart = startMs === window.startMs;
    read += isApart ? own : countCells(calendar, grain, { startMs, endMs: window.endMs });
    merged += own * (own > 1 ? weight.merged : 1);
    readToMs = window.endMs;
  }
  return Math.max(read * weight.read, merged);
}

/** The windows of a page, then those that they are set beside. */
export const rowsOf = (page: Page, { windows, compared }: Asked): (readonly Window[])[] =>
  [windows, ...compared.values()].map((row) => windowsOfPage(page, row));

/** Cells that a page is merged from: all series × all windows of it. @param all series of the answer, read for `other` */
export function weighing(
  sources: readonly Source[],
  asked: Asked,
  all: number,
): (page: Page) => number {
  // Pages of many series share their windows.
  const known = new Map<string, number>();
  return (page) => {
    const rows = rowsOf(page, asked);
    const name = rows.map((row) => `${row[0]?.endMs} ${row.length}`).join();
    const ofSeries =
      known.get(name) ??
      sources.flatMap((source) => rows.map((row) => weightOf(source, row))).reduce(plus, 0);
    known.set(name, ofSeries);
    return ofSeries * (page.series.at(-1)?.key === OTHER ? all : page.series.length);
  };
}
const plus = (sum: number, weight: number): number => sum + weight;
