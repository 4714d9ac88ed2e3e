import { h } from 'preact';
import type { JSX } from 'preact';
import type { Point } from '../../core/answers.ts';

const WIDTH = 160;
const HEIGHT = 36;
const BASE = HEIGHT - 1;
const TOP = 3;

/** One bar of a trend, in the picture's own units. */
export type TrendBar = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly isOpen: boolean;
};

/** Bars from the zero line, which lies inside the picture when there are negative values. Windows without a value have none. */
export function trendBars(points: readonly Point[]): readonly TrendBar[] {
  const values = points.map((point) => (point.value === null ? null : Number(point.value)));
  const known = values.filter((value) => value !== null);
  const high = Math.max(0, ...known);
  const low = Math.min(0, ...known);
  const span = high - low || 1;
  const step = WIDTH / Math.max(points.length, 1);
  const yOf = (value: number): number => BASE - ((value - low) / span) * (BASE - TOP);
  return points.flatMap((point, i) => {
    const value = values[i];
    if (value === null || value === undefined) return [];
    const y = Math.min(yOf(value), yOf(0));
    const height = Math.max(Math.abs(yOf(value) - yOf(0)), value === 0 ? 0.5 : 1.2);
    return [
      {
        x: i * step + step * 0.12,
        y: value === 0 ? BASE - 0.5 : y,
        width: step * 0.76,
        height,
        isOpen: point.state === 'open',
      },
    ];
  });
}

/** A trend beside a number. It says nothing that the number's page does not, so it is hidden from screen readers. */
export const Sparkline = (props: { readonly points: readonly Point[] }): JSX.Element =>
  h(
    'svg',
    {
      class: 'sparkline',
      viewBox: `0 0 ${String(WIDTH)} ${String(HEIGHT)}`,
      preserveAspectRatio: 'none',
      'aria-hidden': 'true',
    },
    h('path', { d: `M0 ${String(BASE)}h${String(WIDTH)}`, class: 'sparkline-base' }),
    trendBars(props.points).map((bar, i) =>
      h('rect', {
        key: i,
        x: bar.x,
        y: bar.y,
        width: bar.width,
        height: bar.height,
        class: bar.isOpen ? 'sparkline-open' : 'sparkline-bar',
      }),
    ),
  );
