import type { Row } from './output.ts';

/** What stands in one place of a table for a person; JSON and YAML have it whole. Pure. */
export function cellText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.map(cellText).join(value.some(isObject) ? '; ' : ', ');
  if (value instanceof Map) return cellText(Object.fromEntries(value));
  if (value instanceof Set) return cellText([...value]);
  if (isObject(value)) return objectText(value);
  return String(value as string | number | bigint | boolean).replaceAll('\n', ' ');
}

const isObject = (value: unknown): value is Row => typeof value === 'object' && value !== null;

/** Labels are `country=New Zealand`, windows `2026-11-30 21:13–21:14 UTC`, names what they are in English. */
function objectText(value: Row): string {
  const { start, end, ...rest } = value;
  if (isTime(start) && isTime(end))
    return [windowText(start, end), objectText(rest)].filter((part) => part !== '').join(' ');
  const entries = Object.entries(value).filter(([, item]) => item !== null && item !== undefined);
  const isName = entries.length > 0 && entries.every(([key]) => key === 'en' || key === 'zh');
  if (isName) return cellText(value['en'] ?? value['zh']);
  return entries
    .map(([key, item]) => `${key}=${isObject(item) ? `(${cellText(item)})` : cellText(item)}`)
    .join(' ');
}

const isTime = (value: unknown): value is string =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value);

/** Times as the API has them are of UTC; the second one's date stands there where it is another. */
function windowText(start: string, end: string): string {
  const [from = '', to = ''] = [start, end].map((time) => new Date(time).toISOString());
  const day = (time: string): string => time.slice(0, 10);
  const clock = (time: string): string => time.slice(11, time.slice(17, 19) === '00' ? 16 : 19);
  const last = day(from) === day(to) ? clock(to) : `${day(to)} ${clock(to)}`;
  return `${day(from)} ${clock(from)}–${last} UTC`;
}

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/** `13 min`, `1 h 5 min`: the two largest units that are not 0. @param seconds ≥ 0 */
export function durationText(seconds: number): string {
  let rest = Math.round(seconds);
  const parts = UNITS.map(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return { unit, count };
  });
  const first = parts.findIndex(({ count }) => count > 0);
  if (first === -1) return '0 s';
  return parts
    .slice(first, first + 2)
    .filter(({ count }) => count > 0)
    .map(({ unit, count }) => `${count} ${unit}`)
    .join(' ');
}
