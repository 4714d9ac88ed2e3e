import type uPlot from 'uplot';
import type { Unit } from '../data/format.ts';
import { formatShort } from '../data/format.ts';

const DAY_S = 86_400;
const MONTH_S = 28 * DAY_S;

/**
 * Labels of the time axis in the metric's zone: times, and the date where a day begins.
 * @param splits epoch seconds
 */
export function timeLabels(
  splits: readonly number[],
  stepS: number,
  place: { readonly locale: string; readonly timezone: string },
): string[] {
  const format = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
    new Intl.DateTimeFormat(place.locale, { ...options, timeZone: place.timezone });
  const time = format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const date = format(
    stepS < MONTH_S ? { month: 'short', day: 'numeric' } : { year: 'numeric', month: 'short' },
  );
  let before = '';
  return splits.map((split) => {
    const day = date.format(split * 1_000);
    const isNewDay = day !== before;
    before = day;
    if (stepS >= DAY_S) return day;
    return isNewDay && splits.length > 0
      ? `${time.format(split * 1_000)}\n${day}`
      : time.format(split * 1_000);
  });
}

type AxisColours = { readonly faint: string; readonly line: string };

export function axes(options: {
  readonly colours: () => AxisColours;
  readonly unit: Unit;
  readonly locale: string;
  readonly timezone: string;
  readonly font: string;
}): uPlot.Axis[] {
  const { colours, unit, locale, timezone, font } = options;
  const shared = {
    stroke: () => colours().faint,
    font: `11px ${font}`,
    ticks: { show: false },
  };
  return [
    {
      ...shared,
      size: 40,
      gap: 6,
      space: 64,
      grid: { show: false },
      values: (...[, splits, , , stepS]) => timeLabels(splits, stepS, { locale, timezone }),
    },
    {
      ...shared,
      size: (_plot, values) =>
        Math.max(40, ...(values ?? []).map((value) => value.length * 6.6 + 14)),
      gap: 6,
      space: 44,
      grid: { stroke: () => colours().line, width: 1 },
      values: (_plot, splits) => splits.map((split) => formatShort(split, unit, locale)),
    },
  ];
}
