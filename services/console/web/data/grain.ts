import type { Grain } from '../../../kernel/window.ts';

/** The grains in which the console shows values, finest first. */
export const GRAINS = ['minute', 'hour', 'day'] as const satisfies readonly Grain[];

/** How many windows the chart may show, by grain; the first is shown at once. */
export const WINDOW_COUNTS: Readonly<Record<Grain, readonly number[]>> = {
  minute: [60, 180, 720],
  hour: [24, 72, 168],
  day: [14, 30, 90, 365],
};

const LENGTH_MS: Readonly<Record<Grain, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

/** A window's usual length; a local day may be an hour shorter or longer. */
export const lengthOf = (grain: Grain): number => LENGTH_MS[grain];

/**
 * The stretch of time that holds the last `count` windows before `untilMs`, its own window included.
 * Days get an hour more at the start, so that no change of the clocks costs one.
 */
export function rangeOf(
  grain: Grain,
  count: number,
  untilMs: number,
): { readonly fromMs: number; readonly toMs: number } {
  const slack = grain === 'day' ? LENGTH_MS.hour : 0;
  return { fromMs: untilMs - count * LENGTH_MS[grain] - slack, toMs: untilMs + 1 };
}

/** The grain one step finer, for the trend beside a value. */
export const trendGrain = (grain: Grain, kept: readonly Grain[]): Grain => {
  const wanted = grain === 'day' ? 'hour' : 'minute';
  return kept.includes(wanted) ? wanted : grain;
};
