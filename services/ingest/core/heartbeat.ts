import { SECOND_MS } from '../../kernel/time.ts';
import type { DurationMs, EpochMs } from '../../kernel/time.ts';

/** A partition without an event of ours for this long gets a heartbeat. */
export const HEARTBEAT_AFTER_MS: DurationMs = SECOND_MS;

/**
 * Whether a partition is due. Historical events do not count as writing: they move no watermark, so that a long import
 * would stop it. A clock that was set back makes it due, rather than silent until the old time comes again.
 * @param lastWrittenMs of the last live event or heartbeat; undefined: none yet
 */
export const isHeartbeatDue = (lastWrittenMs: EpochMs | undefined, nowMs: EpochMs): boolean =>
  lastWrittenMs === undefined || Math.abs(nowMs - lastWrittenMs) >= HEARTBEAT_AFTER_MS;

/**
 * What a heartbeat vouches for: no event that this instance accepted before this time is still on its way.
 * @param unacknowledged accept times of the events whose fate is open
 * @see design section 5: watermark = min over instances of this − bound
 */
export function oldestAccepted(unacknowledged: Iterable<EpochMs>, nowMs: EpochMs): EpochMs {
  let oldest = nowMs;
  for (const acceptedMs of unacknowledged) if (acceptedMs < oldest) oldest = acceptedMs;
  return oldest;
}
