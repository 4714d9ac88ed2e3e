import { z } from 'zod';
import { CONDITIONS } from '../../../kernel/alert.ts';
import { COMPARISONS } from '../../core/compare.ts';

/** What a tool is called, takes and answers; what it does stands in tool-calls.ts. */
type Declared = {
  /** People see it in their programs. */
  readonly title: { readonly en: string; readonly zh: string };
  /** For the model. */
  readonly description: string;
  readonly input: z.ZodObject;
  /** The route whose answer it gives, with notes: its form is in the OpenAPI document. */
  readonly answers: string;
};

const limit = (what: string, fallback: number, max: number) =>
  z.int().min(1).max(max).default(fallback).describe(`Most ${what} in one answer.`);
const cursor = z
  .string()
  .optional()
  .describe('Of the answer before, to get what follows; all other arguments as then.');
const metric = z.string().describe('Id of a metric, as list_metrics gives it.');
const time = (what: string) =>
  z.string().describe(`${what}: RFC 3339, or a date, which is midnight in the metric's time zone.`);
const by = z
  .array(z.string())
  .optional()
  .describe('Dimensions to break values down by; only breakdowns that the metric declares.');
const where = z
  .record(z.string(), z.array(z.string()))
  .optional()
  .describe('Only these members, by dimension: { "store": ["S001", "S002"] }.');
const labels = z
  .record(z.string(), z.string())
  .optional()
  .describe('One series, a member by dimension: { "store": "S001" }; absent: the total.');
const compare = z
  .array(z.enum(COMPARISONS))
  .optional()
  .describe('Beside each window the one before, or the same a week, month, quarter or year ago.');
const version = z.string().optional().describe('Of the definition; absent: the published one.');
const POINTS = limit('points (windows × series)', 200, 2_000);

const VALUES_FORM =
  'Values are decimal strings in the unit of the metric, never to be rounded or added up by you: ask for the coarser grain, or without `by`, instead. A value of null is no zero. Each point says its state (open: provisional; closed: on time; revised, restated: changed afterwards; final; rebuilding: no value now), its revision and how complete it is; repeat these with the value.';

/** In the order in which an assistant comes to need them. */
export const TOOLS = {
  list_metrics: {
    title: { en: 'Find metrics', zh: '查找指标' },
    description:
      'Lists the published metrics by id, or finds them by words of their names (English or Chinese), purpose, domain, tags and owner. Begin here: other tools take the id. Tells unit, grains, breakdowns (dimensions by which there are values), time zone, owner, and the watermark up to which all events are in.',
    input: z.strictObject({
      search: z.string().optional().describe('Words that all must occur: "net sales".'),
      owner: z.string().optional().describe('person:ID or team:ID.'),
      limit: limit('metrics', 50, 200),
      cursor,
    }),
    answers: 'GET /v1/metrics',
  },
  describe_metric: {
    title: { en: 'Definition of a metric', zh: '指标定义' },
    description:
      'What a metric means and whether it can be trusted: definition and version, formula in one line, additivity (whether values may be added up over members or over time), rounding, owner, lineage (event types, fields, input metrics), what depends on it, cardinality, and what its rules of quality find now.',
    input: z.strictObject({ metric }),
    answers: 'GET /v1/metrics/{id}',
  },
  read_current: {
    title: { en: 'Value of now', zh: '指标当前值' },
    description: `The value of the window that holds now: of today, this hour, this month. It is open, so provisional: completeness says how much of the window is in. ${VALUES_FORM}`,
    input: z.strictObject({
      metric,
      window: z
        .string()
        .optional()
        .describe('minute, hour, day (default), week, month, quarter, year, PT15M, month-to-date.'),
      by,
      where,
      compare,
      version,
      limit: POINTS,
      cursor,
    }),
    answers: 'GET /v1/metrics/{id}/current',
  },
  read_values: {
    title: { en: 'Values over time', zh: '指标历史值' },
    description: `The values of a metric over a range of event time (when things happened), one for each window whose start lies in [from, to). Windows of a day and longer begin and end in the metric's time zone and calendar. ${VALUES_FORM}`,
    input: z.strictObject({
      metric,
      from: time('Start of the range, inclusive').optional(),
      to: time('End of the range, exclusive; absent: now').optional(),
      grain: z
        .string()
        .optional()
        .describe(
          'Length of a window: minute, hour, day, week, month, quarter, year, PT15M, P7D/P1D (seven days, every day), month-to-date; absent: the finest that is kept.',
        ),
      by,
      where,
      compare,
      asOf: z
        .string()
        .optional()
        .describe('A time or a date: values as they were known then, counted again from the log.'),
      version,
      limit: POINTS,
      cursor,
    }),
    answers: 'GET /v1/metrics/{id}/values',
  },
  explain_value: {
    title: { en: 'What a value is made of', zh: '数值由来' },
    description:
      'Why a value is what it is: counts one window of one series again from the log and names the events that contributed most, with their positions. Slow on long windows, one at a time in an installation (overloaded: ask again).',
    input: z.strictObject({
      metric,
      start: z.string().describe('Start of the window, RFC 3339, as a point has it.'),
      end: z.string().describe('End of the window, RFC 3339, exclusive, as a point has it.'),
      labels,
      top: z.int().min(0).max(100).default(10).describe('How many events are named.'),
    }),
    answers: 'POST /v1/metrics/{id}/recount',
  },
  verify_values: {
    title: { en: 'Verify values', zh: '核对数值' },
    description:
      'Whether stored values are right: counts all windows in [from, to) again from the log and compares every cell. differing is 0 when all agree. Changes nothing. Slow on long ranges, one at a time in an installation (overloaded: ask again).',
    input: z.strictObject({
      metric,
      from: time('Start of the range'),
      to: time('End of the range, exclusive'),
    }),
    answers: 'POST /v1/metrics/{id}/verify',
  },
  read_metric_tree: {
    title: { en: 'Metric tree', zh: '指标树' },
    description:
      'Objectives, the metrics that measure them, and what drives those: edges say whether a metric is the sum, product or ratio of its drivers (formula: arithmetic that values obey) or is only influenced by them (declared).',
    input: z.strictObject({
      metric: metric.optional().describe('Only what drives this metric, and what it drives.'),
      limit: limit('metrics', 200, 1_000),
    }),
    answers: 'GET /v1/tree',
  },
  list_alerts: {
    title: { en: 'Alerts', zh: '告警列表' },
    description:
      'Alerts, the newest change first: rule, condition, severity, labels, state (pending, firing, recovering, nodata, ok), value and threshold in the unit of the metric, who answers, whether somebody saw to it, and why messages are withheld. health names rules that judge nothing (paused, or unjudged for the reason that it tells) or not all that they watch (degraded): that they have no alert means nothing.',
    input: z.strictObject({
      state: z.enum(CONDITIONS).optional().describe('firing: what burns now.'),
      owner: z
        .string()
        .optional()
        .describe('person:ID, team:ID, or me: accountable, deputy or assignee.'),
      metric: metric.optional(),
      severity: z.enum(['critical', 'warning', 'info']).optional(),
      limit: limit('alerts', 25, 100),
      cursor,
    }),
    answers: 'GET /v1/alerts',
  },
  read_alert: {
    title: { en: 'An alert', zh: '告警详情' },
    description:
      'One alert in full: its episode, time line, comments, what became of each message, and the evidence by which it fired (window, value, threshold, versions, watermark, cursors). value and window go on with every look; evidence stays.',
    input: z.strictObject({
      alert: z.string().describe('Id of an alert, as list_alerts gives it.'),
    }),
    answers: 'GET /v1/alerts/{id}',
  },
  explain_alert: {
    title: { en: 'Why an alert fired', zh: '告警原因' },
    description:
      'Why an alert fired: its value counted again from the log at the alert’s own cursors (isEqual: whether it agrees), what is stored now, the events that contributed most, who was told and why he.',
    input: z.strictObject({
      alert: z.string().describe('Id of an alert, as list_alerts gives it.'),
    }),
    answers: 'GET /v1/alerts/{id}/explain',
  },
  find_responsible: {
    title: { en: 'Who answers', zh: '谁负责' },
    description:
      'Who answers for a metric, for one of its series, on a date: accountable, deputy, who is told in fact (answering) and who was passed over and why, the escalation, and who else follows. via names the responsibility that says so.',
    input: z.strictObject({
      metric,
      labels,
      at: time('When; absent: now').optional(),
      severity: z
        .enum(['critical', 'warning', 'info'])
        .optional()
        .describe('Followers are told from a severity on; absent: warning.'),
    }),
    answers: 'POST /v1/routes/preview',
  },
  read_pipeline: {
    title: { en: 'State of the pipeline', zh: '数据管道状态' },
    description:
      'Whether figures can be trusted now: per event type the conservation equation (records = counted + filtered + late + expired + duplicate + conflict + dead-lettered + lost + in flight; difference must be 0), lag in records, watermarks and heartbeats; per metric its projection (live, rebuilding, absent) and progress. Those that are not well come first.',
    input: z.strictObject({
      eventType: z.string().optional().describe('Only this event type.'),
      limit: limit('projections', 20, 200),
    }),
    answers: 'GET /v1/pipeline',
  },
} as const satisfies Readonly<Record<string, Declared>>;

export type ToolName = keyof typeof TOOLS;
export type ToolInput<Name extends ToolName> = z.output<(typeof TOOLS)[Name]['input']>;

export const INSTRUCTIONS =
  'Tidemark: exact business metrics from event streams, and the alerts on them. All tools only read. Find the metric with list_metrics, then read_current or read_values; describe_metric before you compare, add up or interpret. Every answer is { notes, answer }: pass on what notes say, above all that a value is provisional, incomplete, being recounted or cut. Times are RFC 3339 in UTC, windows half-open; values are exact decimal strings in the unit that is named. Never put a number in place of null.';
