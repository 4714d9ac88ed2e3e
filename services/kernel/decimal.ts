import { add, divideHalfEven, multiply, normalize } from './integer.ts';
import type { Integer } from './integer.ts';

/** An exact decimal: `unscaled · 10^−scale`, scale an integer in 0..30. */
export type Decimal = { readonly unscaled: Integer; readonly scale: number };

export const MAX_SCALE = 30;

export const powerOfTen = (exponent: number): Integer => normalize(10n ** BigInt(exponent));

/** So many digits are a safe integer. */
const DIGITS_EXACT_MAX = 15;
const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * Reads a decimal as people and JSON write it (`12`, `-0.50`, `1.2e3`), exactly.
 * @returns undefined when the text is no decimal or needs a scale above 30
 */
export function parseDecimal(text: string): Decimal | undefined {
  const match = DECIMAL.exec(text);
  if (!match) return undefined;
  const [, sign, whole, fraction = '', exponent = '0'] = match;
  const all = `${whole}${fraction}`;
  if (all.length <= DIGITS_EXACT_MAX && exponent === '0') {
    const unscaled = Number(all);
    return { unscaled: sign === '-' ? 0 - unscaled : unscaled, scale: fraction.length };
  }
  let scale = fraction.length - Number(exponent);
  let digits = BigInt(all);
  if (scale < 0) {
    if (scale < -300) return undefined;
    digits *= 10n ** BigInt(-scale);
    scale = 0;
  }
  if (scale > MAX_SCALE) return undefined;
  return { unscaled: normalize(sign === '-' ? -digits : digits), scale };
}

/** The decimal as text with exactly `scale` places: `format(255, 2)` is `"2.55"`. */
export function formatDecimal(unscaled: Integer, scale: number): string {
  if (scale === 0) return String(unscaled);
  const negative = unscaled < 0;
  const text = String(negative ? -unscaled : unscaled);
  const digits = text.length > scale ? text : text.padStart(scale + 1, '0');
  const cut = digits.length - scale;
  return `${negative ? '-' : ''}${digits.slice(0, cut)}.${digits.slice(cut)}`;
}

/** The same amount at another scale; rounds half to even when places are lost. */
export function rescale(unscaled: Integer, fromScale: number, toScale: number): Integer {
  if (toScale === fromScale) return unscaled;
  if (toScale > fromScale) return multiply(unscaled, powerOfTen(toScale - fromScale));
  return divideHalfEven(unscaled, powerOfTen(fromScale - toScale));
}

/** As `rescale`, but refuses to round. @returns undefined when places would be lost */
export function rescaleExact(
  unscaled: Integer,
  fromScale: number,
  toScale: number,
): Integer | undefined {
  if (toScale >= fromScale) return rescale(unscaled, fromScale, toScale);
  const result = rescale(unscaled, fromScale, toScale);
  // oxlint-disable-next-line eqeqeq -- the same integer may be a number here and a bigint there
  return multiply(result, powerOfTen(fromScale - toScale)) == unscaled ? result : undefined;
}

/** @returns −1, 0 or 1 by amount, whatever the scales */
export function compareDecimals(a: Decimal, b: Decimal): -1 | 0 | 1 {
  const scale = Math.max(a.scale, b.scale);
  const left = rescale(a.unscaled, a.scale, scale);
  const right = rescale(b.unscaled, b.scale, scale);
  return left < right ? -1 : left > right ? 1 : 0;
}

export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return {
    unscaled: add(rescale(a.unscaled, a.scale, scale), rescale(b.unscaled, b.scale, scale)),
    scale,
  };
}

export const multiplyDecimals = (a: Decimal, b: Decimal): Decimal => ({
  unscaled: multiply(a.unscaled, b.unscaled),
  scale: a.scale + b.scale,
});

/** a ÷ b rounded half to even at `scale` places. @param b not 0 */
export function divideDecimals(a: Decimal, b: Decimal, scale: number): Decimal {
  const shift = scale + b.scale - a.scale;
  const dividend = shift >= 0 ? multiply(a.unscaled, powerOfTen(shift)) : a.unscaled;
  const divisor = shift >= 0 ? b.unscaled : multiply(b.unscaled, powerOfTen(-shift));
  return { unscaled: divideHalfEven(dividend, divisor), scale };
}
