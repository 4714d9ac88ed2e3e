import { z } from 'zod';
import { DAY_MS, MINUTE_MS } from '../time.ts';
import { COMPARISONS, DASHBOARD_GRAINS } from './dashboard-panels.ts';
import { choice, dimensionName, document, durationUpTo, fields } from './fields.ts';
import { id, localizedText, metricId, ownerRef } from './fields.ts';
import { tags } from './metric-fields.ts';

const TEXT_MAX = 10_000;
const text = localizedText.refine(
  ({ en, zh = '' }: { en: string; zh?: string | undefined }) =>
    Math.max(en.length, zh.length) <= TEXT_MAX,
  `must be of at most ${TEXT_MAX} characters`,
);

const range = durationUpTo(3_660 * DAY_MS, 'P3660D').refine(
  (ms) => ms >= MINUTE_MS,
  'must be at least PT1M',
);

/** What every panel may say of its place and name. */
const place = (width: number, height: number) => ({
  title: localizedText.optional().describe('Absent: the name of the metric.'),
  width: z.int().min(1).max(12).default(width).describe('Columns of the twelve.'),
  height: z.int().min(1).max(12).default(height).describe('Rows of 80 px.'),
});
const where = z
  .record(dimensionName, z.string().min(1))
  .default({})
  .describe('Dimension and member: only this series.');
const grain = choice(DASHBOARD_GRAINS);
const compare = choice(COMPARISONS)
  .optional()
  .describe(
    'What a value is set against: the window before, or the one a week, month, quarter or year earlier.',
  );
const ofMetric = { metric: metricId, where };

const panel = z.discriminatedUnion(
  'type',
  [
    fields({
      type: z.literal('chart'),
      ...place(6, 4),
      ...ofMetric,
      grain: grain.default('hour'),
      by: z.array(dimensionName).max(8).default([]).describe('One line for each member.'),
      range: range.optional().describe('Absent: the range of the dashboard.'),
      compare,
    }),
    fields({
      type: z.literal('value'),
      ...place(3, 2),
      ...ofMetric,
      grain: grain.default('day').describe('The window whose value is shown.'),
      compare,
    }),
    fields({
      type: z.literal('table'),
      ...place(6, 4),
      ...ofMetric,
      grain: grain.default('day'),
      by: z.array(dimensionName).min(1).max(8).describe('One row for each member.'),
      rows: z.int().min(1).max(100).default(10).describe('The largest ones.'),
      compare,
    }),
    fields({
      type: z.literal('tree'),
      ...place(12, 4),
      metric: metricId.describe('The metric at the top; below it what it is made of.'),
      grain: grain.default('day'),
      depth: z.int().min(1).max(6).default(3),
    }),
    fields({
      type: z.literal('text'),
      ...place(12, 1),
      text: text.describe(
        'A subset of Markdown: headings, lists, **bold**, *italics*, `code` and links; HTML is shown as it is written.',
      ),
    }),
  ],
  { error: ({ code }) => (code === 'invalid_union' ? PANEL_TYPES_TOLD : undefined) },
);
const PANEL_TYPES_TOLD = 'must be one of chart, value, table, tree, text';

/** Charts, values and words on one page, in a grid of twelve columns. */
export const dashboardDocument = document('Dashboard', {
  metadata: fields({
    id,
    name: localizedText,
    description: localizedText.optional(),
    owner: ownerRef.optional(),
    tags: tags.default([]),
  }),
  spec: fields({
    range: range
      .prefault('P1D')
      .describe('How far back charts reach, unless a panel or the link says otherwise.'),
    panels: z.array(panel).min(1).max(50).describe('From left to right, row by row.'),
  }),
});
export type DashboardDocument = z.output<typeof dashboardDocument>;
export type PanelDocument = DashboardDocument['spec']['panels'][number];
