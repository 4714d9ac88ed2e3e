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
