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
 * 2.5500000000000000001) become literals. Costs what `JSON.parse` costs unless the text has such digits, be it in a string.
 * @throws SyntaxError when the text is no JSON
 * @see RFC 8259 section 6 on numbers that do not interoperate
 */
export const parseExactJson = (text: string): unknown =>
  MAY_BE_INEXACT.test(text) ? parseWithLiterals(text) : JSON.parse(text);

/** Calls back for each value, which takes ten times as long as reading it. */
function parseWithLiterals(text: string): unknown {
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
  const shape = shapeOf(bytes, levelsMax);
  if (!shape) throw new SyntaxError(`objects and lists are nested deeper than ${levelsMax} levels`);
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  // Identifiers in hexadecimal look like numbers with exponents, so it matters that strings were told apart.
  const value: unknown = shape.mayBeInexact ? parseWithLiterals(text) : JSON.parse(text);
  if (membersOf(value) !== shape.members)
    throw new SyntaxError('an object has the same name twice, so that it can be read in two ways');
  return value;
}

/** What is known of a JSON text before it is parsed. What stands inside strings does not count. */
export type JsonShape = {
  /** How many members its objects have together. */
  readonly members: number;
  /** Whether a number has an exponent, or more digits than every double keeps. */
  readonly mayBeInexact: boolean;
};

const DIGITS_EXACT_MAX = 15;

/**
 * Nothing is parsed, so that a text that nests too deep is refused before whatever walks it may run out of stack.
 * @param bytes UTF-8   @param levelsMax of objects and arrays, > 0
 * @returns undefined when they are nested deeper
 */
export function shapeOf(bytes: Uint8Array, levelsMax: number): JsonShape | undefined {
  let depth = 0;
  let members = 0;
  let isInString = false;
  /** Digits and points that stand together. */
  let digits = 0;
  let mayBeInexact = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    if (isInString) {
      if (byte === BACKSLASH) i++;
      else if (byte === QUOTE) isInString = false;
    } else if (byte === QUOTE) isInString = true;
    else if ((byte >= ZERO && byte <= NINE) || byte === POINT)
      mayBeInexact ||= ++digits > DIGITS_EXACT_MAX;
    else {
      if (byte === COLON) members++;
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
      else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth--;
      else if (digits > 0 && (byte | LOWER_CASE) === LETTER_E) mayBeInexact = true;
      digits = 0;
      if (depth > levelsMax) return undefined;
    }
  }
  return { members, mayBeInexact };
}

/**
 * Members that a parsed value has. Law: fewer than `shapeOf` its text says exactly when an object there has a name
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
const ZERO = 0x30;
const NINE = 0x39;
const POINT = 0x2e;
const LETTER_E = 0x65;
/** The bit by which a small letter differs from its capital. */
const LOWER_CASE = 0x20;
