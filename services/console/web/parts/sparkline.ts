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

export type Trend = { readonly bars: readonly TrendBar[]; readonly zeroY: number };

/** Bars from the zero line, which lies inside the picture when there are negative values. Windows without a value have none. */
export function trendOf(points: readonly Point[]): Trend {
  const values = points.map((point) => (point.value === null ? null : Number(point.value)));
  const known = values.filter((value) => value !== null);
  const high = Math.max(0, ...known);
  const low = Math.min(0, ...known);
  const span = high - low || 1;
  const step = WIDTH / Math.max(points.length, 1);
  const yOf = (value: number): number => BASE - ((value - low) / span) * (BASE - TOP);
  const zeroY = yOf(0);
  const bars = points.flatMap((point, i) => {
    const value = values[i];
    if (value === null || value === undefined) return [];
    const y = Math.min(yOf(value), zeroY);
    const height = Math.max(Math.abs(yOf(value) - zeroY), value === 0 ? 0.5 : 1.2);
    return [
      {
        x: i * step + step * 0.12,
        y: value === 0 ? zeroY - 0.5 : y,
        width: step * 0.76,
        height,
        isOpen: point.state === 'open',
      },
    ];
  });
  return { bars, zeroY };
}

/** A trend beside a number. It says nothing that the number's page does not, so it is hidden from screen readers. */
export function Sparkline(props: { readonly points: readonly Point[] }): JSX.Element {
  const { bars, zeroY } = trendOf(props.points);
  return h(
    'svg',
    {
      class: 'sparkline',
      viewBox: `0 0 ${String(WIDTH)} ${String(HEIGHT)}`,
      preserveAspectRatio: 'none',
      'aria-hidden': 'true',
    },
    h('path', { d: `M0 ${String(zeroY)}h${String(WIDTH)}`, class: 'sparkline-base' }),
    bars.map((bar, i) =>
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
}
