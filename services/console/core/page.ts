import type { Window } from '../../kernel/window.ts';
import type { Position } from './values-query.ts';

/** A page of points: series by series, each in the order of time. */
export type Page = {
  /** Per series the windows of this page, by index into the windows given. */
  readonly series: readonly { readonly key: string; readonly from: number; readonly to: number }[];
  /** The last point of the page, where another follows. */
  readonly next: Position | undefined;
};

/**
 * Cuts the page of at most `limit` points that follows `after`. A series that appears between two pages is in them only
 * if it sorts after the last one: pages never repeat a point.
 * @param keys sorted
 * @param windows in order of their ends, no two alike
 */
export function cutPage(
  keys: readonly string[],
  windows: readonly Window[],
  at: { after: Position | undefined; limit: number },
): Page {
  const series: { key: string; from: number; to: number }[] = [];
  let room = at.limit;
  for (const key of keys) {
    if (at.after && key < at.after.series) continue;
    const from = key === at.after?.series ? firstAfter(windows, at.after.endMs) : 0;
    if (from === windows.length) continue;
    const last = series.at(-1);
    if (room === 0 && last)
      return { series, next: { series: last.key, endMs: windows[last.to - 1]?.endMs ?? 0 } };
    const to = Math.min(windows.length, from + room);
    series.push({ key, from, to });
    room -= to - from;
    if (to < windows.length)
      return { series, next: { series: key, endMs: windows[to - 1]?.endMs ?? 0 } };
  }
  return { series, next: undefined };
}

/**
 * The longest page that fits. More points are assumed to weigh no less; where they do, it may be a shorter one that fits.
 * @param cut the page of at most so many points
 * @returns the page of one point where none fits
 */
export function fittingPage(
  cut: (limit: number) => Page,
  limit: number,
  fits: (page: Page) => boolean,
): Page {
  const whole = cut(limit);
  if (fits(whole)) return whole;
  let best = cut(1);
  let fitting = 1;
  let tooMany = whole.series.reduce((sum, { from, to }) => sum + to - from, 0);
  while (tooMany - fitting > 1) {
    const middle = Math.floor((fitting + tooMany) / 2);
    const page = cut(middle);
    if (fits(page)) [best, fitting] = [page, middle];
    else tooMany = middle;
  }
  return best;
}

/** Those that all series of the page are read for: of a series that begins or ends within, more than its points. */
export const windowsOfPage = ({ series }: Page, windows: readonly Window[]): readonly Window[] =>
  series.length === 0
    ? []
    : windows.slice(
        Math.min(...series.map(({ from }) => from)),
        Math.max(...series.map(({ to }) => to)),
      );

const firstAfter = (windows: readonly Window[], endMs: number): number => {
  const index = windows.findIndex((window) => window.endMs > endMs);
  return index === -1 ? windows.length : index;
};
