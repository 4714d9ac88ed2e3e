import type { Point } from '../../core/answers.ts';

/** How much of its target a window has reached; undefined where that is no share. */
export function reachedOf({ value, target }: Point): number | undefined {
  const whole = Number(target);
  return value === null || !(whole > 0) ? undefined : Number(value) / whole;
}
