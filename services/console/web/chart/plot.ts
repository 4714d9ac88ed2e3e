import { h } from 'preact';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { formatShort } from '../data/format.ts';
import type { Unit } from '../data/format.ts';
import { localClock } from '../data/local-day.ts';
import { paint } from '../data/theme.ts';
import { locale } from '../i18n/language.ts';
import { numberSplits, timeLabels, timeSplits } from './axes.ts';
import { readPalette } from './marks.ts';
import type { Box, Palette } from './marks.ts';

/**
 * A brush, and where on the canvas times and values lie. Lengths are pixels of the screen: `ratio` is one of the page,
 * `px` one of the drawing, which grows with the letters of the page, as on a wall.
 */
export type Plot = {
  readonly context: CanvasRenderingContext2D;
  readonly palette: Palette;
  readonly px: number;
  readonly ratio: number;
  readonly box: Box;
  readonly xAt: (ms: number) => number;
  readonly msAt: (x: number) => number;
  readonly yAt: (value: number) => number;
};

/** What is drawn. */
export type Picture = {
  readonly fromMs: number;
  readonly toMs: number;
  readonly range: readonly [number, number];
  readonly unit: Unit;
  readonly timezone: string;
  /** Below the lines of the axis, and above them. */
  readonly below: (plot: Plot) => void;
  readonly above: (plot: Plot) => void;
};

/** Room around the plot, px of the drawing; on the left it is as wide as its labels. */
const TOP_PX = 20;
const RIGHT_PX = 16;
const BOTTOM_PX = 40;
const LEFT_PX_MIN = 40;
const GAP_PX = 6;
const FONT_PX = 11;
const LINE_PX = 1.5 * FONT_PX;
/** The least distance of two labels. */
const TIME_LABEL_PX = 64;
const VALUE_LABEL_PX = 44;

/**
 * A canvas as wide as its place and as high as the style says. It is drawn anew with its size, the pixels of its screen,
 * the colours, the language and what it shows.
 * @param props.shows what the picture was made of: it is drawn anew when one of these is another
 * @param props.onDrawn told of where things lie, in the picture that is seen
 */
export function Canvas(props: {
  readonly picture: Picture;
  readonly shows: readonly unknown[];
  readonly onDrawn?: (plot: Plot) => void;
}): JSX.Element {
  const host = useRef<HTMLCanvasElement>(null);
  const draw = useRef(() => {});
  draw.current = () => {
    const plot = host.current && drawPicture(host.current, props.picture);
    if (plot) props.onDrawn?.(plot);
  };
  useEffect(() => draw.current(), [...props.shows, paint.value, locale()]);
  useEffect(() => {
    if (!host.current) return undefined;
    const watcher = new ResizeObserver(() => draw.current());
    watcher.observe(host.current);
    const end = new AbortController();
    const redrawOnOtherPixels = (): void =>
      matchMedia(`(resolution: ${String(devicePixelRatio)}dppx)`).addEventListener(
        'change',
        () => {
          draw.current();
          redrawOnOtherPixels();
        },
        { once: true, signal: end.signal },
      );
    redrawOnOtherPixels();
    return () => {
      watcher.disconnect();
      end.abort();
    };
  }, []);
  return h('canvas', { ref: host, class: 'plot', 'aria-hidden': 'true' });
}

/** @returns undefined where there is nothing to draw, or no room for it */
function drawPicture(canvas: HTMLCanvasElement, picture: Picture): Plot | undefined {
  const { fromMs, toMs, range, unit, timezone } = picture;
  const { clientWidth, clientHeight } = canvas;
  const context = canvas.getContext('2d');
  if (!context || !(toMs > fromMs)) return undefined;
  const ratio = devicePixelRatio;
  const px = ratio * letterScale();
  canvas.width = Math.round(clientWidth * ratio);
  canvas.height = Math.round(clientHeight * ratio);
  context.font = `${String(FONT_PX * px)}px ${getComputedStyle(document.body).fontFamily}`;
  const heightPx = canvas.height / px - TOP_PX - BOTTOM_PX;
  const [bottom, top] = range;
  const values = numberSplits(range, ((top - bottom) * VALUE_LABEL_PX) / heightPx, unit.scale);
  const labels = values.at.map((value) => formatShort(value, unit, locale()));
  const leftPx = Math.max(
    LEFT_PX_MIN,
    ...labels.map((label) => context.measureText(label).width / px + 2 * GAP_PX),
  );
  const widthPx = canvas.width / px - leftPx - RIGHT_PX;
  if (widthPx <= 0 || heightPx <= 0) return undefined;
  const box = {
    x: Math.round(leftPx * px),
    y: TOP_PX * px,
    width: widthPx * px,
    height: heightPx * px,
  };
  const palette = readPalette(canvas);
  const xAt = (ms: number): number => box.x + ((ms - fromMs) / (toMs - fromMs)) * box.width;
  const msAt = (x: number): number => fromMs + ((x - box.x) / box.width) * (toMs - fromMs);
  const yAt = (value: number): number => box.y + ((top - value) / (top - bottom)) * box.height;
  const plot = { context, palette, px, ratio, box, xAt, msAt, yAt };
  picture.below(plot);

  context.textAlign = 'right';
  context.textBaseline = 'middle';
  values.at.forEach((value, i) => {
    const y = Math.round(yAt(value));
    context.fillStyle = palette.line;
    context.fillRect(box.x, y, box.width, px);
    context.fillStyle = palette.faint;
    context.fillText(labels[i] ?? '', box.x - GAP_PX * px, y);
  });
  const gapMs = ((toMs - fromMs) * TIME_LABEL_PX) / widthPx;
  const times = timeSplits([fromMs, toMs], gapMs, localClock(timezone));
  context.textAlign = 'center';
  context.textBaseline = 'top';
  context.fillStyle = palette.faint;
  timeLabels(times.at, times.step, { locale: locale(), timezone }).forEach((label, i) => {
    label.split('\n').forEach((line, n) => {
      const y = box.y + box.height + (GAP_PX + n * LINE_PX) * px;
      // One at an edge is moved in, so that all of it is seen.
      const half = context.measureText(line).width / 2;
      const x = Math.min(Math.max(xAt(times.at[i] ?? 0), half), canvas.width - half);
      context.fillText(line, x, y);
    });
  });

  picture.above(plot);
  return plot;
}

/** How large letters are beside those that lengths are said for, 16 px. */
const letterScale = (): number =>
  Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;

/** A line through values, broken where there is none. */
export function drawLine(
  { context, px, xAt, yAt }: Plot,
  points: readonly (readonly [atMs: number, value: number | null])[],
  look: { readonly colour: string; readonly widthPx?: number; readonly dash?: readonly number[] },
): void {
  context.save();
  context.strokeStyle = look.colour;
  context.lineWidth = (look.widthPx ?? 1.5) * px;
  context.lineCap = 'round';
  context.setLineDash((look.dash ?? []).map((length) => length * px));
  context.beginPath();
  let isDown = false;
  for (const [atMs, value] of points) {
    if (value !== null) {
      if (isDown) context.lineTo(xAt(atMs), yAt(value));
      else context.moveTo(xAt(atMs), yAt(value));
    }
    isDown = value !== null;
  }
  context.stroke();
  context.restore();
}
