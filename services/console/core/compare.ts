import { divideDecimals, formatDecimal } from '../../kernel/decimal.ts';
import { formatValue } from '../../kernel/accumulator.ts';
import type { Refusal } from '../../kernel/errors.ts';
import { subtract } from '../../kernel/integer.ts';
import type { Shift } from '../../kernel/fiscal-year.ts';
import { samePeriod } from '../../kernel/look-back.ts';
import { err, ok } from '../../kernel/result.ts';
import type { Result } from '../../kernel/result.ts';
import { PERIODS } from '../../kernel/window.ts';
import type { Period, Window, WindowSize, ZoneCalendar } from '../../kernel/window.ts';
import type { Compared } from './answers.ts';
import type { Fact } from './facts.ts';

/** What a window may be compared with. */
export const COMPARISONS = ['previous', 'week', 'month', 'quarter', 'year'] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** Windows of an answer beside those that they are compared with, in the same order. */
export type ComparedWindows = ReadonlyMap<Comparison, readonly Window[]>;

/** Places of a ratio, rounded half to even. */
const RATIO_SCALE = 6;

const SHIFTS: Readonly<Record<Period, Shift>> = {
  week: { weeks: 1 },
  month: { months: 1 },
  quarter: { months: 3 },
  year: { years: 1 },
};

/** Reads `compare`: names, comma-separated or repeated, each once. */
export function parseComparisons(
  parameter: string | readonly string[] | undefined,
  { size, grain }: { readonly size: WindowSize; readonly grain: string },
): Result<readonly Comparison[], Refusal> {
  const refuse = (detail: string): Result<never, Refusal> =>
    err({ code: 'invalid_parameter', detail });
  const named = new Set<Comparison>();
  for (const text of [parameter ?? []].flat().flatMap((list) => list.split(','))) {
    const name = COMPARISONS.find((one) => one === text);
    if (!name) return refuse(`compare is of ${COMPARISONS.join(', ')}, not ${text}`);
    if (liesWithin(name, size))
      return refuse(`a window of ${grain} has no ${name} before: it is longer than that lies back`);
    named.add(name);
  }
  return ok([...named]);
}

/** Whether the window is of, or climbs through, a period longer than lies between the two. */
function liesWithin(name: Comparison, size: WindowSize): boolean {
  if (name === 'previous' || (size.kind !== 'period' && size.kind !== 'to-date')) return false;
  return size.period !== 'day' && PERIODS.indexOf(size.period) > PERIODS.indexOf(name);
}

/**
 * The window that this one is compared with. Law: for `week` to `year` the window of the same size whose last step holds
 * the same local time so much earlier (`samePeriod` says how months end and clocks change); for `previous` the newest one
 * that ended when this one began, of a window to date the same part of the period before.
 */
export function comparedWindow(
  name: Comparison,
  at: { calendar: ZoneCalendar; size: WindowSize },
  window: Window,
): Window {
  const { calendar, size } = at;
  const stepMs = calendar.stepAt(size, window.endMs - 1).startMs;
  if (name !== 'previous') return samePeriod({ ...at, stepMs }, SHIFTS[name]);
  if (size.kind === 'to-date')
    return samePeriod({ ...at, stepMs }, size.period === 'day' ? { days: 1 } : SHIFTS[size.period]);
  const before = calendar.windowAt(size, window.startMs - 1);
  if (before.endMs <= window.startMs) return before;
  return calendar.windowAt(size, calendar.stepAt(size, before.endMs - 1).startMs - 1);
}

export const comparedWindows = (
  names: readonly Comparison[],
  at: Parameters<typeof comparedWindow>[1],
  windows: readonly Window[],
): ComparedWindows =>
  new Map(names.map((name) => [name, windows.map((window) => comparedWindow(name, at, window))]));

/**
 * How far a value differs from the one that it is compared with. Both are taken as they are shown, so whoever has the two
 * finds the same difference; the ratio is value ÷ compared value, rounded once.
 * @param scale of the unit
 */
export function compareFacts(
  own: Fact,
  base: Fact,
  scale: number,
): Pick<Compared, 'value' | 'difference' | 'ratio' | 'reason'> {
  const value = formatValue(base.value, scale);
  const unknown = { value, difference: null, ratio: null };
  if (base.value === null)
    return { ...unknown, reason: base.reason ?? 'the compared window has no value' };
  if (own.value === null) return { ...unknown, reason: own.reason ?? 'the window has no value' };
  const difference = formatDecimal(subtract(own.value, base.value), scale);
  if (Number(base.value) === 0)
    return { value, difference, ratio: null, reason: 'the compared value is zero' };
  const { unscaled } = divideDecimals(
    { unscaled: own.value, scale },
    { unscaled: base.value, scale },
    RATIO_SCALE,
  );
  return { value, difference, ratio: formatDecimal(unscaled, RATIO_SCALE) };
}
