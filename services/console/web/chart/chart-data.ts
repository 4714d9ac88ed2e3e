import type { Point, PointState } from '../../core/answers.ts';
import { baseOf } from '../data/compare.ts';
import type { Beside } from '../data/compare.ts';

/** A window as the chart draws it. */
export type ChartWindow = {
  readonly startMs: number;
  readonly endMs: number;
  /** Only the picture rounds to a double; what is read aloud or written is `text`. */
  readonly value: number | null;
  readonly text: string | null;
  readonly state: PointState;
  /** Of the window that it is compared with. */
  readonly beside: number | null;
  readonly point: Point;
};

export type ChartData = {
  readonly windows: readonly ChartWindow[];
  /** Middles of the windows in seconds, and values: as uPlot takes them. */
  readonly columns: [number[], (number | null)[]];
};

export function chartData(points: readonly Point[], beside?: Beside): ChartData {
  const windows = points.map((point) => ({
    startMs: Date.parse(point.start),
    endMs: Date.parse(point.end),
    value: point.value === null ? null : Number(point.value),
    text: point.value,
    state: point.state,
    beside: besideOf(point, beside),
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

const besideOf = (point: Point, name: Beside | undefined): number | null => {
  const base = name === undefined ? null : baseOf(point, name);
  return base === null ? null : Number(base);
};

/** Room above the highest mark for its sign. */
const HEADROOM = 0.12;

/** The range of values: zero is always in it, so that no small change looks like a great one. Never empty. */
export function valueRange(values: readonly (number | null)[]): readonly [number, number] {
  const known = values.filter((value) => value !== null);
  const top = Math.max(0, ...known);
  const bottom = Math.min(0, ...known);
  const room = (top - bottom || 1) * HEADROOM;
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
