/**
 * Exact integers at the speed of numbers: a `number` while it is a safe integer, a `bigint` beyond.
 * Every value, sum and threshold is one of these with a scale that is known from its type, so no sum ever rounds.
 * Law: for all a, b the results below equal those of `bigint` arithmetic.
 */
export type Integer = number | bigint;

export const normalize = (value: bigint): Integer =>
  value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value;

export function add(a: Integer, b: Integer): Integer {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return normalize(BigInt(a) + BigInt(b));
}

export const negate = (a: Integer): Integer => (typeof a === 'number' ? 0 - a : normalize(-a));
export const subtract = (a: Integer, b: Integer): Integer => add(a, negate(b));

export function multiply(a: Integer, b: Integer): Integer {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b;
    if (Number.isSafeInteger(product)) return product + 0;
  }
  return normalize(BigInt(a) * BigInt(b));
}

/** @returns −1, 0 or 1 */
export const compare = (a: Integer, b: Integer): -1 | 0 | 1 => (a < b ? -1 : a > b ? 1 : 0);

/** So many characters are a safe integer, whatever they are. */
const SAFE_LENGTH = 15;

/** Parses `-?[0-9]+`. @returns undefined when the text is no integer */
export function parseInteger(text: string): Integer | undefined {
  if (!/^-?\d+$/.test(text)) return undefined;
  // Adding 0 makes 0 of −0.
  return text.length <= SAFE_LENGTH ? Number(text) + 0 : normalize(BigInt(text));
}

/**
 * Quotient rounded half to even (banker's rounding).
 * @param divisor not 0
 * @see IEEE 754-2019 section 4.3.1, roundTiesToEven
 */
export function divideHalfEven(dividend: Integer, divisor: Integer): Integer {
  const n = BigInt(dividend);
  const d = BigInt(divisor);
  const quotient = n / d;
  const rest = n % d;
  const twice = (rest < 0n ? -rest : rest) * 2n;
  const size = d < 0n ? -d : d;
  const up = twice > size || (twice === size && quotient % 2n !== 0n);
  if (!up) return normalize(quotient);
  return normalize(quotient + (n < 0n === d < 0n ? 1n : -1n));
}
