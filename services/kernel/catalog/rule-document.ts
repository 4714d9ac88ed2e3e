import { z } from 'zod';
import {
  choice,
  dimensionName,
  document,
  duration,
  expression,
  fields,
  httpUrl,
  id,
  localizedText,
  metricId,
} from './fields.ts';
import { group } from './people-fields.ts';

const severity = choice(['critical', 'warning', 'info']);
const count = z.int().min(1).max(1_000);

/** Any window that rules see and targets are for. */
export const windowSize = z
  .union([z.string(), fields({ size: z.string(), every: z.string() })], {
    error: 'must be a window such as PT1H, day or month-to-date, or { size, every }',
  })
  .meta({
    examples: [
      'minute',
      'PT15M',
      'day',
      'month',
      'month-to-date',
      { size: 'PT30M', every: 'PT1M' },
    ],
  });

/** A rule as people write it. */
export const alertRuleDocument = document('AlertRule', {
  metadata: fields({
    id,
    name: localizedText,
    description: z.string().optional(),
    tags: z.array(z.string().min(1).max(64)).max(50).optional(),
  }),
  spec: fields({
    metric: metricId,
    by: z
      .array(dimensionName)
      .max(8)
      .default([])
      .describe('Each member of this breakdown is watched on its own.'),
    window: windowSize.describe('One that slides has a size and begins anew with every step.'),
    evaluate: choice(['onClose', 'onUpdate'])
      .default('onClose')
      .describe(
        'When a window is complete, or at each change of an open one: that one may begin an alert, and a closed one ends it.',
      ),
    when: expression.describe(
      'CEL condition over value, count, previous, samePeriodLastWeek, samePeriodLastMonth, samePeriodLastYear, baseline, target and completeness.',
    ),
    clear: expression
      .optional()
      .describe('When the alert may resolve; by default when the condition does not hold.'),
    for: z
      .union([fields({ breaches: count, of: count }), fields({ duration })], {
        error: 'must be { breaches, of } or { duration }',
      })
      .optional()
      .describe('How long or how often it must hold before the alert fires.'),
    keepFiring: duration
      .prefault('PT0S')
      .describe('How long it must not hold before the alert resolves.'),
    lateness: duration
      .prefault('PT0S')
      .describe(
        'How long after its end a window is still told that breaches by late data only; later it is recorded, and told to nobody.',
      ),
    noData: z
      .union(
        [
          choice(['nodata', 'keepLast', 'ok', 'breach']),
          fields({ after: z.int().min(1).max(100).default(1), severity: severity.optional() }),
        ],
        { error: 'must be nodata, keepLast, ok, breach, or { after, severity } of nodata' },
      )
      .default('nodata')
      .describe(
        'What a window without a value means; an empty one of sum, count or distinct is 0, a value as any. With { after, severity }: nodata after so many in a row, of a severity of its own.',
      ),
    minCount: z.int().min(0).default(0).describe('Windows with fewer events are not judged.'),
    severity: severity.default('warning'),
    notify: fields({
      repeat: z
        .union([duration, z.array(duration).min(1).max(10)], {
          error: 'must be a duration such as PT4H, or a list of them',
        })
        .optional()
        .describe(
          'How long after the last telling it is said again; of a list the next one each time, the last one for good.',
        ),
      max: count.optional(),
      group,
    }).default({}),
    runbook: httpUrl.optional(),
    paused: z
      .boolean()
      .default(false)
      .describe(
        'Whether it judges nothing for now: what burns ends with that reason, and without it the rule begins anew.',
      ),
  }),
});

export type AlertRuleDocument = z.output<typeof alertRuleDocument>;
