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

/** What the clocks of a time zone show, written as the epoch ms at which those of UTC show the same. */
export type LocalClock = {
  readonly at: (atMs: number) => number;
  /** The instant at which they show it: of two the later, of none one close by. */
  readonly instant: (shownMs: number) => number;
};

export function localClock(timezone: string): LocalClock {
  const format = fields(timezone);
  const at = (atMs: number): number => Date.parse(`${format.format(atMs).replace(' ', 'T')}Z`);
  // The offset there may differ from that of the first guess, where the clocks change between the two.
  const ahead = (atMs: number): number => at(atMs) - Math.floor(atMs / 1_000) * 1_000;
  const instant = (shownMs: number): number => {
    const guess = shownMs - ahead(shownMs);
    const settled = shownMs - ahead(guess);
    // Clocks that skip what was asked for show less there: a day whose midnight they skip begins with the guess.
    return ahead(settled) < ahead(guess) ? guess : settled;
  };
  return { at, instant };
}

/**
 * The last second of a local date, epoch ms.
 * @param date `YYYY-MM-DD`   @returns undefined when it is no date
 */
export function endOfLocalDay(date: string, timezone: string): number | undefined {
  const shownMs = Date.parse(`${date}T23:59:59Z`);
  return Number.isNaN(shownMs) ? undefined : localClock(timezone).instant(shownMs);
}
