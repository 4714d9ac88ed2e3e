import type { DashboardGrain } from '../../../../kernel/catalog/dashboard-panels.ts';
import type { Point } from '../../../core/answers.ts';
import { formatWindow } from '../../data/format.ts';
import type { Place } from '../../data/format.ts';

/** A window in words; a longer one than a day by the days that it begins and ends with. */
export function windowText(point: Point, grain: DashboardGrain, place: Place): string {
  const window = { startMs: Date.parse(point.start), endMs: Date.parse(point.end) };
  if (grain === 'minute' || grain === 'hour' || grain === 'day')
    return formatWindow(window, grain, place);
  const format = new Intl.DateTimeFormat(place.locale, {
    ...(place.timezone === undefined ? {} : { timeZone: place.timezone }),
    year: 'numeric',
    month: 'short',
    ...(grain === 'week' || grain === 'quarter' ? { day: 'numeric' as const } : {}),
  });
  return grain === 'month' || grain === 'year'
    ? grain === 'year'
      ? new Intl.DateTimeFormat(place.locale, {
          ...(place.timezone === undefined ? {} : { timeZone: place.timezone }),
          year: 'numeric',
        }).format(window.startMs)
      : format.format(window.startMs)
    : format.formatRange(window.startMs, window.endMs - 1);
}
