import { EMPTY, merge } from './accumulator.ts';
import type { Accumulators } from './accumulator.ts';
import type { Stage } from './stage.ts';
import { HOUR_MS, MINUTE_MS } from './time.ts';
import type { EpochMs } from './time.ts';
import { GRAINS } from './window.ts';
import { grainOf } from './window-size.ts';
import type { Grain, Window, WindowSize, ZoneCalendar } from './window.ts';

/** Windows as merges of cells: which cells tile a window, and what the merged window is. */

/** Whether cells of the grain begin and end exactly where the window does. */
export const tiles = (calendar: ZoneCalendar, grain: Grain, window: Window): boolean =>
  calendar.cellStart(grain, window.startMs) === window.startMs &&
  calendar.cellStart(grain, window.endMs) === window.endMs;

/**
 * The coarsest of the kept grains whose cells tile all these windows: fewest cells to read. A finer grain than needed
 * serves as well, so a metric that keeps hours can be asked for days wherever its zone is whole hours from UTC.
 * @param kept grains of the metric, in any order
 * @returns undefined when no kept grain tiles them
 */
export function tilingGrain(
  size: WindowSize,
  kept: readonly Grain[],
  at: { calendar: ZoneCalendar; windows: readonly Window[] },
): Grain | undefined {
  const coarsest = GRAINS.indexOf(grainOf(size));
  return GRAINS.slice(0, coarsest + 1)
    .toReversed()
    .find(
      (grain) =>
        kept.includes(grain) && at.windows.every((window) => tiles(at.calendar, grain, window)),
    );
}

/**
 * Half a year apart, since some clocks are put on by half an hour, and of a year of now: in 1970 zones such as Singapore's
 * and Guyana's were not whole hours from UTC, and Lord Howe's was.
 */
const SAMPLES_MS: readonly EpochMs[] = [Date.UTC(2026, 0, 15), Date.UTC(2026, 6, 15)];

/** As `tilingGrain`, of windows of this size whenever they are. */
export const usualGrain = (
  size: WindowSize,
  kept: readonly Grain[],
  calendar: ZoneCalendar,
): Grain | undefined =>
  tilingGrain(size, kept, {
    calendar,
    windows: SAMPLES_MS.map((timeMs) => calendar.windowAt(size, timeMs)),
  });

/** Starts of the grain's cells in the window, in order. @param window one that the grain tiles */
export function cellStarts(calendar: ZoneCalendar, grain: Grain, window: Window): EpochMs[] {
  const starts: EpochMs[] = [];
  for (let at = window.startMs; at < window.endMs; at = calendar.cellEnd(grain, at))
    starts.push(at);
  return starts;
}

/** How many cells of the grain tile the window, without listing them: windows may be years, cells minutes. */
export function countCells(calendar: ZoneCalendar, grain: Grain, window: Window): number {
  if (grain === 'day') return cellStarts(calendar, grain, window).length;
  return (window.endMs - window.startMs) / (grain === 'minute' ? MINUTE_MS : HOUR_MS);
}

/** A cell or a window with how far it has come. */
export type StagedCell = Stage & { readonly accumulators: Accumulators };

/**
 * The window that the cells tile: accumulators merged, the least advanced stage, changes summed. A merged window's
 * revision counts what changed its cells after they closed, also where the window itself was still open.
 * @param cells at least one
 */
export function mergeCells(cells: Iterable<StagedCell>): StagedCell {
  let accumulators = EMPTY;
  let stage = Infinity;
  let revision = 0;
  let restatements = 0;
  for (const cell of cells) {
    if (cell.accumulators.contributions > 0)
      accumulators =
        accumulators === EMPTY ? cell.accumulators : merge(accumulators, cell.accumulators);
    stage = Math.min(stage, cell.stage);
    revision += cell.revision;
    restatements += cell.restatements;
  }
  return { accumulators, stage, revision, restatements };
}

/**
 * The smallest share of the window that the watermark of any source partition has passed, 0–1; cut to four places, so
 * that 1 means all of it. No partition has passed anything.
 */
export function completenessOf(window: Window, watermarksMs: readonly EpochMs[]): number {
  if (watermarksMs.length === 0) return 0;
  const share = (Math.min(...watermarksMs) - window.startMs) / (window.endMs - window.startMs);
  return Math.floor(Math.min(1, Math.max(0, share)) * 10_000) / 10_000;
}
