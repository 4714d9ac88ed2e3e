import { decodeLast } from './accumulator.ts';
import type { Accumulators } from './accumulator.ts';
import { parseInteger } from './integer.ts';
import { decodeSketch } from './sketch.ts';

const ZERO = 48;
const NINE = 57;

/** What the letter of a stored cell says of the text behind it. */
const VALUES: Readonly<Record<string, (text: string) => Partial<Accumulators>>> = {
  s: (text) => integer(text, (sum) => ({ sum })),
  a: (text) => integer(text, (min) => ({ min })),
  z: (text) => integer(text, (max) => ({ max })),
  l: (text) => {
    const last = decodeLast(text);
    return last ? { last } : {};
  },
  q: (text) => ({ sketch: decodeSketch(text) }),
};

/**
 * A cell as it is stored (kernel/projection.ts): contributions, and where its aggregation keeps a value, a letter and that:
 * `3`, `3s1250`, `3l1700|0|12|5`. Members and entities stand under keys of their own.
 */
export function decodeCell(text: string): Accumulators {
  let at = 0;
  while (at < text.length && isDigit(text.charCodeAt(at))) at++;
  const contributions = Number(text.slice(0, at));
  const value = VALUES[text.charAt(at)]?.(text.slice(at + 1));
  return value ? { contributions, ...value } : { contributions };
}

const isDigit = (code: number): boolean => code >= ZERO && code <= NINE;

function integer<T extends object>(
  text: string,
  as: (value: NonNullable<ReturnType<typeof parseInteger>>) => T,
): T | object {
  const value = parseInteger(text);
  return value === undefined ? {} : as(value);
}

/** Whether a field of a window's hash is a cell: others are named `end`, `stage`, or `NUMBER.LETTER`. */
export const isCellField = (name: string): boolean => /^\d+$/.test(name);
