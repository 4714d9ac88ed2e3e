import { h } from 'preact';
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { Canvas, drawLine } from '../chart/plot.ts';
import type { Plot } from '../chart/plot.ts';
import { formatValue } from '../data/format.ts';
import { labelText, unitFor, useMetrics } from '../data/metric-names.ts';
import { rulePicture, ruleRange } from '../data/rule-chart.ts';
import type { RulePicture, RulePoint, Span } from '../data/rule-chart.ts';
import type { RuleChart, RuleTest } from '../data/rule-test.ts';
import { locale } from '../i18n/language.ts';
import { t } from '../i18n/text.ts';

/** The strip below the values, where it is told when it would have fired. */
const STRIP_PX = 8;

/** The value and its threshold over the tested time, and below it when the rule would have fired. */
export function RuleStrip(props: {
  readonly result: RuleTest;
  readonly chart: RuleChart;
}): JSX.Element {
  const { result, chart } = props;
  const metric = useMetrics().get(result.metric);
  const unit = unitFor(metric, chart.threshold);
  const timezone = metric?.timezone ?? 'UTC';
  const data = useMemo(() => rulePicture(result, chart), [result, chart]);
  const member = labelText(chart.labels, metric);
  const threshold = formatValue(chart.threshold, unit, locale());
  return h(
    'figure',
    { class: 'rule-strip' },
    h(
      'div',
      { role: 'img', 'aria-label': t('rule.chart', { n: data.firing.length, threshold }) },
      h(Canvas, {
        picture: {
          fromMs: data.fromMs,
          toMs: data.toMs,
          range: ruleRange(data),
          unit,
          timezone,
          below: (plot) => {
            plot.context.fillStyle = plot.palette.badSoft;
            drawSpans(plot, data.firing, plot.box);
          },
          above: (plot) => drawValues(plot, data),
        },
        shows: [data, unit.code, unit.scale, timezone],
      }),
    ),
    h(
      'figcaption',
      { class: 'legend' },
      member === '' ? null : h('span', null, member),
      h('span', { class: 'key key-value' }, t('alert.value')),
      chart.threshold === null
        ? null
        : h('span', { class: 'key key-threshold' }, `${t('alert.threshold')} ${threshold}`),
      data.targets.length === 0 ? null : h('span', { class: 'key key-target' }, t('metric.target')),
      h('span', { class: 'key key-firing' }, t('alert.state.firing')),
      h('span', { class: 'key key-nearly' }, t('rule.nearMisses')),
    ),
  );
}

function drawValues(plot: Plot, picture: RulePicture): void {
  const { points, line, threshold, targets, nearly, firing } = picture;
  const { context, palette, px, box, yAt } = plot;
  drawBand(plot, points);
  drawLine(
    plot,
    points.map((point) => [point.atMs, point[line]]),
    { colour: palette.settled, widthPx: 1.25 },
  );
  if (threshold !== null) {
    context.fillStyle = palette.sign;
    // On whole pixels: between two rows it would be blurred, and in neither of its own colour.
    const y = Math.round(yAt(threshold));
    for (let x = box.x; x < box.x + box.width; x += 10 * px)
      context.fillRect(x, y, Math.min(6 * px, box.x + box.width - x), Math.ceil(px));
  }
  // Each by itself: between two that have none lies a gap.
  for (const { fromMs, toMs, value } of targets)
    drawLine(
      plot,
      [
        [fromMs, value],
        [toMs, value],
      ],
      { colour: palette.ink },
    );
  const height = STRIP_PX * px;
  const strip = { y: box.y + box.height - height, height };
  context.fillStyle = palette.warn;
  drawSpans(plot, nearly, strip);
  context.fillStyle = palette.bad;
  drawSpans(plot, firing, strip);
}

/** What lies between the lowest and the highest values, broken where there is none. */
function drawBand({ context, palette, xAt, yAt }: Plot, points: readonly RulePoint[]): void {
  context.fillStyle = palette.soft;
  context.beginPath();
  points.forEach((point, i) => {
    const next = points[i + 1];
    if (point.low === null || point.high === null) return;
    if (!next || next.low === null || next.high === null) return;
    context.moveTo(xAt(point.atMs), yAt(point.low));
    context.lineTo(xAt(point.atMs), yAt(point.high));
    context.lineTo(xAt(next.atMs), yAt(next.high));
    context.lineTo(xAt(next.atMs), yAt(next.low));
  });
  context.fill();
}

function drawSpans(
  { context, px, xAt }: Plot,
  spans: readonly Span[],
  { y, height }: { readonly y: number; readonly height: number },
): void {
  for (const { fromMs, toMs } of spans) {
    const x = xAt(fromMs);
    // However short it was, it is seen.
    context.fillRect(x, y, Math.max(xAt(toMs) - x, 2 * px), height);
  }
}
