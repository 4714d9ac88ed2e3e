/** Milliseconds since 1970-01-01T00:00:00Z, an integer. Event time and append time are both told so; names say which. */
export type EpochMs = number;
/** A length of time in milliseconds, an integer ≥ 0. */
export type DurationMs = number;

export const SECOND_MS: DurationMs = 1_000;
export const MINUTE_MS: DurationMs = 60_000;
export const HOUR_MS: DurationMs = 3_600_000;
export const DAY_MS: DurationMs = 86_400_000;

const ISO_DURATION =
  /^P(?!$)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d{1,3})?)S)?)?$/;

/**
 * Length of an ISO 8601 duration. A day is 24 h, a year 365 days and a month 30 days: durations are used for
 * lateness, retention and horizons, where a calendar has no say; calendar windows have names of their own.
 * @returns milliseconds, or undefined when the text is no duration
 * @see ISO 8601-1:2019 section 5.5.2
 */
export function parseDuration(text: string): DurationMs | undefined {
  const match = ISO_DURATION.exec(text);
  if (!match) return undefined;
  const [years, months, weeks, days, hours, minutes, seconds] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  return Math.round(
    ((years ?? 0) * 365 + (months ?? 0) * 30 + (weeks ?? 0) * 7 + (days ?? 0)) * DAY_MS +
      (hours ?? 0) * HOUR_MS +
      (minutes ?? 0) * MINUTE_MS +
      (seconds ?? 0) * SECOND_MS,
  );
}

const RFC3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(\.\d+)?([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/**
 * Strict RFC 3339 date-time; what `Date.parse` would bend (30 February, 24:00, a missing zone) is refused.
 * Fractions beyond milliseconds are cut. A leap second (`:60`) is refused: no epoch millisecond stands for it.
 * @returns epoch ms, or undefined
 * @see RFC 3339 section 5.6
 */
export const parseRfc3339 = (text: string): EpochMs | undefined =>
  parseUsual(text) ?? parseAny(text);

const DAYS_OF_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const YEAR_MIN = 1_000;
const [DASH, COLON, POINT, ZERO] = [0x2d, 0x3a, 0x2e, 0x30];

/** What most programs write, without a regular expression: `2026-01-31T08:00:00Z`, `2026-01-31T08:00:00.000Z`. Law: undefined, or as `parseAny`. */
function parseUsual(text: string): EpochMs | undefined {
  const { length } = text;
  const hasMs = length === 24 && text.charCodeAt(19) === POINT;
  const isUsual =
    (hasMs || length === 20) &&
    text.endsWith('Z') &&
    text.charCodeAt(4) === DASH &&
    text.charCodeAt(7) === DASH &&
    text[10] === 'T' &&
    text.charCodeAt(13) === COLON &&
    text.charCodeAt(16) === COLON;
  if (!isUsual) return undefined;
  const year = digitsAt(text, 0, 4);
  const month = digitsAt(text, 5, 7);
  const day = digitsAt(text, 8, 10);
  const hour = digitsAt(text, 11, 13);
  const minute = digitsAt(text, 14, 16);
  const second = digitsAt(text, 17, 19);
  const ms = hasMs ? digitsAt(text, 20, 23) : 0;
  const isKnown =
    year >= YEAR_MIN &&
    day >= 1 &&
    day <= (DAYS_OF_MONTH[month - 1] ?? 0) &&
    hour <= 23 &&
    minute <= 59 &&
    second <= 59 &&
    ms <= 999;
  return isKnown ? Date.UTC(year, month - 1, day, hour, minute, second, ms) : undefined;
}

/** @returns NaN where another character stands */
function digitsAt(text: string, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) {
    const digit = text.charCodeAt(i) - ZERO;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = 10 * value + digit;
  }
  return value;
}

function parseAny(text: string): EpochMs | undefined {
  const match = RFC3339.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second, fraction, zone] = match as unknown as string[];
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const ms = fraction ? Math.floor(Number(`0${fraction}`) * 1000 + 1e-6) : 0;
  const utc = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
    ms,
  );
  const back = new Date(utc);
  if (back.getUTCMonth() !== Number(month) - 1 || back.getUTCDate() !== Number(day))
    return undefined;
  if (Number(year) < 100) return undefined;
  return utc - zoneOffsetMs(zone ?? 'Z');
}

function zoneOffsetMs(zone: string): number {
  if (zone === 'Z' || zone === 'z') return 0;
  const sign = zone.startsWith('-') ? -1 : 1;
  return sign * (Number(zone.slice(1, 3)) * HOUR_MS + Number(zone.slice(4, 6)) * MINUTE_MS);
}

/** RFC 3339 in UTC with milliseconds, as every answer and message shows a time. */
export const formatRfc3339 = (ms: EpochMs): string => new Date(ms).toISOString();

/** Times that a writer keeps: some 2 MB. */
const TIMES_MAX = 20_000;

/**
 * As `formatRfc3339`, several times faster for times that were written before, which is so for windows that are asked for
 * again and again, and for many times of few days: windows begin on the same hours of each.
 */
export function rfc3339Writer(): (ms: EpochMs) => string {
  const texts = new Map<EpochMs, string>();
  const days = new Map<number, string>();
  const timesOfDay = new Map<number, string>();
  const write = (ms: EpochMs): string => {
    const day = Math.floor(ms / DAY_MS);
    const timeOfDay = ms - day * DAY_MS;
    const [date, time] = [days.get(day), timesOfDay.get(timeOfDay)];
    if (date !== undefined && time !== undefined) return date + time;
    const text = formatRfc3339(ms);
    const cut = text.indexOf('T');
    days.set(day, text.slice(0, cut));
    timesOfDay.set(timeOfDay, text.slice(cut));
    return text;
  };
  return (ms) => {
    const known = texts.get(ms);
    if (known !== undefined) return known;
    if (texts.size === TIMES_MAX) for (const kept of [texts, days, timesOfDay]) kept.clear();
    const text = write(ms);
    texts.set(ms, text);
    return text;
  };
}
