import type { ShownGrain } from './grain.ts';

/** Numbers, times and lengths of time as people read them. Pure: locale and zone are arguments. */

export type Unit = {
  readonly code: string;
  readonly scale: number;
  readonly name?: { readonly en: string; readonly zh?: string };
};

const CURRENCY = /^[A-Z]{3}$/;
const NO_VALUE = '–';

/** Formatters are costly to make and few. */
const numberFormats = new Map<string, Intl.NumberFormat>();
function numberFormat(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  let format = numberFormats.get(key);
  if (!format) numberFormats.set(key, (format = new Intl.NumberFormat(locale, options)));
  return format;
}

/** Ratios are shown in percent: two places move before the point. */
function optionsFor(unit: Unit): Intl.NumberFormatOptions {
  const places = (scale: number) => ({
    minimumFractionDigits: Math.min(scale, 20),
    maximumFractionDigits: Math.min(scale, 20),
  });
  if (unit.code === 'ratio') return { style: 'percent', ...places(Math.max(0, unit.scale - 2)) };
  if (CURRENCY.test(unit.code))
    return {
      style: 'currency',
      currency: unit.code,
      currencyDisplay: 'narrowSymbol',
      ...places(unit.scale),
    };
  return places(unit.scale);
}

/** Texts of decimals go to Intl as they are: a number would lose digits beyond 2^53. */
const exact = (value: string): number => value as unknown as number;

/**
 * A decimal with its unit, every digit kept: `("1234.50", { GBP, 2 }, "en-GB")` is `£1,234.50`.
 * @param value decimal as the API writes it, or null
 */
export function formatValue(value: string | null, unit: Unit, locale: string): string {
  if (value === null) return NO_VALUE;
  return numberFormat(locale, optionsFor(unit)).format(exact(value));
}

/** A short form for axes: `£12K`, and below ten thousand two places at most. Pence are both there or not at all. */
export function formatShort(value: number, unit: Unit, locale: string): string {
  const { minimumFractionDigits: _, maximumFractionDigits: places, ...style } = optionsFor(unit);
  const most = Math.min(places ?? 0, 2);
  const isLong = Math.abs(value) >= 10_000;
  const options = {
    ...style,
    ...(isLong ? { notation: 'compact' as const } : {}),
    ...(CURRENCY.test(unit.code) && !isLong
      ? { minimumFractionDigits: most, trailingZeroDisplay: 'stripIfInteger' as const }
      : { minimumFractionDigits: 0 }),
    maximumFractionDigits: most,
  };
  return numberFormat(locale, options).format(value);
}

export const formatCount = (value: number | string, locale: string): string =>
  numberFormat(locale, { maximumFractionDigits: 0 }).format(exact(String(value)));

/** A share from 0 to 1. Never 100 % before it is whole. */
export function formatShare(share: number, locale: string): string {
  const shown = share < 1 ? Math.min(Math.floor(share * 1000) / 1000, 0.999) : 1;
  return numberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }).format(shown);
}

/** A part of another amount in whole per cent, rounded down: never all of it before it is. */
export const formatPart = (part: number, locale: string): string =>
  numberFormat(locale, { style: 'percent' }).format(Math.floor(part * 100 + 1e-9) / 100);

/** The word beside a number whose unit is neither money nor a ratio. */
export const unitWord = (unit: Unit): string =>
  unit.code === 'ratio' || unit.code === '1' || CURRENCY.test(unit.code) ? '' : unit.code;

const dateFormats = new Map<string, Intl.DateTimeFormat>();
function dateFormat(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  let format = dateFormats.get(key);
  if (!format) dateFormats.set(key, (format = new Intl.DateTimeFormat(locale, options)));
  return format;
}

export type Place = {
  readonly locale: string;
  /** The zone that is shown; absent: the reader's own. */
  readonly timezone?: string | undefined;
  /** The zone of the reader's clock; absent: the browser's. */
  readonly reader?: string;
};

const inZone = (place: Place, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
  dateFormat(place.locale, {
    ...options,
    ...(place.timezone === undefined ? {} : { timeZone: place.timezone }),
  });
const TIME = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
const DATE = { year: 'numeric', month: 'short', day: 'numeric' } as const;

/** What a zone is called at an instant: its offset, or the short name that people of this locale know it by. */
function zoneName(
  atMs: number,
  zone: { readonly locale: string; readonly timezone: string | undefined },
  form: 'longOffset' | 'short',
): string {
  const parts = inZone(zone, { timeZoneName: form }).formatToParts(atMs);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
}

/** The zone of a time that the reader's own clock does not show: `BST`; empty where both clocks agree. */
export function foreignZone(atMs: number, { locale, timezone, reader }: Place): string {
  if (timezone === undefined) return '';
  const [shown, own] = [timezone, reader].map((zone) =>
    zoneName(atMs, { locale: 'en', timezone: zone }, 'longOffset'),
  );
  return shown === own ? '' : zoneName(atMs, { locale, timezone }, 'short');
}

/** Two times of one page may be of two zones: what is not the reader's own says whose it is. */
const withZone = (text: string, atMs: number, place: Place): string =>
  `${text} ${foreignZone(atMs, place)}`.trimEnd();

export const formatTime = (atMs: number, place: Place): string =>
  withZone(inZone(place, { ...TIME, second: '2-digit' }).format(atMs), atMs, place);

export const formatDateTime = (atMs: number, place: Place): string =>
  withZone(inZone(place, { ...DATE, ...TIME, second: '2-digit' }).format(atMs), atMs, place);

/** Time alone when it is of the same local day as `nowMs`, else with its date. */
export function formatInstant(atMs: number, place: Place & { readonly nowMs: number }): string {
  const day = inZone(place, DATE);
  return day.format(atMs) === day.format(place.nowMs)
    ? formatTime(atMs, place)
    : formatDateTime(atMs, place);
}

/** A window by its local bounds: `14:00–15:00` with the date, the date alone, or the days or months that it reaches over, after its name where it has one. */
export function formatWindow(
  window: { readonly startMs: number; readonly endMs: number; readonly name?: string | undefined },
  grain: ShownGrain,
  place: Place,
): string {
  if (grain === 'day') return inZone(place, { weekday: 'short', ...DATE }).format(window.startMs);
  if (grain !== 'minute' && grain !== 'hour') {
    // Months of a calendar of one's own may begin and end on any day.
    const day = inZone({ ...place, locale: 'en' }, { day: 'numeric' });
    const isOfMonths = [window.startMs, window.endMs].every((ms) => day.format(ms) === '1');
    const parts = isOfMonths ? PARTS[grain] : PARTS.week;
    const format = inZone(place, { year: 'numeric', ...parts });
    const days = format.formatRange(window.startMs, window.endMs - 1);
    return window.name === undefined ? days : `${window.name} · ${days}`;
  }
  const time = inZone(place, TIME);
  const date = inZone(place, DATE).format(window.startMs);
  const text = `${date}, ${time.format(window.startMs)}–${time.format(window.endMs)}`;
  return withZone(text, window.endMs, place);
}
/** The window of a point, as `formatWindow` writes it. */
export const windowText = (
  { start, end, name }: { readonly start: string; readonly end: string; readonly name?: string },
  grain: ShownGrain,
  place: Place,
): string =>
  formatWindow({ startMs: Date.parse(start), endMs: Date.parse(end), name }, grain, place);

const PARTS = {
  week: { month: 'short', day: 'numeric' },
  month: { month: 'short' },
  quarter: { month: 'short' },
  year: {},
} as const;

const AGE_UNITS = [
  { unit: 'day', ms: 86_400_000 },
  { unit: 'hour', ms: 3_600_000 },
  { unit: 'minute', ms: 60_000 },
  { unit: 'second', ms: 1_000 },
] as const;

/** A length of time in its largest whole unit: `3 min`. Below a second `0 sec`; never negative. */
export function formatAge(lengthMs: number, locale: string): string {
  const length = Math.max(0, lengthMs);
  const { unit, ms } = AGE_UNITS.find((candidate) => length >= candidate.ms) ?? AGE_UNITS[3];
  return numberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' }).format(
    Math.floor(length / ms),
  );
}
