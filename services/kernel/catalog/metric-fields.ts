import { z } from 'zod';
import { DAY_MS } from '../time.ts';
import { GRAINS } from '../window.ts';
import {
  choice,
  dimensionName,
  duration,
  durationUpTo,
  expression,
  fields,
  localDate,
  localizedText,
  metricId,
  ownerRef,
} from './fields.ts';

/** Fields of metrics that both kinds have, and what people need to know of them. */

const words = z.string().min(1).max(2_000);
export const tags = z.array(z.string().min(1).max(64)).max(50);

/** What helps people; nothing is computed from it. Of event types and metrics. */
export const descriptive = {
  domain: z.string().optional().describe('Business domain, such as finance.'),
  process: z
    .string()
    .optional()
    .describe('Business process that it belongs to, such as order-to-cash.'),
  purpose: localizedText.optional().describe('What it is looked at for.'),
  objective: z.string().optional().describe('What it is to serve; an Objective may have this id.'),
  steward: ownerRef.optional().describe('Who maintains the definition.'),
  deputy: ownerRef.optional().describe('Who stands in for the owner.'),
  tags: tags.default([]),
  aliases: z
    .array(z.string().min(1))
    .max(50)
    .optional()
    .describe('Other names by which it is known and found.'),
  reviewBy: localDate.optional().describe('When somebody has to look whether it is still right.'),
};

const quality = z
  .array(
    fields({
      id: z.string().min(1).max(100),
      expect: expression
        .optional()
        .describe(
          'CEL over value, count and completeness that has to be true of every window that is due. A rule has this or maxAge.',
        ),
      grain: choice(GRAINS)
        .optional()
        .describe('Of the windows that are judged; by default the longest that the metric keeps.'),
      within: durationUpTo(366 * DAY_MS, 'P366D')
        .optional()
        .describe(
          'A window is due when the watermark has passed its end, and at the latest this long after its end, by the clock, as it then stands. PT15M by default.',
        ),
      maxAge: duration
        .optional()
        .describe('How far the watermark of the metric may lie behind the clock.'),
      reason: words.optional(),
    }),
  )
  .max(20)
  .describe(
    'What must hold for the metric to be trusted. The console judges the newest windows of the total: GET /v1/metrics/{id}, its page and /metrics/kpi tell of it. No value depends on it, and people are told by an AlertRule only.',
  );

/** No value depends on any of it, so that none is part of the version. */
export const metricMetadata = fields({
  id: metricId,
  code: z
    .string()
    .regex(/^\S(?:.{0,62}\S)?$/, 'a text of 1 to 64 characters without spaces around it')
    .optional()
    .describe(
      'By which the organisation’s own list of KPIs names it, such as FIN-001; of one metric only.',
    ),
  name: localizedText,
  owner: ownerRef.describe('Who is accountable; the responsibility matrix refines it.'),
  ...descriptive,
  definition: localizedText.optional().describe('What is counted and what is not, in words.'),
  department: z.string().min(1).max(200).optional().describe('Department of the owner.'),
  source: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .describe('System of record that the events tell of.'),
  dimensionNames: z
    .record(dimensionName, localizedText)
    .optional()
    .describe(
      'What readers see of a dimension, in place of its name; a derived metric has those of its inputs by default.',
    ),
  quality: quality.optional(),
});

export const ADDITIVITIES = ['additive', 'semi-additive', 'non-additive'] as const;
/**
 * Whether values may be added up. `additive`: over members and over time; `semi-additive`: over members only, as stocks;
 * `non-additive`: neither, as ratios and distinct counts.
 */
export type Additivity = (typeof ADDITIVITIES)[number];

/** Statements about values that are checked, and change none. */
export const statements = {
  additivity: choice(ADDITIVITIES)
    .optional()
    .describe('Whether values may be added up. It follows from the rest; said, it is checked.'),
  rounding: choice(['half-even'], ['half-up', 'down', 'up'])
    .optional()
    .describe('How values are rounded at the scale of the unit; half-even is the only way.'),
};

export const direction = choice(['up', 'down', 'none'])
  .default('none')
  .describe('Which way is good.');
export const breakdowns = z
  .array(z.array(dimensionName).max(8))
  .min(1)
  .max(32)
  .describe('Lists of dimensions that values are kept by; [] is the total.');
export const grains = z
  .array(choice(GRAINS))
  .min(1)
  .describe(
    'What cells are kept by; every window is made of them. Lateness is judged by the finest.',
  );
export const drivers = z
  .array(fields({ metric: metricId, operator: choice(['+', '-', '*', '/', 'influence']) }))
  .max(50)
  .describe(
    'What the metric is made of or moved by: its alerts name a driver that breaches with it and explains enough.',
  );
