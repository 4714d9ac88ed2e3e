import type { QuietHours } from '../../../kernel/definitions.ts';
import { DAY_MS } from '../../../kernel/time.ts';
import type { DurationMs, EpochMs } from '../../../kernel/time.ts';
import { datePlus, instantOf, localDateAt, weekdayOf } from './local-time.ts';

/** Nobody is left untold for longer, however his hours adjoin. */
export const QUIET_MAX_MS: DurationMs = 7 * DAY_MS;

/**
 * When the quiet hours that hold at this moment end; hours that adjoin or overlap are one.
 * Law: they are half-open, so null at their end; the result is later than `atMs`, by 7 days at most.
 * @param timezone IANA  @returns null when it is not quiet
 */
export function quietUntil(
  hours: readonly QuietHours[],
  timezone: string,
  atMs: EpochMs,
): EpochMs | null {
  let untilMs = atMs;
  for (;;) {
    const endMs = endOfHoursAt(hours, timezone, untilMs);
    if (endMs === undefined) return untilMs === atMs ? null : untilMs;
    untilMs = endMs;
    if (untilMs >= atMs + QUIET_MAX_MS) return atMs + QUIET_MAX_MS;
  }
}

/** The latest end of all hours that hold at this moment. */
function endOfHoursAt(
  hours: readonly QuietHours[],
  timezone: string,
  atMs: EpochMs,
): EpochMs | undefined {
  const today = localDateAt(atMs, timezone);
  // Those of yesterday may end today; a skipped hour moves a beginning past midnight at most.
  const ends = [datePlus(today, -1), today].flatMap((date) =>
    hours
      .filter(({ days }) => days === undefined || days.includes(weekdayOf(date)))
      .map(({ from, to }) => ({
        startMs: instantOf(date, from, timezone),
        endMs: instantOf(to < from ? datePlus(date, 1) : date, to, timezone),
      }))
      .filter(({ startMs, endMs }) => startMs <= atMs && atMs < endMs)
      .map(({ endMs }) => endMs),
  );
  return ends.length === 0 ? undefined : Math.max(...ends);
}
