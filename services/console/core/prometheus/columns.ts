import { EMPTY, valueOf } from '../../../kernel/accumulator.ts';
import { formatDecimal } from '../../../kernel/decimal.ts';
import type { Integer } from '../../../kernel/integer.ts';
import { stageAt } from '../../../kernel/stage.ts';
import type { Window, WindowSize } from '../../../kernel/window.ts';
import type { FactOf } from '../derived.ts';
import { isExpired } from '../facts.ts';
import type { Reading } from '../facts.ts';
import { watermarkOf } from '../projection.ts';

/** Values of one series over windows, as numbers; where `has` is 0 there is none. A stage of 0 is an open window. */
export type ValueColumn = {
  readonly values: Float64Array;
  readonly has: Uint8Array;
  readonly stages: Uint8Array;
};
/** By the series' canonical key. */
export type Columns = (seriesKey: string) => ValueColumn;

const newColumn = (length: number): ValueColumn => ({
  values: new Float64Array(length),
  has: new Uint8Array(length),
  stages: new Uint8Array(length),
});

/** Any metric and window, fact by fact. @param scale of the metric's unit */
export function factColumns(factOf: FactOf, windows: readonly Window[], scale: number): Columns {
  return (key) => {
    const column = newColumn(windows.length);
    for (const [i, window] of windows.entries()) {
      const { value, isRebuilding, stage } = factOf(key, window);
      if (value === null || isRebuilding) continue;
      column.has[i] = 1;
      column.values[i] = toNumber(value, scale);
      column.stages[i] = stage;
    }
    return column;
  };
}

/** Whether each window is one cell, whose numbers alone give the value. */
export const isOneCellEach = ({ metric, grain }: Reading, size: WindowSize): boolean =>
  size.kind === 'grain' &&
  size.grain === grain &&
  metric.aggregation !== 'distinct' &&
  metric.aggregation !== 'latest';

/**
 * The same as `factColumns` for windows that are one cell each, twenty times faster: what is the same for all series of a
 * window is decided once (facts.ts has the reasons).
 */
export function cellColumns(reading: Reading, windows: readonly Window[]): Columns {
  const { metric, view, series } = reading;
  const { aggregation, valueScale, percentile, unit, latenessMs, eventsFromMs } = metric;
  const scales = { valueScale, unitScale: unit.scale, percentile };
  const watermarkMs = view ? watermarkOf(view.head) : 0;
  const shared = windows.map((window) => {
    const { startMs, endMs } = window;
    const stored = view?.windows.get(startMs);
    return {
      cells: stored?.cells,
      stage: stored?.stage ?? stageAt(endMs, { watermarkMs, latenessMs }),
      isPassed: watermarkMs >= endMs,
      isShown: !isExpired(reading, window) && (eventsFromMs === undefined || endMs > eventsFromMs),
    };
  });
  const isLive = view !== undefined && !view.head.rebuilding;
  return (key) => {
    const column = newColumn(windows.length);
    const number = series.get(key)?.number;
    for (let i = 0; isLive && i < shared.length; i++) {
      const { cells, stage, isPassed, isShown } = shared[i] as (typeof shared)[number];
      const cell = number === undefined ? undefined : cells?.get(number);
      if (!isShown || (!cell && !isPassed)) continue;
      const value = valueOf(aggregation, cell?.accumulators ?? EMPTY, scales);
      if (value === null) continue;
      column.has[i] = 1;
      column.values[i] = toNumber(value, unit.scale);
      column.stages[i] = stage;
    }
    return column;
  };
}

/** Powers of ten up to here are doubles, so that one division rounds once. */
const EXACT_POWER_MAX = 22;

/** The double nearest to the decimal. */
const toNumber = (value: Integer, scale: number): number =>
  typeof value === 'number' && scale <= EXACT_POWER_MAX
    ? value / 10 ** scale
    : Number(formatDecimal(value, scale));
