import { h } from 'preact';
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import type { Point } from '../../core/answers.ts';
import type { Unit } from '../data/format.ts';
import { formatTime } from '../data/format.ts';
import type { Beside } from '../data/compare.ts';
import type { Episode } from '../data/episodes.ts';
import type { VersionMark } from '../data/versions.ts';
import { paint } from '../data/theme.ts';
import { locale } from '../i18n/language.ts';
import { t } from '../i18n/text.ts';
import { axes } from './axes.ts';
import { chartData, nextChosen, valueRange } from './chart-data.ts';
import type { ChartData } from './chart-data.ts';
import {
  drawBar,
  drawDot,
  drawEpisode,
  drawRebuilding,
  drawVersion,
  drawWatermark,
  readPalette,
} from './marks.ts';
import type { Box, Palette } from './marks.ts';

export type ChartProps = {
  readonly points: readonly Point[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly watermark: string | null;
  /** When an alert burned: marked along the top. */
  readonly episodes?: readonly Episode[];
  /** Definitions that were published: a flag where values of another one begin to be computed. */
  readonly versions?: readonly VersionMark[];
  readonly unit: Unit;
  readonly timezone: string;
  readonly shape: 'bars' | 'dots';
  /** Values that these are compared with are a faint line. */
  readonly beside?: Beside | undefined;
  readonly label: string;
  /** Start of the window that is chosen, as the API writes it. */
  readonly chosen: string | undefined;
  readonly onChoose: (start: string) => void;
  /** A window in words, for screen readers. */
  readonly describe: (point: Point) => string;
};

/** What the drawing needs; replaced as a whole, so that no drawing mixes two states. */
type Scene = ChartProps & { readonly data: ChartData; readonly palette: Palette };

const HEIGHT_PX = 320;
const HEIGHT_PX_NARROW = 250;
const NARROW_PX = 560;

/** Windows of one series over time. Focus it, and arrow keys go from window to window like a slider's. */
export function Chart(props: ChartProps): JSX.Element {
  const host = useRef<HTMLDivElement>(null);
  const scene = useRef<Scene | undefined>(undefined);
  const plot = useRef<uPlot | undefined>(undefined);
  const data = useMemo(() => chartData(props.points, props.beside), [props.points, props.beside]);
  const [hovered, setHovered] = useState<number | undefined>(undefined);
  const shownPaint = paint.value;
  const episodeKey = props.episodes?.map(({ startMs, endMs }) => `${startMs}-${endMs}`).join(' ');
  const versionKey = props.versions?.map(({ atMs }) => atMs).join(' ');
  const shownLocale = locale();

  useEffect(() => {
    if (!host.current) return undefined;
    const element = host.current;
    scene.current = { ...props, data, palette: readPalette(element) };
    const made = createPlot(element, scene, setHovered);
    plot.current = made;
    const watcher = new ResizeObserver(() => made.setSize(sizeOf(element)));
    watcher.observe(element);
    return () => {
      watcher.disconnect();
      made.destroy();
    };
  }, [props.unit.code, props.unit.scale, props.timezone, props.shape, shownLocale]);

  useEffect(() => {
    if (!host.current || !plot.current) return;
    scene.current = { ...props, data, palette: readPalette(host.current) };
    plot.current.setData(data.columns, true);
  }, [
    data,
    props.watermark,
    props.chosen,
    props.fromMs,
    props.toMs,
    shownPaint,
    episodeKey,
    versionKey,
  ]);

  const chosenAt = data.windows.findIndex(({ point }) => point.start === props.chosen);
  const at = chosenAt < 0 ? undefined : chosenAt;
  const choose = (index: number | undefined): void => {
    const window = index === undefined ? undefined : data.windows[index];
    if (window) props.onChoose(window.point.start);
  };
  const spoken = data.windows[at ?? data.windows.length - 1];
  const last = Math.max(data.windows.length - 1, 0);
  return h(
    'div',
    {
      class: 'chart',
      role: 'slider',
      tabIndex: 0,
      'aria-label': props.label,
      'aria-valuemin': 0,
      'aria-valuemax': last,
      'aria-valuenow': at ?? last,
      'aria-valuetext': spoken ? props.describe(spoken.point) : t('metric.noPoints'),
      onKeyDown: (event: KeyboardEvent) => {
        const next = nextChosen(event.key, at, data.windows.length);
        if (next === undefined) return;
        event.preventDefault();
        choose(next);
      },
      onClick: () => choose(hovered),
    },
    h('div', { class: 'chart-canvas', ref: host, 'aria-hidden': 'true' }),
    h(Tooltip, { data, hovered, plot: plot.current, describe: props.describe }),
  );
}

function Tooltip(props: {
  readonly data: ChartData;
  readonly hovered: number | undefined;
  readonly plot: uPlot | undefined;
  readonly describe: (point: Point) => string;
}): JSX.Element | null {
  const { data, hovered, plot } = props;
  const window = hovered === undefined ? undefined : data.windows[hovered];
  if (!window || !plot) return null;
  const left = plot.valToPos((window.startMs + window.endMs) / 2_000, 'x') + plot.bbox.left / PX();
  const isRight = left > plot.width / 2;
  return h(
    'div',
    {
      class: `chart-tip ${isRight ? 'chart-tip-left' : ''}`,
      'aria-hidden': 'true',
      style: { left: `${String(Math.round(left))}px` },
    },
    props
      .describe(window.point)
      .split('\n')
      .map((line, i) => h('span', { key: i }, line)),
  );
}

const PX = (): number => uPlot.pxRatio;
const sizeOf = (element: Element): { width: number; height: number } => {
  const width = Math.max(element.clientWidth, 200);
  return { width, height: width < NARROW_PX ? HEIGHT_PX_NARROW : HEIGHT_PX };
};

function createPlot(
  element: HTMLElement,
  scene: { readonly current: Scene | undefined },
  onHover: (index: number | undefined) => void,
): uPlot {
  const current = (): Scene => scene.current as Scene;
  const { unit, timezone, data } = current();
  const font = getComputedStyle(document.body).fontFamily;
  return new uPlot(
    {
      ...sizeOf(element),
      padding: [20, 16, 0, 0],
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
      scales: {
        x: { time: true, range: () => [current().fromMs / 1_000, spanEnd(current()) / 1_000] },
        y: { range: () => [...valueRange(shownValues(current().data))] as [number, number] },
      },
      axes: axes({ colours: () => current().palette, unit, locale: locale(), timezone, font }),
      series: [{}, { paths: () => null, points: { show: false } }],
      hooks: {
        drawClear: [(plot) => drawBelow(plot, current())],
        draw: [(plot) => drawWindows(plot, current())],
        setCursor: [
          (plot) =>
            onHover(
              plot.cursor.left === undefined || plot.cursor.left < 0
                ? undefined
                : (plot.cursor.idx ?? undefined),
            ),
        ],
      },
    },
    data.columns,
    element,
  );
}

const shownValues = ({ windows }: ChartData): readonly (number | null)[] =>
  windows.flatMap(({ value, beside }) => [value, beside]);

/** The range ends with the end of its last window. */
const spanEnd = ({ data, toMs }: Scene): number => Math.max(toMs, data.windows.at(-1)?.endMs ?? 0);

const plotBox = ({ bbox }: uPlot): Box => ({
  x: bbox.left,
  y: bbox.top,
  width: bbox.width,
  height: bbox.height,
});

function drawBelow(plot: uPlot, scene: Scene): void {
  const { watermark, palette, timezone, data, chosen, episodes = [], versions = [] } = scene;
  const box = plotBox(plot);
  const { y, height } = box;
  const brush = { context: plot.ctx, palette, px: PX() };
  const selected = data.windows.find(({ point }) => point.start === chosen);
  if (selected) {
    const from = plot.valToPos(selected.startMs / 1_000, 'x', true);
    const to = plot.valToPos(selected.endMs / 1_000, 'x', true);
    plot.ctx.fillStyle = palette.line;
    plot.ctx.fillRect(from, y, to - from, height);
  }
  const xAt = (ms: number): number => plot.valToPos(ms / 1_000, 'x', true);
  for (const { alert, startMs, endMs } of episodes) {
    const from = Math.max(box.x, xAt(startMs));
    const to = Math.min(box.x + box.width, xAt(endMs ?? spanEnd(scene)));
    drawEpisode(brush, { ...box, x: from, width: to - from }, alert.severity);
  }
  for (const { atMs } of versions) drawVersion(brush, box, xAt(atMs));
  if (watermark === null) return;
  const atMs = Date.parse(watermark);
  const label = formatTime(atMs, { locale: locale(), timezone });
  drawWatermark(brush, box, { x: plot.valToPos(atMs / 1_000, 'x', true), label });
}

function drawWindows(plot: uPlot, { data, palette, shape }: Scene): void {
  const brush = { context: plot.ctx, palette, px: PX() };
  const zero = plot.valToPos(0, 'y', true);
  if (shape === 'dots')
    joinValues(plot, data, { values: data.columns[1], colour: palette.soft, dash: [] });
  for (const window of data.windows) {
    const from = plot.valToPos(window.startMs / 1_000, 'x', true);
    const to = plot.valToPos(window.endMs / 1_000, 'x', true);
    if (window.state === 'rebuilding')
      drawRebuilding(brush, { ...plotBox(plot), x: from, width: to - from });
    if (window.value === null) continue;
    const at = plot.valToPos(window.value, 'y', true);
    if (shape === 'dots') {
      drawDot(brush, { x: (from + to) / 2, y: at }, window.state);
      continue;
    }
    const gap = Math.min((to - from) * 0.2, 6 * PX());
    // A zero is a value: a line on the ground, where a window without a value has nothing.
    const height = Math.max(Math.abs(at - zero), ZERO_HEIGHT_PX * PX());
    const y = window.value === 0 ? zero - height : Math.min(at, zero);
    drawBar(brush, { x: from + gap / 2, y, width: to - from - gap, height }, window.state);
  }
  const besides = data.windows.map(({ beside }) => beside);
  joinValues(plot, data, { values: besides, colour: palette.faint, dash: [1.5, 3] });
}
const ZERO_HEIGHT_PX = 1.5;

/** A line through the middles of windows, broken where one has no value. */
function joinValues(
  plot: uPlot,
  data: ChartData,
  line: {
    readonly values: readonly (number | null)[];
    readonly colour: string;
    readonly dash: readonly number[];
  },
): void {
  const { ctx } = plot;
  ctx.save();
  ctx.strokeStyle = line.colour;
  ctx.lineWidth = 1.5 * PX();
  ctx.lineCap = 'round';
  ctx.setLineDash(line.dash.map((length) => length * PX()));
  ctx.beginPath();
  let isDown = false;
  line.values.forEach((value, i) => {
    if (value === null) {
      isDown = false;
      return;
    }
    const x = plot.valToPos(data.columns[0][i] ?? 0, 'x', true);
    const y = plot.valToPos(value, 'y', true);
    if (isDown) ctx.lineTo(x, y);
    else ctx.moveTo(x, y);
    isDown = true;
  });
  ctx.stroke();
  ctx.restore();
}
