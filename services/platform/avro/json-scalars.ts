import { parseDecimal, powerOfTen, rescaleExact } from '../../kernel/decimal.ts';
import { literalSource } from '../../kernel/exact-json.ts';
import type { Integer } from '../../kernel/integer.ts';
import { DAY_MS, parseRfc3339 } from '../../kernel/time.ts';

/** What a reader returns instead of a value; the trail says why. */
export const REFUSED: unique symbol = Symbol('refused');
/** Filled on the way out of a refusal only, so that the usual case pays nothing for it. */
export type Trail = { segments: string[]; expected: string; found: string; depth: number };
/** Reads one JSON value as a value of an Avro type. */
export type Read = (value: unknown, trail: Trail) => unknown;

export function refuse(trail: Trail, expected: string, value: unknown): typeof REFUSED {
  trail.expected = expected;
  trail.found = describe(value);
  return REFUSED;
}

const SHOWN_CHARACTERS_MAX = 40;

function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  const literal = literalSource(value);
  if (typeof value === 'object' && literal === undefined) return 'an object';
  const text = literal ?? (typeof value === 'string' ? JSON.stringify(value) : String(value));
  return text.length > SHOWN_CHARACTERS_MAX ? `${text.slice(0, SHOWN_CHARACTERS_MAX)}…` : text;
}

export const readNull: Read = (value, trail) =>
  value === null ? null : refuse(trail, 'null', value);
export const readBoolean: Read = (value, trail) =>
  typeof value === 'boolean' ? value : refuse(trail, 'true or false', value);
export const readString: Read = (value, trail) =>
  typeof value === 'string' && value.isWellFormed()
    ? value
    : refuse(trail, 'a string of Unicode characters', value);

/** @param range inclusive, within the safe integers: beyond them a number is refused rather than rounded */
export function readInteger({
  min,
  max,
  expected,
}: {
  min: number;
  max: number;
  expected: string;
}): Read {
  return (value, trail) =>
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
      ? value + 0
      : refuse(trail, expected, value);
}

export const readInt = readInteger({
  min: -2147483648,
  max: 2147483647,
  expected: 'an integer of 32 bits',
});
/** What avsc writes exactly: zig-zag doubles a number, and odd ones beyond 2^53 are no doubles (negative ones get odd). */
const LONG_MIN = -(2 ** 52);
const LONG_MAX = 2 ** 53 - 2;
const LONG = { min: LONG_MIN, max: LONG_MAX, expected: 'an integer from −2^52 to 2^53 − 2' };
export const readLong = readInteger(LONG);

/** Floats round by their nature, so a literal of many digits is the nearest double; what is infinite is refused. */
export function readFloat(round: (value: number) => number): Read {
  return (value, trail) => {
    const literal = literalSource(value);
    const number = literal === undefined ? value : Number(literal);
    return typeof number === 'number' && Number.isFinite(round(number))
      ? number
      : refuse(trail, 'a finite number', value);
  };
}

/** Below this, integers divided by a power of ten up to 10^15 name one decimal each. */
const EXACT_UNSCALED_MAX = 1e15;

/** @returns undefined when the value is no decimal, or needs more places than `scale` */
function unscaledOf(value: unknown, scale: number): Integer | undefined {
  if (typeof value === 'number' && scale <= 15) {
    const factor = powerOfTen(scale) as number;
    const unscaled = Math.round(value * factor);
    if (Math.abs(unscaled) < EXACT_UNSCALED_MAX)
      return unscaled / factor === value ? unscaled + 0 : undefined;
  }
  const text =
    typeof value === 'string'
      ? value
      : typeof value === 'number'
        ? String(value)
        : literalSource(value);
  const decimal = text === undefined ? undefined : parseDecimal(text);
  return decimal && rescaleExact(decimal.unscaled, decimal.scale, scale);
}

/** Decimals as strings, or numbers that are exact at the scale. */
export function readDecimal({
  scale,
  precision,
  bound,
}: {
  scale: number;
  precision: number;
  bound: bigint;
}): Read {
  const expected = `a decimal of at most ${precision} digits, ${scale} of them after the point, as a string or an exact number`;
  return (value, trail) => {
    const unscaled = unscaledOf(value, scale);
    return unscaled !== undefined && unscaled < bound && unscaled > -bound
      ? unscaled
      : refuse(trail, expected, value);
  };
}

export function readSymbol(symbols: readonly string[]): Read {
  const known = new Set(symbols);
  return (value, trail) =>
    typeof value === 'string' && known.has(value)
      ? value
      : refuse(trail, `one of ${symbols.join(', ')}`, value);
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Bytes as base64. @see RFC 4648 section 4   @param size of a fixed, bytes */
export function readBytes(size?: number): Read {
  const expected = size === undefined ? 'bytes in base64' : `${size} bytes in base64`;
  return (value, trail) => {
    const bytes =
      typeof value === 'string' && BASE64.test(value) ? Buffer.from(value, 'base64') : undefined;
    return bytes && (size === undefined || bytes.length === size)
      ? bytes
      : refuse(trail, expected, value);
  };
}

const UUID = /^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/;
const readUuid: Read = (value, trail) =>
  typeof value === 'string' && UUID.test(value) ? value : refuse(trail, 'a UUID', value);

/** Instants beyond this are no dates (ECMA-262, Time Values). */
const EPOCH_MS_MAX = 8.64e15;

/** RFC 3339 or epoch milliseconds. @param zone '' for instants, 'Z' for local times, which are written without a zone */
function readTimestamp(unit: 'millis' | 'micros', zone: '' | 'Z'): Read {
  const expected = `${zone === '' ? 'an RFC 3339 date-time' : 'a date-time without a zone'} or epoch milliseconds`;
  const factor = unit === 'millis' ? 1 : 1_000;
  return (value, trail) => {
    if (typeof value === 'string') {
      const ms = parseRfc3339(`${value}${zone}`);
      const micros =
        factor === 1 ? 0 : Number(/\.\d{3}(\d{1,3})/.exec(value)?.[1]?.padEnd(3, '0') ?? 0);
      const instant = ms === undefined ? Number.NaN : ms * factor + micros;
      if (instant >= LONG_MIN && instant <= LONG_MAX) return instant;
    } else if (
      typeof value === 'number' &&
      Number.isInteger(value) &&
      value * factor >= LONG_MIN &&
      value * factor <= LONG_MAX &&
      Math.abs(value) <= EPOCH_MS_MAX
    )
      return value * factor + 0;
    return refuse(trail, expected, value);
  };
}

const readDate: Read = (value, trail) => {
  if (
    typeof value === 'number' &&
    Number.isInteger(value) &&
    Math.abs(value) <= EPOCH_MS_MAX / DAY_MS
  )
    return value + 0;
  const ms =
    typeof value === 'string' && value.length === 10
      ? parseRfc3339(`${value}T00:00:00Z`)
      : undefined;
  return ms === undefined
    ? refuse(trail, 'a date such as 2026-01-31 or days since 1970-01-01', value)
    : ms / DAY_MS;
};

function readTimeOfDay(unit: 'millis' | 'micros'): Read {
  const factor = unit === 'millis' ? 1 : 1_000;
  return (value, trail) => {
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < DAY_MS)
      return value * factor;
    const ms = typeof value === 'string' ? parseRfc3339(`1970-01-01T${value}Z`) : undefined;
    return ms === undefined
      ? refuse(trail, 'a time such as 08:00:00.000 or milliseconds since midnight', value)
      : ms * factor;
  };
}

/**
 * The logical types that say how JSON stands for a value. @returns undefined for others: their underlying type holds
 * @param logicalType name in the schema   @param underlying Avro type below it
 * @see Apache Avro 1.12 specification, Logical Types
 */
export function logicalReader(logicalType: string, underlying: string): Read | undefined {
  switch (`${logicalType}/${underlying}`) {
    case 'timestamp-millis/long':
      return readTimestamp('millis', '');
    case 'timestamp-micros/long':
      return readTimestamp('micros', '');
    case 'local-timestamp-millis/long':
      return readTimestamp('millis', 'Z');
    case 'local-timestamp-micros/long':
      return readTimestamp('micros', 'Z');
    case 'date/int':
      return readDate;
    case 'time-millis/int':
      return readTimeOfDay('millis');
    case 'time-micros/long':
      return readTimeOfDay('micros');
    case 'uuid/string':
      return readUuid;
    default:
      return undefined;
  }
}
