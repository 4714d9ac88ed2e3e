import { HOUR_MS } from '../time.ts';

/** Local times of a zone, by Intl alone: not every browser has Temporal. */

const formats = new Map<string, Intl.DateTimeFormat>();
/** @throws RangeError when there is no such zone */
function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('sv-SE', {
      timeZone: zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
    });
    formats.set(zone, format);
  }
  return format;
}

/** How far the zone's clocks are ahead of UTC, ms. Clocks change at quarters of an hour, so that each is asked for once. */
const QUARTER_MS = HOUR_MS / 4;
const KEPT_MAX = 20_000;
const offsets = new Map<string, number>();
function offsetMs(atMs: number, zone: string): number {
  const quarter = Math.floor(atMs / QUARTER_MS);
  const key = `${zone} ${quarter}`;
  let offset = offsets.get(key);
  if (offset === undefined) {
    const startMs = quarter * QUARTER_MS;
    offset = Date.parse(`${formatOf(zone).format(startMs).replace(' ', 'T')}Z`) - startMs;
    if (offsets.size > KEPT_MAX) offsets.clear();
    offsets.set(key, offset);
  }
  return offset;
}

/**
 * Epoch ms of a local date-time in a zone. A time that a clock change repeats is its first, one that it skips is moved by the
 * gap, as Temporal's `compatible` does.
 * @param text `2026-01-31T08:00[:00[.000]]`   @returns undefined when there is no such date
 * @throws RangeError when there is no such zone
 */
export function localTimeMs(text: string, zone: string): number | undefined {
  const wallMs = Date.parse(`${text}Z`);
  // Date.parse bends 30 February to 2 March.
  if (Number.isNaN(wallMs) || new Date(wallMs).getUTCDate() !== Number(text.slice(8, 10)))
    return undefined;
  const before = offsetMs(wallMs - 24 * HOUR_MS, zone);
  const after = offsetMs(wallMs + 24 * HOUR_MS, zone);
  const [first, second] = [wallMs - before, wallMs - after];
  if (offsetMs(first, zone) === before) return first;
  return offsetMs(second, zone) === after ? second : first;
}

/** In which order numbers with dots or slashes name a day. */
export type DateOrder = 'ymd' | 'dmy' | 'mdy';

const DATE_TIME =
  /^(\d{1,4})[-/.年](\d{1,2})[-/.月](\d{1,4})日?(?:[T ,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(AM|PM)?)?$/i;

/**
 * A local date-time as people and spreadsheets write it, as `2026-01-31T08:00:00`: `31.1.2026 8:00`, `1/31/26 8:00 AM`,
 * `2026年1月31日 08:00`. A date alone is its midnight.
 * @returns undefined for any other text
 */
export function isoLocal(text: string, order: DateOrder): string | undefined {
  const match = DATE_TIME.exec(text.trim());
  if (!match) return undefined;
  const [, a = '', b = '', c = '', hours = '0', minutes = '00', seconds = '00', fraction, half] =
    match;
  const isYearFirst = a.length === 4;
  const [year, month, day] = isYearFirst ? [a, b, c] : order === 'mdy' ? [c, a, b] : [c, b, a];
  if (year.length !== 4 && year.length !== 2) return undefined;
  const hour = hourOf(Number(hours), half?.toUpperCase());
  if (Number(month) > 12 || Number(day) > 31 || hour > 23) return undefined;
  const two = (part: string | number): string => String(part).padStart(2, '0');
  const date = `${year.length === 2 ? `20${year}` : year}-${two(month)}-${two(day)}`;
  return `${date}T${two(hour)}:${minutes}:${seconds}${fraction === undefined ? '' : `.${fraction.slice(0, 3)}`}`;
}

function hourOf(hour: number, half: string | undefined): number {
  if (half === undefined) return hour;
  return (hour % 12) + (half === 'PM' ? 12 : 0);
}
