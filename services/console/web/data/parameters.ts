import { DAY_MS, MINUTE_MS, parseDuration } from '../../../kernel/time.ts';

/**
 * How something in an address is read and written. Law: `read(write(value))` equals the value. What cannot be read is as
 * if it were absent; what is absent is not written.
 */
export type Parameter<T> = {
  read(text: string | null): T;
  write(value: T): string | null;
  /** Where the address calls it otherwise. */
  readonly name?: string;
};
type Optional<T> = Parameter<T | undefined>;

/** One of the words; absent when it is another. */
export const oneOf = <T extends string>(words: readonly T[]): Optional<T> => ({
  read: (text) => words.find((word) => word === text),
  write: (value) => value ?? null,
});

/** One of the words; the usual one is not written. */
export const oneOfOr = <T extends string>(words: readonly T[], usual: T): Parameter<T> => ({
  read: (text) => words.find((word) => word === text) ?? usual,
  write: (value) => (value === usual ? null : value),
});

/** A whole number from 1 to `max`. */
export const countUpTo = (max: number): Optional<number> => ({
  read: (text) => {
    const value = Number(text);
    return Number.isInteger(value) && value > 0 && value <= max ? value : undefined;
  },
  write: (value) => (value === undefined ? null : String(value)),
});

/** Any text. */
export const text: Optional<string> = {
  read: (given) => given ?? undefined,
  write: (value) => value ?? null,
};

/** Names without commas, none when absent. */
export const names: Parameter<readonly string[]> = {
  read: (given) => (given ?? '').split(',').filter((name) => name !== ''),
  write: (value) => (value.length === 0 ? null : value.join(',')),
};

/** A point in time, epoch ms; in the address as RFC 3339. */
export const instant: Optional<number> = {
  read: (given) => {
    const atMs = Date.parse(given ?? '');
    return Number.isNaN(atMs) ? undefined : atMs;
  },
  write: (value) => (value === undefined ? null : new Date(value).toISOString()),
};

/** Whether it is there. */
export const flag: Parameter<boolean> = {
  read: (given) => given === '1',
  write: (value) => (value ? '1' : null),
};

const LENGTH_MS_MAX = 3_660 * DAY_MS;

/** A length of time of whole minutes, ms; in the address as ISO 8601. */
export const length: Optional<number> = {
  read(given) {
    const ms = parseDuration(given ?? '');
    return ms !== undefined && ms >= MINUTE_MS && ms <= LENGTH_MS_MAX && ms % MINUTE_MS === 0
      ? ms
      : undefined;
  },
  write: (value) =>
    value === undefined
      ? null
      : value % DAY_MS === 0
        ? `P${value / DAY_MS}D`
        : `PT${value / MINUTE_MS}M`,
};

/** A member of each of some dimensions; in the address `dimension:member`, with commas between. */
export const members: Parameter<Readonly<Record<string, string>>> = {
  read: (given) => {
    const pairs = (given ?? '').split(',').flatMap((pair) => {
      const cut = pair.indexOf(':');
      const member = cut < 1 ? undefined : decoded(pair.slice(cut + 1));
      return member === undefined || member === '' ? [] : [[pair.slice(0, cut), member] as const];
    });
    return Object.fromEntries(pairs);
  },
  write(value) {
    const pairs = Object.entries(value).map(
      ([name, member]) => `${name}:${encodeURIComponent(member)}`,
    );
    return pairs.length === 0 ? null : pairs.join(',');
  },
};

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined; // A broken escape names nothing.
  }
}

/** A date as the calendar writes it, `2026-01-31`. */
export const date: Optional<string> = {
  read: (given) => (given !== null && DATE.test(given) && isDay(given) ? given : undefined),
  write: (value) => value ?? null,
};
const DATE = /^\d{4}-\d\d-\d\d$/;
/** No 30th of February, which `Date` takes for a day of March. */
const isDay = (given: string): boolean => {
  const atMs = Date.parse(given);
  return !Number.isNaN(atMs) && new Date(atMs).toISOString().startsWith(given);
};
