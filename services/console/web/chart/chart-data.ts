import type { Point, PointState } from '../../core/answers.ts';
import { baseOf } from '../data/compare.ts';
import type { Comparison } from '../../../kernel/catalog/dashboard-panels.ts';

/** A window as the chart draws it. */
export type ChartWindow = {
  readonly startMs: number;
  readonly endMs: number;
  readonly middleMs: number;
  /** Only the picture rounds to a double; what is read aloud or written is `text`. */
  readonly value: number | null;
  readonly text: string | null;
  readonly state: PointState;
  /** Of the window that it is compared with. */
  readonly beside: number | null;
  /** What it is to reach. */
  readonly target: number | null;
  readonly point: Point;
};

export const chartWindows = (
  points: readonly Point[],
  beside?: Comparison,
): readonly ChartWindow[] =>
  points.map((point) => {
    const startMs = Date.parse(point.start);
    const endMs = Date.parse(point.end);
    return {
      startMs,
      endMs,
      middleMs: (startMs + endMs) / 2,
      value: point.value === null ? null : Number(point.value),
      text: point.value,
      state: point.state,
      beside: besideOf(point, beside),
      target: point.target === undefined ? null : Number(point.target),
      point,
    };
  });

const besideOf = (point: Point, name: Comparison | undefined): number | null => {
  const base = name === undefined ? null : baseOf(point, name);
  return base === null ? null : Number(base);
};

/** The place of the window whose middle is nearest; undefined of none. */
export function nearestWindow(
  windows: readonly Pick<ChartWindow, 'middleMs'>[],
  atMs: number,
): number | undefined {
  let nearest: number | undefined;
  let leastMs = Infinity;
  windows.forEach(({ middleMs }, i) => {
    const awayMs = Math.abs(middleMs - atMs);
    if (awayMs >= leastMs) return;
    nearest = i;
    leastMs = awayMs;
  });
  return nearest;
}

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
