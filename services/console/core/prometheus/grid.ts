import type { EpochMs } from '../../../kernel/time.ts';
import type { Window, WindowSize, ZoneCalendar } from '../../../kernel/window.ts';
import type { Selector } from '../promql/ast.ts';
import type { TimeGrid } from '../promql/samples.ts';

/** When a query is evaluated. */
export type Times = {
  readonly firstMs: EpochMs;
  readonly lastMs: EpochMs;
  /** An instant query at now: it sees open windows as well, as of now. */
  readonly isNow: boolean;
};

/** Windows of one selection. */
export const WINDOWS_MAX = 50_000;

/**
 * The windows that a selector may see at these times, each ending with one step of its size.
 * @returns undefined when they are more than 50,000
 */
export function windowsSeen(
  calendar: ZoneCalendar,
  size: WindowSize,
  { selector, times }: { selector: Selector; times: Times },
): readonly Window[] | undefined {
  const { offsetMs, rangeMs = 0 } = selector;
  const first = calendar.stepAt(size, times.firstMs - offsetMs - rangeMs);
  const last = calendar.stepAt(size, times.lastMs - offsetMs);
  const windows: Window[] = [];
  const range = {
    // One before: it is seen until the one that holds the first time ends.
    fromMs: calendar.stepAt(size, first.startMs - 1).startMs,
    toMs: times.isNow && offsetMs === 0 ? last.endMs : last.startMs,
  };
  for (const window of calendar.windowsBetween(size, range)) {
    if (windows.length === WINDOWS_MAX) return undefined;
    windows.push(window);
  }
  return windows;
}

/** Where the windows stand: at their ends; one that has not ended yet at `nowMs`. */
export function gridOf(
  windows: readonly Window[],
  { calendar, size, nowMs }: { calendar: ZoneCalendar; size: WindowSize; nowMs: EpochMs },
): TimeGrid {
  const times = new Float64Array(windows.length);
  const seenUntil = new Float64Array(windows.length);
  for (const [i, { endMs }] of windows.entries()) {
    times[i] = Math.min(endMs, nowMs);
    seenUntil[i] = windows[i + 1]?.endMs ?? calendar.stepAt(size, endMs).endMs;
  }
  return { times, seenUntil };
}
