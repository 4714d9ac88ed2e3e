/** Days of a time zone, by Intl alone: not every browser has Temporal yet. */

const fields = (timezone: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('sv-SE', {
    timeZone: timezone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });

/** The local date as `YYYY-MM-DD`. */
export const localDate = (atMs: number, timezone: string): string =>
  fields(timezone).format(atMs).slice(0, 10);

/** How far the zone's clocks are ahead of UTC at an instant, ms. */
const offsetMs = (atMs: number, timezone: string): number =>
  Date.parse(`${fields(timezone).format(atMs).replace(' ', 'T')}Z`) - atMs;

/**
 * The last second of a local date, epoch ms.
 * @param date `YYYY-MM-DD`   @returns undefined when it is no date
 */
export function endOfLocalDay(date: string, timezone: string): number | undefined {
  const asUtcMs = Date.parse(`${date}T23:59:59Z`);
  if (Number.isNaN(asUtcMs)) return undefined;
  // The offset there may differ from that of the first guess, where the clocks change between the two.
  const guessMs = asUtcMs - offsetMs(asUtcMs, timezone);
  return asUtcMs - offsetMs(guessMs, timezone);
}
