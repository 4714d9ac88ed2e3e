import {
  addDecimals,
  compareDecimals,
  formatDecimal,
  parseDecimal,
} from '../../../kernel/decimal.ts';
import { negate } from '../../../kernel/integer.ts';

/** Values as people read them, exactly: digits are grouped and shifted as text, nothing passes through a float. */

/** `1234567.80` with unit CNY is `1,234,567.80 CNY`; of unit ratio, `0.1234` is `12.34 %`. */
export function shownAmount(value: string, unit: string): string {
  if (unit === 'ratio') return `${grouped(shiftedByTwo(value))} %`;
  const plain = unit === '' || unit === '1' || unit === 'count';
  return plain ? grouped(value) : `${grouped(value)} ${unit}`;
}

/** @returns how far the value lies from the threshold, and where; undefined when one of them is no decimal */
export function distance(
  value: string,
  threshold: string,
): { readonly side: 'below' | 'above' | 'at'; readonly by: string } | undefined {
  const a = parseDecimal(value);
  const b = parseDecimal(threshold);
  if (!a || !b) return undefined;
  const order = compareDecimals(a, b);
  const [more, less] = order < 0 ? [b, a] : [a, b];
  const by = addDecimals(more, { ...less, unscaled: negate(less.unscaled) });
  const side = order < 0 ? 'below' : order > 0 ? 'above' : 'at';
  return { side, by: formatDecimal(by.unscaled, by.scale) };
}

/** A share from 0 to 1 in per cent, cut off after two places: what is not whole never reads 100 %. */
export function shownShare(share: number): string {
  const perTenThousand = Math.min(10_000, Math.max(0, Math.floor(share * 10_000 + 1e-9)));
  const isWhole = share >= 1;
  const text = formatDecimal(isWhole ? 10_000 : Math.min(perTenThousand, 9_999), 2);
  return `${text.replace(/\.?0+$/, '')} %`;
}

/** `5400` seconds as `1 h 30 min`; what is 0 is left out. @param units what stands behind each number */
export function shownDuration(
  seconds: number,
  units: { readonly h: string; readonly min: string; readonly s: string },
): string {
  const whole = Math.round(seconds);
  const parts = [
    [Math.floor(whole / 3_600), units.h],
    [Math.floor((whole % 3_600) / 60), units.min],
    [whole % 60, units.s],
  ] as const;
  const shown = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count}${unit}`);
  return shown.length === 0 ? `0${units.s}` : shown.join(' ');
}

const NUMBER = /^(-?)(\d+)(\.\d+)?$/;

function grouped(value: string): string {
  const match = NUMBER.exec(value);
  if (!match) return value;
  const [, sign = '', whole = '', fraction = ''] = match;
  return `${sign}${whole.replaceAll(/\B(?=(\d{3})+$)/g, ',')}${fraction}`;
}

/** Times a hundred, by moving the point. */
function shiftedByTwo(value: string): string {
  const decimal = parseDecimal(value);
  if (!decimal) return value;
  const { unscaled, scale } = decimal;
  if (scale >= 2) return formatDecimal(unscaled, scale - 2);
  return `${formatDecimal(unscaled, 0)}${unscaled === 0 ? '' : '0'.repeat(2 - scale)}`;
}

/** `2026-11-29 14:00` in the zone; seconds only where there are any. Unknown zones count as UTC. */
export function shownTime(rfc3339: string, timezone: string): string {
  const local = localOf(rfc3339, timezone);
  if (!local) return rfc3339;
  const time = local.toPlainTime().toString({
    smallestUnit: local.second === 0 ? 'minute' : 'second',
  });
  return `${local.toPlainDate().toString()} ${time}`;
}

/** A half-open window: a day by its date, within a day once the date, else both ends. The zone is named. */
export function shownWindow(
  window: { readonly start: string; readonly end: string },
  timezone: string,
): string {
  const start = localOf(window.start, timezone);
  const end = localOf(window.end, timezone);
  if (!start || !end) return `${window.start} – ${window.end}`;
  const zone = `(${start.timeZoneId})`;
  const isDay = (one: Temporal.ZonedDateTime): boolean => one.equals(one.startOfDay());
  if (isDay(start) && isDay(end)) {
    const first = start.toPlainDate().toString();
    const last = end.toPlainDate().subtract({ days: 1 }).toString();
    return first === last ? `${first} ${zone}` : `${first} – ${last} ${zone}`;
  }
  const to = shownTime(window.end, timezone);
  const shownEnd = start.toPlainDate().equals(end.toPlainDate()) ? to.slice(11) : to;
  return `${shownTime(window.start, timezone)} – ${shownEnd} ${zone}`;
}

function localOf(rfc3339: string, timezone: string): Temporal.ZonedDateTime | undefined {
  try {
    return Temporal.Instant.from(rfc3339).toZonedDateTimeISO(timezone);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return timezone === 'UTC' ? undefined : localOf(rfc3339, 'UTC');
  }
}
