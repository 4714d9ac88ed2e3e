import { EMPTY, valueOf } from '../../../kernel/accumulator.ts';
import { formatDecimal } from '../../../kernel/decimal.ts';
import type { Integer } from '../../../kernel/integer.ts';
import { stageAt } from '../../../kernel/stage.ts';
import type { Window, WindowSize } from '../../../kernel/window.ts';
import type { FactOf } from '../derived.ts';
import { expiryOf } from '../facts.ts';
import type { Reading } from '../facts.ts';
import { NOT_STORED, watermarkOf } from '../projection.ts';
import type { CellNumbers } from '../projection.ts';

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
export const isOneCellEach = (
  { metric, grain }: Pick<Reading, 'metric' | 'grain'>,
  size: WindowSize,
): boolean =>
  size.kind === 'grain' &&
  size.grain === grain &&
  metric.aggregation !== 'distinct' &&
  metric.aggregation !== 'latest';

/**
 * The same as `factColumns` for windows that are one cell each: what is the same for all series of a window is decided once
 * (facts.ts has the reasons).
 */
export function cellColumns(reading: Reading, windows: readonly Window[]): Columns {
  const { metric, view, series } = reading;
  const { aggregation, valueScale, percentile, unit } = metric;
  const scales = { valueScale, unitScale: unit.scale, percentile };
  const stored = windows.map(({ startMs }) => view?.windows.get(startMs));
  const stages = Uint8Array.from(stored, (window) => window?.stage ?? NOT_STORED);
  const shown = shownWindows(reading, windows, stages);
  return (key) => {
    const column = newColumn(windows.length);
    const number = series.get(key)?.number;
    for (let i = 0; i < windows.length; i++) {
      const cell = number === undefined ? undefined : stored[i]?.cells.get(number);
      if (shown.has[i] === 0 || (!cell && shown.isPassed[i] === 0)) continue;
      const value = valueOf(aggregation, cell?.accumulators ?? EMPTY, scales);
      if (value === null) continue;
      column.has[i] = 1;
      column.values[i] = toNumber(value, unit.scale);
    }
    column.stages.set(shown.stages);
    return column;
  };
}

/** Whether cells of the metric are one integer each, which is their value but for the scale. */
export const isOneNumber = ({ aggregation, valueScale, unit }: Reading['metric']): boolean =>
  aggregation === 'count' ||
  (valueScale === unit.scale && ['sum', 'min', 'max'].includes(aggregation));

/**
 * The same as `cellColumns` from columns of numbers.
 * @param keys the series of the numbers, in their order
 * @returns undefined where a number is not safe, hence perhaps not the nearest to its value
 */
export function numberColumns(
  reading: Reading,
  windows: readonly Window[],
  {
    stages,
    numbers,
    keys,
  }: Pick<CellNumbers, 'stages' | 'numbers'> & { readonly keys: readonly string[] },
): Columns | undefined {
  const { aggregation, unit } = reading.metric;
  const isUnsafe = (value: number): boolean => Math.abs(value) > Number.MAX_SAFE_INTEGER;
  if (unit.scale > EXACT_POWER_MAX || numbers.some((column) => column.some(isUnsafe)))
    return undefined;
  const divisor = aggregation === 'count' ? 1 : 10 ** unit.scale;
  const empty = aggregation === 'sum' || aggregation === 'count' ? 0 : Number.NaN;
  const shown = shownWindows(reading, windows, stages);
  const none = new Float64Array(windows.length).fill(Number.NaN);
  const byKey = new Map(keys.map((key, i) => [key, numbers[i]]));
  return (key) => {
    const column = newColumn(windows.length);
    const own = byKey.get(key) ?? none;
    for (let i = 0; i < windows.length; i++) {
      if (shown.has[i] === 0) continue;
      let value = own[i] as number;
      if (Number.isNaN(value)) value = shown.isPassed[i] === 1 ? empty : Number.NaN;
      if (Number.isNaN(value)) continue;
      column.has[i] = 1;
      column.values[i] = value / divisor;
    }
    column.stages.set(shown.stages);
    return column;
  };
}

/** What is the same for all series: which windows may show a value, which the watermark has passed, and their stages. */
function shownWindows(
  reading: Reading,
  windows: readonly Window[],
  stored: Uint8Array,
): { readonly has: Uint8Array; readonly isPassed: Uint8Array; readonly stages: Uint8Array } {
  const { metric, view } = reading;
  const { latenessMs, eventsFromMs } = metric;
  const watermarkMs = view ? watermarkOf(view.head) : 0;
  const isLive = view !== undefined && !view.head.rebuilding;
  const isExpired = expiryOf(reading);
  const shown = (window: Window): boolean =>
    isLive && !isExpired(window) && (eventsFromMs === undefined || window.endMs > eventsFromMs);
  return {
    has: Uint8Array.from(windows, (window) => Number(shown(window))),
    isPassed: Uint8Array.from(windows, ({ endMs }) => Number(watermarkMs >= endMs)),
    stages: stored.map((stage, i) =>
      stage === NOT_STORED ? stageAt(windows[i]?.endMs ?? 0, { watermarkMs, latenessMs }) : stage,
    ),
  };
}

/** Powers of ten up to here are doubles, so that one division rounds once. */
const EXACT_POWER_MAX = 22;

/** The double nearest to the decimal. */
const toNumber = (value: Integer, scale: number): number =>
  typeof value === 'number' && scale <= EXACT_POWER_MAX
    ? value / 10 ** scale
    : Number(formatDecimal(value, scale));
