import type { Point, PointState } from '../../core/answers.ts';

/** A window as the chart draws it. */
export type ChartWindow = {
  readonly startMs: number;
  readonly endMs: number;
  /** Only the picture rounds to a double; what is read aloud or written is `text`. */
  readonly value: number | null;
  readonly text: string | null;
  readonly state: PointState;
  readonly point: Point;
};

export type ChartData = {
  readonly windows: readonly ChartWindow[];
  /** Middles of the windows in seconds, and values: as uPlot takes them. */
  readonly columns: [number[], (number | null)[]];
};

export function chartData(points: readonly Point[]): ChartData {
  const windows = points.map((point) => ({
    startMs: Date.parse(point.start),
    endMs: Date.parse(point.end),
    value: point.value === null ? null : Number(point.value),
    text: point.value,
    state: point.state,
    point,
  }));
  return {
    windows,
    columns: [
      windows.map(({ startMs, endMs }) => (startMs + endMs) / 2_000),
      windows.map(({ value }) => value),
    ],
  };
}

/** Room above the highest mark for its sign. */
const HEADROOM = 0.12;

/**
 * The range of values. Bars stand on zero; dots get room around them.
 * @param shape `bars` for what adds up, `dots` for ratios and averages
 */
export function valueRange(
  values: readonly (number | null)[],
  shape: 'bars' | 'dots',
): readonly [number, number] {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return [0, 1];
  const high = Math.max(...known);
  const low = Math.min(...known);
  const isOnZero = shape === 'bars' || low >= 0;
  const top = isOnZero ? Math.max(0, high) : high;
  const bottom = isOnZero ? Math.min(0, low) : low;
  const room = (top - bottom || Math.abs(top) || 1) * HEADROOM;
  return [bottom < 0 ? bottom - room : 0, top > 0 || bottom === 0 ? top + room : 0];
}

/** Whether values of the metric add up over time, so that bars from zero tell no lie. */
export function shapeOf(definition: Readonly<Record<string, unknown>>): 'bars' | 'dots' {
  const aggregation = definition['aggregation'];
  return aggregation === 'sum' || aggregation === 'count' || aggregation === 'distinct'
    ? 'bars'
    : 'dots';
}

/** What a key does to the chosen window; undefined when the key means nothing here. */
export function nextChosen(
  key: string,
  chosen: number | undefined,
  count: number,
): number | undefined {
  if (count === 0) return undefined;
  const last = count - 1;
  const from = chosen ?? count;
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return Math.max(0, from - 1);
    case 'ArrowRight':
    case 'ArrowUp':
      return Math.min(last, chosen === undefined ? last : from + 1);
    case 'PageUp':
      return Math.max(0, from - 10);
    case 'PageDown':
      return Math.min(last, from + 10);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return undefined;
  }
}
