import type { Weekday } from '../../../kernel/definitions.ts';
import type { EpochMs } from '../../../kernel/time.ts';

const WEEKDAYS: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** The date there. @returns ISO text, whose order is that of dates */
export const localDateAt = (atMs: EpochMs, timezone: string): string =>
  Temporal.Instant.fromEpochMilliseconds(atMs)
    .toZonedDateTimeISO(timezone)
    .toPlainDate()
    .toString();

export const datePlus = (date: string, days: number): string =>
  Temporal.PlainDate.from(date).add({ days }).toString();

export const weekdayOf = (date: string): Weekday =>
  WEEKDAYS[Temporal.PlainDate.from(date).dayOfWeek - 1] as Weekday;

/**
 * When the clock there shows this time on this date. A time that is skipped is the one later by what is skipped; a time
 * that comes twice is the first.
 * @param time `HH:MM`, or `24:00` for the midnight at the date's end
 * @see reference: corner case 13; RFC 5545 section 3.3.5, Temporal's `compatible`
 */
export function instantOf(date: string, time: string, timezone: string): EpochMs {
  const isEnd = time === '24:00';
  const day = isEnd ? datePlus(date, 1) : date;
  return Temporal.PlainDateTime.from(`${day}T${isEnd ? '00:00' : time}`).toZonedDateTime(timezone, {
    disambiguation: 'compatible',
  }).epochMilliseconds;
}
