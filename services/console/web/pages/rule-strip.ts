import { h } from 'preact';
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { axes } from '../chart/axes.ts';
import { readPalette } from '../chart/marks.ts';
import { formatValue } from '../data/format.ts';
import type { Unit } from '../data/format.ts';
import { labelText, unitFor, useMetrics } from '../data/metric-names.ts';
import { ruleColumns, ruleRange } from '../data/rule-chart.ts';
import type { RuleColumns, Span } from '../data/rule-chart.ts';
import type { RuleChart, RuleTest } from '../data/rule-test.ts';
import { paint } from '../data/theme.ts';
import { locale } from '../i18n/language.ts';
import { t } from '../i18n/text.ts';

const HEIGHT_PX = 240;
/** The strip below the values, where it is told when it would have fired. */
const STRIP_PX = 8;

/** The value and its threshold over the tested time, and below it when the rule would have fired. */
export function RuleStrip(props: {
  readonly result: RuleTest;
  readonly chart: RuleChart;
}): JSX.Element {
  const { result, chart } = props;
  const host = useRef<HTMLDivElement>(null);
  const metric = useMetrics().get(result.metric);
  const unit = unitFor(metric, chart.threshold);
  const timezone = metric?.timezone ?? 'UTC';
  const data = useMemo(() => ruleColumns(result, chart), [result, chart]);
  const shownLocale = locale();
  const shownPaint = paint.value;
  useEffect(() => {
    const element = host.current;
    if (!element) return undefined;
    const plot = draw(element, { data, unit, timezone });
    const watcher = new ResizeObserver(() =>
      plot.setSize({ width: element.clientWidth, height: HEIGHT_PX }),
    );
    watcher.observe(element);
    return () => {
      watcher.disconnect();
      plot.destroy();
    };
  }, [data, unit.code, unit.scale, timezone, shownLocale, shownPaint]);
  const member = labelText(chart.labels);
  const threshold = formatValue(chart.threshold, unit, locale());
  return h(
    'figure',
    { class: 'rule-strip' },
    h('div', {
      ref: host,
      role: 'img',
      'aria-label': t('rule.chart', { n: data.firing.length, threshold }),
    }),
    h(
      'figcaption',
      { class: 'legend' },
      member === '' ? null : h('span', null, member),
      h('span', { class: 'key key-value' }, t('alert.value')),
      chart.threshold === null
        ? null
        : h('span', { class: 'key key-threshold' }, `${t('alert.threshold')} ${threshold}`),
      h('span', { class: 'key key-firing' }, t('alert.state.firing')),
      h('span', { class: 'key key-nearly' }, t('rule.nearMisses')),
    ),
  );
}

function draw(
  element: HTMLElement,
  of: { readonly data: RuleColumns; readonly unit: Unit; readonly timezone: string },
): uPlot {
  const { data, unit, timezone } = of;
  const style = getComputedStyle(element);
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const palette = readPalette(element);
  const px = uPlot.pxRatio;
  const { fromMs, toMs } = data;
  const line = (side: RuleColumns['line']): uPlot.Series => ({
    ...(side === data.line ? { stroke: palette.settled, width: 1.25 } : { width: 0 }),
    points: { show: false },
  });
  const spans = (
    plot: uPlot,
    list: readonly Span[],
    shape: { y: number; height: number },
  ): void => {
    for (const span of list) {
      const from = plot.valToPos(span.fromMs / 1_000, 'x', true);
      const to = plot.valToPos(span.toMs / 1_000, 'x', true);
      // However short it was, it is seen.
      plot.ctx.fillRect(from, shape.y, Math.max(to - from, 2 * px), shape.height);
    }
  };
  return new uPlot(
    {
      width: element.clientWidth,
      height: HEIGHT_PX,
      padding: [10, 12, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { time: true, range: () => [fromMs / 1_000, toMs / 1_000] },
        y: { range: () => [...ruleRange(data)] as [number, number] },
      },
      axes: axes({
        colours: () => palette,
        unit,
        locale: locale(),
        timezone,
        font: getComputedStyle(document.body).fontFamily,
      }),
      series: [{}, line('low'), line('high')],
      bands: [{ series: [2, 1], fill: palette.soft }],
      hooks: {
        drawClear: [
          (plot) => {
            const { top, height } = plot.bbox;
            plot.ctx.fillStyle = colour('bad-soft');
            spans(plot, data.firing, { y: top, height });
          },
        ],
        draw: [
          (plot) => {
            if (data.threshold !== null) drawThreshold(plot, data.threshold, colour('sign'));
            const strip = {
              y: plot.bbox.top + plot.bbox.height - STRIP_PX * px,
              height: STRIP_PX * px,
            };
            plot.ctx.fillStyle = colour('warn');
            spans(plot, data.nearly, strip);
            plot.ctx.fillStyle = colour('bad');
            spans(plot, data.firing, strip);
          },
        ],
      },
    },
    data.columns,
    element,
  );
}

function drawThreshold(plot: uPlot, threshold: number, colour: string): void {
  const { ctx, bbox } = plot;
  // Along the middle of a row of pixels: between two rows it would be blurred, and in neither of its own colour.
  const y = Math.floor(plot.valToPos(threshold, 'y', true)) + 0.5;
  const px = uPlot.pxRatio;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1.5 * px;
  ctx.setLineDash([6 * px, 4 * px]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}
