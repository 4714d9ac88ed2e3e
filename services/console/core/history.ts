import type { History } from '../../kernel/catalog/correlation.ts';
import { parseDecimal } from '../../kernel/decimal.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../kernel/time.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { Grain } from '../../kernel/window.ts';
import type { Point, ValuesAnswer } from './answers.ts';
import type { ValuesQuery } from './values-query.ts';

/** Windows of a grain that metrics are compared over, back from the watermark. */
const WINDOWS_MAX = 400;
const GRAIN_MS: Readonly<Record<Grain, number>> = { minute: MINUTE_MS, hour: HOUR_MS, day: DAY_MS };

/** Asks for the totals that a metric is compared by. @param toMs its watermark */
export const historyQuery = (grain: Grain, toMs: EpochMs): ValuesQuery => ({
  size: { kind: 'grain', grain },
  grain,
  fromMs: Math.max(0, toMs - WINDOWS_MAX * GRAIN_MS[grain]),
  toMs,
  choice: { dimensions: [], where: new Map() },
  limit: 2 * WINDOWS_MAX,
  after: undefined,
});

/** Values of the windows that are closed, from the metric's first event on. @returns undefined before that */
export function historyOf({ series }: ValuesAnswer): History | undefined {
  const points = series[0]?.points ?? [];
  // Zeros from before its first event say nothing of the metric, and would make all of them alike.
  const first = points.findIndex(({ count }) => count > 0);
  return first < 0 ? undefined : new Map(points.slice(first).flatMap(closedValue));
}

function closedValue({ start, value, state }: Point) {
  const decimal = value === null ? undefined : parseDecimal(value);
  if (!decimal || state === 'open' || state === 'rebuilding') return [];
  return [[Date.parse(start), decimal] as const];
}
