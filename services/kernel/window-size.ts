import { DAY_MS, HOUR_MS, MINUTE_MS, parseDuration } from './time.ts';
import type { DurationMs } from './time.ts';
import { PERIODS } from './window.ts';
import type { Grain, WindowSize } from './window.ts';

/** How windows are called in questions and rules. */

/** A longer one would be merged from more cells than an answer may read. */
const SLIDING_DAYS_MAX = 366;

/** What the forms are, for messages to people. */
export const WINDOW_FORMS =
  'minute, hour, day, week, month, quarter, year, a duration of whole minutes that divides a day (PT15M), SIZE/EVERY (PT30M/PT1M or P7D/P1D; in a rule also { size, every }), or day-, week-, month-, quarter- or year-to-date';

/**
 * Reads `minute`, `hour`, `day`, `week`, `month`, `quarter`, `year`; an ISO 8601 duration of whole minutes (`PT1H` is
 * the hour grain; `P1D` is the local day); `SIZE/EVERY` for sliding windows (`PT30M/PT1M`), in whole days for local ones
 * (`P7D/P1D`); `day-to-date` to `year-to-date`.
 * @returns undefined when the text names no window
 */
export function parseWindowSize(text: string): WindowSize | undefined {
  if (text === 'minute' || text === 'hour' || text === 'day') return { kind: 'grain', grain: text };
  const period = PERIODS.find((one) => one === text);
  if (period) return { kind: 'period', period };
  const toDate = (['day', ...PERIODS] as const).find((one) => `${one}-to-date` === text);
  if (toDate) return { kind: 'to-date', period: toDate };
  if (text === 'P1D') return { kind: 'grain', grain: 'day' };
  const [size = '', every, more] = text.split('/');
  if (every !== undefined) return more === undefined ? slidingSize(size, every) : undefined;
  const sizeMs = wholeMinutes(size);
  if (sizeMs === undefined || DAY_MS % sizeMs !== 0) return undefined;
  if (sizeMs === MINUTE_MS) return { kind: 'grain', grain: 'minute' };
  if (sizeMs === HOUR_MS) return { kind: 'grain', grain: 'hour' };
  return { kind: 'tumbling', sizeMs };
}

function slidingSize(size: string, every: string): WindowSize | undefined {
  if (every === 'P1D') {
    const days = wholeDays(size);
    return days === undefined || days < 2 || days > SLIDING_DAYS_MAX
      ? undefined
      : { kind: 'sliding-days', days };
  }
  const sizeMs = wholeMinutes(size);
  const everyMs = wholeMinutes(every);
  if (sizeMs === undefined || everyMs === undefined || DAY_MS % everyMs !== 0) return undefined;
  if (sizeMs <= everyMs || sizeMs > SLIDING_DAYS_MAX * DAY_MS) return undefined;
  return { kind: 'sliding', sizeMs, everyMs };
}

/** A size as questions write it. Law: `parseWindowSize` reads it back. */
export function formatWindowSize(size: WindowSize): string {
  switch (size.kind) {
    case 'grain':
      return size.grain;
    case 'period':
      return size.period;
    case 'to-date':
      return `${size.period}-to-date`;
    case 'tumbling':
      return formatLength(size.sizeMs);
    case 'sliding':
      return `${formatLength(size.sizeMs)}/${formatLength(size.everyMs)}`;
    case 'sliding-days':
      return `P${size.days}D/P1D`;
  }
}

const formatLength = (ms: DurationMs): string =>
  ms % HOUR_MS === 0 ? `PT${ms / HOUR_MS}H` : `PT${ms / MINUTE_MS}M`;

/** A length without parts whose length a calendar decides. */
function wholeMinutes(text: string): DurationMs | undefined {
  const ms = parseDuration(text);
  if (ms === undefined || ms < MINUTE_MS || ms % MINUTE_MS !== 0) return undefined;
  return /[YMWD]/.test(text.split('T')[0] ?? '') ? undefined : ms;
}

function wholeDays(text: string): number | undefined {
  const ms = /^P\d+[DW]$/.test(text) ? parseDuration(text) : undefined;
  return ms === undefined ? undefined : ms / DAY_MS;
}

/** The coarsest grain whose cells tile every window of this size, in a zone that is whole hours from UTC. */
export function grainOf(size: WindowSize): Grain {
  switch (size.kind) {
    case 'grain':
      return size.grain;
    case 'tumbling':
      return size.sizeMs % HOUR_MS === 0 ? 'hour' : 'minute';
    case 'sliding':
      return size.sizeMs % HOUR_MS === 0 && size.everyMs % HOUR_MS === 0 ? 'hour' : 'minute';
    case 'to-date':
      return size.period === 'day' ? 'hour' : 'day';
    case 'period':
    case 'sliding-days':
      return 'day';
  }
}
