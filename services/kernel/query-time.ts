import { parseRfc3339 } from './time.ts';
import type { EpochMs } from './time.ts';

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** An instant, or the first one of a local date. @returns undefined when the text is neither */
export function parseTime(text: string, timezone: string): EpochMs | undefined {
  if (!DATE.test(text)) return parseRfc3339(text);
  if (parseRfc3339(`${text}T00:00:00Z`) === undefined) return undefined;
  return Temporal.PlainDate.from(text).toZonedDateTime(timezone).epochMilliseconds;
}
