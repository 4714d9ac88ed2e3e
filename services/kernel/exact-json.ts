import { compareDecimals, parseDecimal } from './decimal.ts';

const SOURCE = Symbol('number literal');

/** A JSON number that no JavaScript number stands for exactly, as it was written. */
export type NumberLiteral = { readonly [SOURCE]: string };

/** @returns the number as it was written, or undefined when the value is no such literal */
export function literalSource(value: unknown): string | undefined {
  return typeof value === 'object' && value !== null && SOURCE in value
    ? (value as NumberLiteral)[SOURCE]
    : undefined;
}

/** More digits than every double keeps, or an exponent that may leave the range: only then a number can be inexact. */
const MAY_BE_INEXACT = /\d[\d.]{15}|\d[eE][+-]?\d{2}/;

/**
 * `JSON.parse` that never rounds: numbers that a double does not stand for exactly (9007199254740993, 1e400,
 * 2.5500000000000000001) become literals. Costs what `JSON.parse` costs unless the text has such digits.
 * @throws SyntaxError when the text is no JSON
 * @see RFC 8259 section 6 on numbers that do not interoperate
 */
export function parseExactJson(text: string): unknown {
  if (!MAY_BE_INEXACT.test(text)) return JSON.parse(text);
  const revive = (_key: string, value: unknown, { source }: { source: string }): unknown =>
    typeof value === 'number' && !isExact(value, source) ? { [SOURCE]: source } : value;
  return (JSON.parse as (text: string, reviver: typeof revive) => unknown)(text, revive);
}

function isExact(value: number, source: string): boolean {
  const shown = String(value);
  if (shown === source) return true;
  const parsed = parseDecimal(shown);
  const written = parseDecimal(source);
  return parsed !== undefined && written !== undefined && compareDecimals(parsed, written) === 0;
}

/**
 * Whether objects and arrays are nested deeper than `limit`: such a text is refused before it is parsed, since whatever
 * walks it afterwards may run out of stack. Brackets inside strings do not count.
 * @param bytes UTF-8   @param limit levels, > 0
 */
export function isNestedDeeperThan(bytes: Uint8Array, limit: number): boolean {
  let depth = 0;
  let isInString = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (isInString) {
      if (byte === BACKSLASH) i++;
      else if (byte === QUOTE) isInString = false;
    } else if (byte === QUOTE) isInString = true;
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      if (++depth > limit) return true;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth--;
  }
  return false;
}
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
