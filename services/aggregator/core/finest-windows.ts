import type { EpochMs } from '../../kernel/time.ts';
import { zoneCalendar } from '../../kernel/window.ts';
import type { Grain, Window, ZoneCalendar } from '../../kernel/window.ts';

const RECENT_MAX = 64;

/** `place` is below 64, and none of the recent windows shares it with another. */
export type FinestWindow = Window & { readonly place: number };

/**
 * Windows of one grain in one zone, each made once while it is among the recent ones: events of a while fall into few,
 * and two that are the same object are the same window.
 */
export class FinestWindows {
  readonly calendar: ZoneCalendar;
  readonly #grain: Grain;
  readonly #recent: FinestWindow[] = [];
  #last: FinestWindow = { startMs: 0, endMs: 0, place: 0 };
  #made = 0;

  constructor(calendar: ZoneCalendar, grain: Grain) {
    this.calendar = calendar;
    this.#grain = grain;
  }

  /** The window that holds the instant. */
  at(timeMs: EpochMs): FinestWindow {
    const last = this.#last;
    return timeMs >= last.startMs && timeMs < last.endMs ? last : this.#find(timeMs);
  }

  #find(timeMs: EpochMs): FinestWindow {
    const startMs = this.calendar.cellStart(this.#grain, timeMs);
    const known = this.#recent.find((window) => window.startMs === startMs);
    this.#last = known ?? this.#make(startMs);
    return this.#last;
  }

  #make(startMs: EpochMs): FinestWindow {
    const endMs = this.calendar.cellEnd(this.#grain, startMs);
    const window = { startMs, endMs, place: this.#made++ % RECENT_MAX };
    if (this.#recent.unshift(window) > RECENT_MAX) this.#recent.pop();
    return window;
  }
}

/** Windows that metrics of one zone and finest grain share. */
export function finestWindows(): (timezone: string, grain: Grain) => FinestWindows {
  const shared = new Map<string, FinestWindows>();
  return (timezone, grain) => {
    const key = `${grain} ${timezone}`;
    let windows = shared.get(key);
    if (!windows) {
      windows = new FinestWindows(zoneCalendar(timezone), grain);
      shared.set(key, windows);
    }
    return windows;
  };
}
