import { DAY_MS, MINUTE_MS, formatRfc3339 } from '../../../kernel/time.ts';
import type { DurationMs, EpochMs } from '../../../kernel/time.ts';

/** An instant as a file shows it. */
export type LocalTime = {
  /** RFC 3339 with the zone's offset: `2026-03-28T00:00:00+01:00`. */
  readonly text: string;
  /** Days since 1899-12-30 on the clock of the zone: what spreadsheets call a date. */
  readonly serial: number;
};

/** Day zero of spreadsheets, in days before 1970-01-01. */
const SERIAL_EPOCH_DAYS = 25_569;
/** No clock of our time changes within a quarter of an hour. */
const SLOT_MS = 15 * MINUTE_MS;

/** Times of one zone. A file has a hundred thousand, so each offset is looked up once. */
export function localTimes(timezone: string): (timeMs: EpochMs) => LocalTime {
  const offsets = new Map<number, DurationMs>();
  const offsetAt = (timeMs: EpochMs): DurationMs => {
    const slot = Math.floor(timeMs / SLOT_MS);
    const known = offsets.get(slot);
    if (known !== undefined) return known;
    const at = Temporal.Instant.fromEpochMilliseconds(slot * SLOT_MS).toZonedDateTimeISO(timezone);
    const offsetMs = at.offsetNanoseconds / 1_000_000;
    offsets.set(slot, offsetMs);
    return offsetMs;
  };
  return (timeMs) => {
    const offsetMs = offsetAt(timeMs);
    return {
      text: textOf(timeMs, offsetMs),
      serial: (timeMs + offsetMs) / DAY_MS + SERIAL_EPOCH_DAYS,
    };
  };
}

/** Places that are zero are left out; an offset of seconds, as clocks had before 1900, is no RFC 3339. */
function textOf(timeMs: EpochMs, offsetMs: DurationMs): string {
  if (offsetMs % MINUTE_MS !== 0) return formatRfc3339(timeMs);
  const local = formatRfc3339(timeMs + offsetMs)
    .slice(0, -1)
    .replace(/\.000$/, '');
  const minutes = Math.abs(offsetMs) / MINUTE_MS;
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${local}${offsetMs < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
