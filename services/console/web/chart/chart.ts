import { h } from 'preact';
import type { JSX } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import type { Comparison } from '../../../kernel/catalog/dashboard-panels.ts';
import type { Point } from '../../core/answers.ts';
import type { Unit } from '../data/format.ts';
import { formatTime } from '../data/format.ts';
import type { Episode } from '../data/episodes.ts';
import type { NoteMark } from '../data/notes.ts';
import type { VersionMark } from '../data/versions.ts';
import { locale } from '../i18n/language.ts';
import { t } from '../i18n/text.ts';
import { chartWindows, nearestWindow, nextChosen, valueRange } from './chart-data.ts';
import type { ChartWindow } from './chart-data.ts';
import {
  drawBar,
  drawDot,
  drawEpisode,
  drawNote,
  drawRebuilding,
  drawVersion,
  drawWatermark,
} from './marks.ts';
import { Canvas, drawLine } from './plot.ts';
import type { Plot } from './plot.ts';

export type ChartProps = {
  readonly points: readonly Point[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly watermark: string | null;
  /** When an alert burned: marked along the top. */
  readonly episodes?: readonly Episode[];
  /** Definitions that were published: a flag where values of another one begin to be computed. */
  readonly versions?: readonly VersionMark[];
  /** What people noted: a drop on the ground. */
  readonly notes?: readonly NoteMark[];
  readonly unit: Unit;
  readonly timezone: string;
  readonly shape: 'bars' | 'dots';
  /** Values that these are compared with are a faint line. */
  readonly beside?: Comparison | undefined;
  readonly label: string;
  /** Start of the window that is chosen, as the API writes it. */
  readonly chosen: string | undefined;
  readonly onChoose: (start: string) => void;
  /** A window in words, for screen readers. */
  readonly describe: (point: Point) => string;
};

/** Windows of one series over time. Focus it, and arrow keys go from window to window like a slider's. */
export function Chart(props: ChartProps): JSX.Element {
  const plot = useRef<Plot | undefined>(undefined);
  const windows = useMemo(
    () => chartWindows(props.points, props.beside),
    [props.points, props.beside],
  );
  const [hovered, setHovered] = useState<number | undefined>(undefined);
  const scene = { ...props, windows };

  const chosenAt = windows.findIndex(({ point }) => point.start === props.chosen);
  const at = chosenAt < 0 ? undefined : chosenAt;
  const choose = (index: number | undefined): void => {
    const window = index === undefined ? undefined : windows[index];
    if (window) props.onChoose(window.point.start);
  };
  const spoken = windows[at ?? windows.length - 1];
  const last = Math.max(windows.length - 1, 0);
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
        const next = nextChosen(event.key, at, windows.length);
        if (next === undefined) return;
        event.preventDefault();
        choose(next);
      },
      onMouseMove: (event: MouseEvent) => setHovered(windowAt(event, plot.current, windows)),
      onMouseLeave: () => setHovered(undefined),
      onClick: () => choose(hovered),
    },
    h(Canvas, {
      picture: {
        fromMs: props.fromMs,
        toMs: spanEnd(scene),
        range: valueRange(windows.flatMap(({ value, beside, target }) => [value, beside, target])),
        unit: props.unit,
        timezone: props.timezone,
        below: (drawn) => drawBelow(drawn, scene),
        above: (drawn) => drawWindows(drawn, scene),
      },
      shows: [
        windows,
        props.watermark,
        props.chosen,
        props.fromMs,
        props.toMs,
        props.unit.code,
        props.unit.scale,
        props.timezone,
        props.shape,
        props.episodes?.map(({ startMs, endMs }) => `${startMs}-${endMs}`).join(' '),
        props.versions?.map(({ atMs }) => atMs).join(' '),
        props.notes?.map(({ atMs }) => atMs).join(' '),
      ],
      onDrawn: (drawn) => {
        plot.current = drawn;
      },
    }),
    h(Tooltip, { windows, hovered, plot: plot.current, describe: props.describe }),
  );
}

/** The window whose middle is next to the pointer; undefined beside the plot. */
function windowAt(
  { clientX, clientY, currentTarget }: MouseEvent,
  plot: Plot | undefined,
  windows: readonly ChartWindow[],
): number | undefined {
  if (!plot || !(currentTarget instanceof Element)) return undefined;
  const { left, top } = currentTarget.getBoundingClientRect();
  const { box, ratio, msAt } = plot;
  const x = (clientX - left) * ratio;
  const y = (clientY - top) * ratio;
  const isOutside = x < box.x || x > box.x + box.width || y < box.y || y > box.y + box.height;
  return isOutside ? undefined : nearestWindow(windows, msAt(x));
}

function Tooltip(props: {
  readonly windows: readonly ChartWindow[];
  readonly hovered: number | undefined;
  readonly plot: Plot | undefined;
  readonly describe: (point: Point) => string;
}): JSX.Element | null {
  const { windows, hovered, plot } = props;
  const window = hovered === undefined ? undefined : windows[hovered];
  if (!window || !plot) return null;
  const { box, ratio } = plot;
  const at = plot.xAt(window.middleMs);
  const isRight = at > box.x + box.width / 2;
  return h(
    'div',
    {
      class: 'chart-hover',
      'aria-hidden': 'true',
      style: {
        left: `${at / ratio}px`,
        top: `${box.y / ratio}px`,
        height: `${box.height / ratio}px`,
      },
    },
    h(
      'div',
      { class: `chart-tip ${isRight ? 'chart-tip-left' : ''}` },
      props
        .describe(window.point)
        .split('\n')
        .map((line, i) => h('span', { key: i }, line)),
    ),
  );
}

/** What is drawn of it. */
type Scene = ChartProps & { readonly windows: readonly ChartWindow[] };

/** The range ends with the end of its last window. */
const spanEnd = ({ windows, toMs }: Scene): number => Math.max(toMs, windows.at(-1)?.endMs ?? 0);

function drawBelow(plot: Plot, scene: Scene): void {
  const { watermark, timezone, windows, chosen, episodes = [], versions = [] } = scene;
  const { context, palette, box, xAt } = plot;
  const selected = windows.find(({ point }) => point.start === chosen);
  if (selected) {
    const { x, width } = columnOf(plot, selected);
    context.fillStyle = palette.line;
    context.fillRect(x, box.y, width, box.height);
  }
  for (const { alert, startMs, endMs } of episodes) {
    const from = Math.max(box.x, xAt(startMs));
    const to = Math.min(box.x + box.width, xAt(endMs ?? spanEnd(scene)));
    drawEpisode(plot, { ...box, x: from, width: to - from }, alert.severity);
  }
  for (const { atMs } of versions) drawVersion(plot, box, xAt(atMs));
  if (watermark === null) return;
  const atMs = Date.parse(watermark);
  const label = formatTime(atMs, { locale: locale(), timezone });
  drawWatermark(plot, box, { x: xAt(atMs), label });
}

function drawWindows(plot: Plot, { windows, shape, notes = [] }: Scene): void {
  const { palette, px } = plot;
  const zero = plot.yAt(0);
  if (shape === 'dots')
    drawLine(
      plot,
      windows.map(({ middleMs, value }) => [middleMs, value]),
      { colour: palette.soft },
    );
  for (const window of windows) {
    const { x, width } = columnOf(plot, window);
    if (window.state === 'rebuilding') drawRebuilding(plot, { ...plot.box, x, width });
    if (window.value === null) continue;
    const at = plot.yAt(window.value);
    if (shape === 'dots') {
      drawDot(plot, { x: x + width / 2, y: at }, window.state);
      continue;
    }
    const gap = Math.min(width * 0.2, 6 * px);
    // A zero is a value: a line on the ground, where a window without a value has nothing.
    const height = Math.max(Math.abs(at - zero), ZERO_HEIGHT_PX * px);
    const y = window.value === 0 ? zero - height : Math.min(at, zero);
    drawBar(plot, { x: x + gap / 2, y, width: width - gap, height }, window.state);
  }
  drawLine(
    plot,
    windows.map(({ middleMs, beside }) => [middleMs, beside]),
    { colour: palette.faint, dash: [1.5, 3] },
  );
  drawLine(
    plot,
    windows.flatMap(({ startMs, endMs, target }) => [
      [startMs, target],
      [endMs, target],
    ]),
    { colour: palette.ink },
  );
  for (const { atMs } of notes) drawNote(plot, plot.box, plot.xAt(atMs));
}
const ZERO_HEIGHT_PX = 1.5;

const columnOf = ({ xAt }: Plot, window: ChartWindow): { x: number; width: number } => {
  const x = xAt(window.startMs);
  return { x, width: xAt(window.endMs) - x };
};
