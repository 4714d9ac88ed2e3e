import { HOUR_MS } from '../../kernel/time.ts';
import type { DurationMs, EpochMs } from '../../kernel/time.ts';
import { APPEND_TIME_SLACK_MS } from './identity-index.ts';
import { HISTORICAL_HORIZON_MS } from './judge.ts';

/** The watermark too is found again from what is read before the cursor: a horizon shorter than this is not enough for that. */
const INDEX_SPAN_MS_MIN: DurationMs = HOUR_MS;

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
    INDEX_SPAN_MS_MIN,
  );
  return cursor.appendMs - horizon - APPEND_TIME_SLACK_MS;
}
