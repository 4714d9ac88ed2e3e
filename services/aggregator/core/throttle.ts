/**
 * How long to pause after work, so that work takes at most its share of the time.
 * @param workMs ms, ≥ 0   @param sharePercent 1–100
 * @returns ms, ≥ 0: `work · (100 − share) / share`
 */
export const pauseAfter = (workMs: number, sharePercent: number): number =>
  (workMs * (100 - sharePercent)) / sharePercent;
