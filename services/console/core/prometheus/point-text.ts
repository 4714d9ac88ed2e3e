import type { Column } from '../promql/column.ts';

/** As Prometheus writes numbers: the shortest digits that give the same double. */
export function formatSample(value: number): string {
  if (value === Infinity) return '+Inf';
  return value === -Infinity ? '-Inf' : String(value);
}

/** A time of at most 17 characters, a number of at most 25, and what stands around them. */
const POINT_BYTES_MAX = 64;
const [QUOTE, COMMA, MINUS, DOT, ZERO, OPEN, CLOSE] = [34, 44, 45, 46, 48, 91, 93] as const;

/**
 * Writes the points of one series after the other: `[[1700000000,"12.5"],[1700003600,"13"]]`. For one answer, since it keeps
 * its bytes: an answer may hold a million points, and no text is made for one of them.
 * @returns what writes the points of a column, given the texts of its times; undefined where it has none
 */
export function pointsWriter(): (
  column: Pick<Column, 'has' | 'values'>,
  times: readonly string[],
) => string | undefined {
  let bytes = new Uint8Array(0);
  const decoder = new TextDecoder();
  return ({ has, values }, times) => {
    const most = has.length * POINT_BYTES_MAX + 1;
    if (bytes.length < most) bytes = new Uint8Array(most);
    let at = 0;
    for (let i = 0; i < has.length; i++) {
      if (has[i] !== 1) continue;
      bytes[at] = at === 0 ? OPEN : COMMA;
      bytes[at + 1] = OPEN;
      at = putText(bytes, at + 2, times[i] as string);
      bytes[at] = COMMA;
      bytes[at + 1] = QUOTE;
      at = putSample(bytes, at + 2, values[i] as number);
      bytes[at] = QUOTE;
      bytes[at + 1] = CLOSE;
      at += 2;
    }
    if (at === 0) return undefined;
    bytes[at] = CLOSE;
    return decoder.decode(bytes.subarray(0, at + 1));
  };
}

/** A decimal of up to 15 digits is the shortest text of the double nearest to it. */
const EXACT_BELOW = 1e15;

/** The same as `formatSample`. Money, counts and the like have two places at most: their digits are written one by one. */
function putSample(bytes: Uint8Array, from: number, value: number): number {
  const amount = Math.abs(value);
  const hundredths = Math.round(amount * 100);
  if (hundredths / 100 !== amount || hundredths >= EXACT_BELOW)
    return putText(bytes, from, formatSample(value));
  let at = from;
  if (value < 0) bytes[at++] = MINUS;
  const whole = Math.floor(hundredths / 100);
  at = putDigits(bytes, at, whole);
  const places = hundredths - whole * 100;
  if (places === 0) return at;
  const tenths = (places / 10) | 0;
  bytes[at++] = DOT;
  bytes[at++] = ZERO + tenths;
  if (places > tenths * 10) bytes[at++] = ZERO + places - tenths * 10;
  return at;
}

/** @param whole an integer ≥ 0 */
function putDigits(bytes: Uint8Array, from: number, whole: number): number {
  let end = from + 1;
  for (let power = 10; power <= whole; power *= 10) end++;
  let at = end;
  let rest = whole;
  for (; rest > INTEGER_MAX; rest = Math.floor(rest / 10)) bytes[--at] = ZERO + (rest % 10);
  // What fits into 32 bits is divided several times faster.
  for (let few = rest | 0; at > from; few = (few / 10) | 0) bytes[--at] = ZERO + (few % 10);
  return end;
}

const INTEGER_MAX = 0x7fffffff;

/** @param text ASCII */
function putText(bytes: Uint8Array, from: number, text: string): number {
  for (let i = 0; i < text.length; i++) bytes[from + i] = text.charCodeAt(i);
  return from + text.length;
}
