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
 * JSON that has one meaning: UTF-8, no deeper than `levelsMax`, no name twice in an object, numbers as they are written.
 * @throws SyntaxError or TypeError saying what is wrong
 */
export function parseStrictJson(bytes: Uint8Array, levelsMax: number): unknown {
  const members = countMembers(bytes, levelsMax);
  if (members === undefined)
    throw new SyntaxError(`objects and lists are nested deeper than ${levelsMax} levels`);
  const value = parseExactJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  if (membersOf(value) !== members)
    throw new SyntaxError('an object has the same name twice, so that it can be read in two ways');
  return value;
}

/**
 * How many members the objects of a text have together; nothing is parsed, so that a text that nests too deep is refused
 * before whatever walks it may run out of stack. What stands inside strings does not count.
 * @param bytes UTF-8   @param levelsMax of objects and arrays, > 0
 * @returns undefined when they are nested deeper
 */
export function countMembers(bytes: Uint8Array, levelsMax: number): number | undefined {
  let depth = 0;
  let members = 0;
  let isInString = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (isInString) {
      if (byte === BACKSLASH) i++;
      else if (byte === QUOTE) isInString = false;
    } else if (byte === QUOTE) isInString = true;
    else if (byte === COLON) members++;
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      if (++depth > levelsMax) return undefined;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth--;
  }
  return members;
}

/**
 * Members that a parsed value has. Law: fewer than `countMembers` of its text exactly when an object there has a name
 * twice, of which parsers keep the one or the other.
 * @see RFC 8259 section 4
 */
export function membersOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let members = 0;
  if (Array.isArray(value)) for (const item of value) members += membersOf(item);
  // for…in, since lists of keys would cost as much as all the rest; what JSON.parse makes inherits nothing enumerable.
  else
    for (const name in value) {
      const member = (value as Readonly<Record<string, unknown>>)[name];
      members += typeof member === 'object' ? 1 + membersOf(member) : 1;
    }
  return members;
}
const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
