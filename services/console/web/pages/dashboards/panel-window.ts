import type { DashboardGrain } from '../../../../kernel/catalog/dashboard-panels.ts';
import type { Point } from '../../../core/answers.ts';
import { formatWindow } from '../../data/format.ts';
import type { Place } from '../../data/format.ts';

/** A window in words; a longer one than a day by the days that it begins and ends with. */
export function windowText(
  point: Pick<Point, 'start' | 'end'>,
  grain: DashboardGrain,
  place: Place,
): string {
  const window = { startMs: Date.parse(point.start), endMs: Date.parse(point.end) };
  if (grain === 'minute' || grain === 'hour' || grain === 'day')
    return formatWindow(window, grain, place);
  const zone = place.timezone === undefined ? {} : { timeZone: place.timezone };
  const options = { ...zone, year: 'numeric', ...PARTS[grain] } as const;
  const format = new Intl.DateTimeFormat(place.locale, options);
  return grain === 'month' || grain === 'year'
    ? format.format(window.startMs)
    : format.formatRange(window.startMs, window.endMs - 1);
}

const PARTS = {
  week: { month: 'short', day: 'numeric' },
  month: { month: 'short' },
  quarter: { month: 'short' },
  year: {},
} as const;
