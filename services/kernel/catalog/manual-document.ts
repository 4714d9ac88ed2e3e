import { z } from 'zod';
import { NAMED_PERIODS } from '../period-name.ts';
import { DAY_MS } from '../time.ts';
import { calendarId } from './calendars.ts';
import { ENTRY_SCALE } from './manual-entry-type.ts';
import {
  choice,
  decimal,
  dimensionName,
  document,
  duration,
  durationUpTo,
  fields,
} from './fields.ts';
import { timezone, unit } from './fields.ts';
import { direction, drivers, metricMetadata, statements } from './metric-fields.ts';

/** A metric whose values people enter, one for each window and member. */
export const manualMetricDocument = document('Metric', {
  metadata: metricMetadata,
  spec: fields({
    type: z.literal('manual'),
    unit: fields({ ...unit.shape, scale: z.int().min(0).max(ENTRY_SCALE).default(0) }).describe(
      'scale: decimal places that may be entered.',
    ),
    direction,
    grain: choice(NAMED_PERIODS)
      .default('day')
      .describe('What one value is entered for; longer windows show their last value.'),
    dimensions: z
      .record(dimensionName, z.array(z.string().min(1).max(200)).min(1).max(1_000))
      .default({})
      .describe('Name of each dimension and its members; a value is entered for each combination.'),
    total: choice(['none', 'sum'])
      .default('none')
      .describe(
        'sum: values of members add up, as heads do; none: they do not, as satisfaction does not, so there is no total.',
      ),
    range: fields({ min: decimal.optional(), max: decimal.optional() })
      .optional()
      .describe('What may be entered at all, both ends included.'),
    timezone: timezone.default('UTC').describe('Days and longer windows begin at midnight there.'),
    calendar: calendarId
      .default('gregorian')
      .describe(
        'gregorian, or the id of a Calendar: of what the weeks to years are that values are entered for.',
      ),
    lateness: durationUpTo(366 * DAY_MS, 'P366D')
      .prefault('P31D')
      .describe(
        'How long after its end a window is entered as usual, and rules hear of it; later entries restate it and page nobody.',
      ),
    retention: fields({ day: duration.prefault('P10Y') })
      .prefault({})
      .describe('How long values are kept.'),
    drivers: drivers.optional(),
    ...statements,
  }),
});
export type ManualMetricDocument = z.output<typeof manualMetricDocument>;
