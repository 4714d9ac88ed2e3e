import { DAY_MS } from '../../kernel/time.ts';
import type { DurationMs, EpochMs } from '../../kernel/time.ts';
import { HISTORICAL_HORIZON_MS } from './judge.ts';

/** Append times of different leaders may step back a little; the index reads this much more than the horizon. */
export const APPEND_TIME_SLACK_MS: DurationMs = 60_000;

/**
 * From which append time the index must be read so that every record from the cursor on is judged as if the whole log
 * had been: one horizon before the last applied record; the historical horizon where a historical record lies within it.
 * @returns undefined: from the start of the log
 */
export function indexStart(
  cursor: { appendMs: EpochMs; historicalMs: EpochMs },
  duplicateHorizonMs: DurationMs,
): EpochMs | undefined {
  if (cursor.appendMs === 0) return undefined;
  const historicalReaches =
    cursor.historicalMs > 0 && cursor.historicalMs + HISTORICAL_HORIZON_MS >= cursor.appendMs;
  const horizon = Math.max(
    duplicateHorizonMs,
    historicalReaches ? HISTORICAL_HORIZON_MS : 0,
    DAY_MS / 24,
  );
  return cursor.appendMs - horizon - APPEND_TIME_SLACK_MS;
}
