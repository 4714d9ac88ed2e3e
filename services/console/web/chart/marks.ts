import type { Severity } from '../../../kernel/definitions.ts';
import type { PointState } from '../../core/answers.ts';

/** Colours in force, read from the style sheet so that light and dark need no second table. */
export type Palette = {
  readonly ink: string;
  readonly faint: string;
  readonly line: string;
  readonly settled: string;
  readonly soft: string;
  readonly sign: string;
  readonly tide: string;
  readonly shade: string;
  readonly bad: string;
  readonly badSoft: string;
  readonly warn: string;
};

export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    ink: colour('ink'),
    faint: colour('ink-faint'),
    line: colour('line'),
    settled: colour('series'),
    soft: colour('series-soft'),
    sign: colour('sign'),
    tide: colour('tide'),
    shade: colour('shade'),
    bad: colour('bad'),
    badSoft: colour('bad-soft'),
    warn: colour('warn'),
  };
}

export type Box = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};
type Brush = {
  readonly context: CanvasRenderingContext2D;
  readonly palette: Palette;
  readonly px: number;
};

/** Below this width a bar has no room for a pattern: an outline and a tone remain. */
const PATTERN_WIDTH_MIN = 5;

/**
 * A window's bar. Open: hatched in a dashed outline. Closed: plain. Final: with a cap line. Revised: plain under a
 * triangle. Restated: capped under a diamond. The shapes differ, not only the colours.
 */
export function drawBar(brush: Brush, box: Box, state: PointState): void {
  const { context, palette, px } = brush;
  const isRoomy = box.width >= PATTERN_WIDTH_MIN * px;
  context.save();
  if (state === 'open') {
    context.strokeStyle = palette.settled;
    context.lineWidth = px;
    if (isRoomy) {
      hatch(brush, box);
      context.setLineDash([3 * px, 2 * px]);
      context.strokeRect(
        box.x + px / 2,
        box.y + px / 2,
        box.width - px,
        Math.max(box.height - px, 0),
      );
    } else {
      context.strokeRect(box.x, box.y, Math.max(box.width - px, px), box.height);
    }
  } else {
    context.fillStyle = palette.soft;
    context.fillRect(box.x, box.y, box.width, box.height);
    if (state === 'final' || state === 'restated') {
      context.fillStyle = palette.settled;
      const overhang = isRoomy ? 1.5 * px : 0;
      context.fillRect(box.x - overhang, box.y - px, box.width + 2 * overhang, 2.5 * px);
    }
  }
  context.restore();
  if (state === 'revised' || state === 'restated')
    drawSign(brush, { x: box.x + box.width / 2, y: box.y - 8 * px }, state);
}

function hatch({ context, palette, px }: Brush, box: Box): void {
  context.save();
  context.beginPath();
  context.rect(box.x, box.y, box.width, box.height);
  context.clip();
  context.strokeStyle = palette.soft;
  context.lineWidth = 1.5 * px;
  context.beginPath();
  const step = 5 * px;
  for (let at = -box.height; at < box.width; at += step) {
    context.moveTo(box.x + at, box.y + box.height);
    context.lineTo(box.x + at + box.height, box.y);
  }
  context.stroke();
  context.restore();
}

/** The mark of a changed window: a triangle for a revision, a diamond for a restatement. */
function drawSign(
  { context, palette, px }: Brush,
  at: { x: number; y: number },
  state: PointState,
): void {
  const size = 4.5 * px;
  context.save();
  context.fillStyle = palette.sign;
  context.beginPath();
  if (state === 'revised') {
    context.moveTo(at.x, at.y - size);
    context.lineTo(at.x + size, at.y + size * 0.8);
    context.lineTo(at.x - size, at.y + size * 0.8);
  } else {
    context.moveTo(at.x, at.y - size);
    context.lineTo(at.x + size, at.y);
    context.lineTo(at.x, at.y + size);
    context.lineTo(at.x - size, at.y);
  }
  context.fill();
  context.restore();
}

/** A window's dot, for values that do not add up (ratios, averages): a bar from zero would mislead. */
export function drawDot(brush: Brush, at: { x: number; y: number }, state: PointState): void {
  const { context, palette, px } = brush;
  const radius = 4 * px;
  context.save();
  context.beginPath();
  context.arc(at.x, at.y, radius, 0, Math.PI * 2);
  context.lineWidth = 1.75 * px;
  context.strokeStyle = palette.settled;
  if (state === 'open') {
    context.setLineDash([2 * px, 1.5 * px]);
  } else {
    context.fillStyle = state === 'final' || state === 'restated' ? palette.settled : palette.soft;
    context.fill();
  }
  context.stroke();
  context.restore();
  if (state === 'revised' || state === 'restated')
    drawSign(brush, { x: at.x, y: at.y - 11 * px }, state);
}

/** A window whose value is being recomputed: an empty dotted column, not a zero. */
export function drawRebuilding({ context, palette, px }: Brush, box: Box): void {
  context.save();
  context.strokeStyle = palette.faint;
  context.lineWidth = px;
  context.setLineDash([px, 3 * px]);
  context.strokeRect(box.x + px, box.y + box.height * 0.25, box.width - 2 * px, box.height * 0.75);
  context.restore();
}

/** An alert's episode: a strip along the top, at least as wide as can be seen. */
export function drawEpisode({ context, palette, px }: Brush, box: Box, severity: Severity): void {
  const colours = { critical: palette.bad, warning: palette.warn, info: palette.faint };
  context.fillStyle = colours[severity];
  context.fillRect(box.x, box.y, Math.max(box.width, 3 * px), 4 * px);
}

/** A version that was published: a thin pole with a flag at its top, which flies back where it would leave the plot. */
export function drawVersion({ context, palette, px }: Brush, plot: Box, x: number): void {
  const end = plot.x + plot.width;
  if (x < plot.x || x > end) return;
  const length = x + FLAG_PX * px > end ? -FLAG_PX * px : FLAG_PX * px;
  const top = plot.y + 6 * px;
  context.save();
  context.fillStyle = palette.faint;
  context.fillRect(x, plot.y, px, plot.height);
  context.fillStyle = palette.ink;
  context.fillRect(x, plot.y, px, 18 * px);
  context.beginPath();
  context.moveTo(x, top);
  context.lineTo(x + length, top + 4.5 * px);
  context.lineTo(x, top + 9 * px);
  context.fill();
  context.restore();
}
const FLAG_PX = 10;

/** A note: a dot on the ground, with a rim that stands off from bars. */
export function drawNote({ context, palette, px }: Brush, plot: Box, x: number): void {
  if (x < plot.x || x > plot.x + plot.width) return;
  context.beginPath();
  context.arc(x, plot.y + plot.height - 6 * px, 4 * px, 0, Math.PI * 2);
  context.fillStyle = palette.sign;
  context.fill();
  context.strokeStyle = palette.line;
  context.stroke();
}

/** The tide mark: where the watermark stands. What lies after it is not yet certain, and shaded. */
export function drawWatermark(
  brush: Brush,
  plot: Box,
  options: { x: number; label: string },
): void {
  const { context, palette, px } = brush;
  const { x, label } = options;
  const end = plot.x + plot.width;
  if (x < plot.x || x > end) return;
  context.save();
  context.fillStyle = palette.shade;
  context.fillRect(x, plot.y, end - x, plot.height);
  context.strokeStyle = palette.tide;
  context.lineWidth = 1.5 * px;
  context.setLineDash([6 * px, 3 * px]);
  context.beginPath();
  context.moveTo(x, plot.y);
  context.lineTo(x, plot.y + plot.height);
  context.stroke();
  context.font = `${String(11 * px)}px ${getComputedStyle(document.body).fontFamily}`;
  context.fillStyle = palette.tide;
  context.textAlign = 'left';
  context.textBaseline = 'bottom';
  const width = context.measureText(label).width;
  context.fillText(label, Math.min(x - width / 2, end - width), plot.y - 3 * px);
  context.restore();
}
