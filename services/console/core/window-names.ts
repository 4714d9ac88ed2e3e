import type { MetricDefinition } from '../../kernel/definitions.ts';
import { fiscalName, isNamed } from '../../kernel/fiscal-name.ts';
import type { WindowSize } from '../../kernel/window.ts';
import type { Point } from './answers.ts';

/** Whether windows have names in the metric's own calendar: its months, quarters and years, and weeks of years of weeks. */
export const areNamed = ({ calendar }: MetricDefinition, size: WindowSize | undefined): boolean =>
  calendar !== undefined && size?.kind === 'period' && isNamed(size.period, calendar);

/** Points with what their windows are called in the metric's own calendar; as they are where it has no names. */
export function withNames(
  metric: MetricDefinition,
  size: WindowSize,
  points: readonly Point[],
): readonly Point[] {
  const { calendar, timezone } = metric;
  if (!calendar || size.kind !== 'period') return points;
  return points.map((point) => {
    const start = Temporal.Instant.from(point.start).toZonedDateTimeISO(timezone).toPlainDate();
    const name = fiscalName(size.period, start, calendar);
    return name === undefined ? point : { ...point, name };
  });
}
