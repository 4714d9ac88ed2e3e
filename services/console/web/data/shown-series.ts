import { labelText } from './metric-names.ts';
import { TOTAL } from './points.ts';
import type { SeriesPoints } from './points.ts';
import { t } from '../i18n/text.ts';

/**
 * Which series the number and the chart of a page show: the one asked for, else the total, else, of a metric that keeps
 * none, the member with the largest value in the newest window.
 */
export function shownSeries(series: SeriesPoints, wanted: string | undefined): string {
  if (wanted !== undefined && series.has(wanted)) return wanted;
  if (series.has(TOTAL)) return TOTAL;
  const weight = (key: string): number => Number(series.get(key)?.points.at(-1)?.value ?? 0);
  return [...series.keys()].sort((a, b) => weight(b) - weight(a))[0] ?? TOTAL;
}

/** What a number beside a breakdown must say of itself: `country: France`, `Total`. */
export const seriesText = (
  labels: Readonly<Record<string, string>>,
  metric: Parameters<typeof labelText>[1],
): string => labelText(labels, metric) || t('metric.total');
