import { z } from 'zod';
import { formatDecimal, parseDecimal, rescaleExact } from '../decimal.ts';
import type { MetricDefinition } from '../definitions.ts';
import { datesNamed, FISCAL_FORMS, isNamed } from '../fiscal-name.ts';
import { daysOfPeriod, PERIOD_FORMS } from '../period-name.ts';
import type { TargetDefinition, TargetEntry } from '../target.ts';
import { calendarOf, PERIODS } from '../window.ts';
import type { WindowSize } from '../window.ts';
import { usualGrain } from '../window-merge.ts';
import { formatWindowSize } from '../window-size.ts';
import { checkOwner, checkReference } from './context.ts';
import type { Context } from './context.ts';
import type { DocumentPath } from './fault.ts';
import {
  decimal,
  dimensionName,
  document,
  fields,
  id,
  localDate,
  localizedText,
  metricId,
  ownerRef,
  textOf,
} from './fields.ts';
import { windowSize } from './rule-document.ts';
import { breakdownFor, windowOf } from './rules.ts';
import type { Metrics } from './rules.ts';

const value = fields({
  where: z
    .record(dimensionName, z.string())
    .default({})
    .describe('Members that a series must have; of several values the one that names most holds.'),
  period: z
    .union([z.string(), z.int()], { error: 'must be a period such as 2026-11' })
    .transform(String)
    .optional()
    .describe(
      'The day, week, month, quarter or year in which the windows begin, in place of from and to; FY2026 M01 is of the calendar of the metric.',
    )
    .meta({ examples: [...Object.values(PERIOD_FORMS), ...Object.values(FISCAL_FORMS)] }),
  from: localDate
    .optional()
    .describe('The first date on which windows begin that it is for; in the zone of the metric.'),
  to: localDate
    .optional()
    .describe(
      'The first date that it is no longer for. Without, it holds until a newer one begins.',
    ),
  value: decimal.describe('What each window is to reach, in the unit of the metric.'),
}).refine(
  ({ period, from, to }) => period === undefined || (from === undefined && to === undefined),
  { error: 'has a period, or from and to' },
);

/** What the windows of a metric are to reach: a plan, by month, week or any other window. */
export const targetDocument = document('Target', {
  metadata: fields({
    id,
    name: localizedText.optional(),
    description: z.string().optional(),
    owner: ownerRef.optional().describe('Who answers for the plan.'),
  }),
  spec: fields({
    metric: metricId,
    by: z
      .array(dimensionName)
      .max(8)
      .default([])
      .describe('The breakdown whose series it is for; [] is the total.'),
    window: windowSize.describe('What each value is for: a month is not split into days.'),
    values: z
      .array(value)
      .min(1)
      .max(10_000)
      .describe(
        'Of those that hold for a window the one that names most members counts, then one with an end, then the newest.',
      ),
  }),
});
export type TargetDocument = z.output<typeof targetDocument>;
type Value = TargetDocument['spec']['values'][number];

/** @returns undefined when it cannot be used; its own faults are reported */
export function targetOf(
  { metadata, spec }: TargetDocument,
  metrics: Metrics,
  context: Context,
): TargetDefinition | undefined {
  checkOwner(metadata.owner, ['metadata', 'owner'], context);
  const window = windowOf(spec, context);
  const known = checkReference(
    { kind: 'Metric', id: spec.metric, path: ['spec', 'metric'] },
    context,
  );
  const metric = metrics.get(spec.metric);
  if (!known || !metric) return undefined;
  const by = breakdownFor(spec, metric, context);
  if (!window || !by) return undefined;
  checkKept(window, metric, context);
  const entries = spec.values.map((one, i) =>
    entryOf(one, { path: ['spec', 'values', i], metric, by, window }, context),
  );
  const { name, owner } = metadata;
  return {
    id: metadata.id,
    ...(name === undefined ? {} : { name: textOf(name) }),
    ...(owner === undefined ? {} : { owner }),
    metric: spec.metric,
    by,
    window,
    entries: entries.filter((one) => one !== undefined),
  };
}

function checkKept(
  window: WindowSize,
  { id, grains, ...metric }: MetricDefinition,
  { report }: Context,
): void {
  const calendar = calendarOf(metric);
  if (usualGrain(window, grains, calendar)) return;
  report(['spec', 'window'], {
    code: 'grain_unavailable',
    message: `${id} keeps ${grains.join(', ')} cells, which do not tile windows of ${formatWindowSize(window)}`,
  });
}

type At = {
  readonly path: DocumentPath;
  readonly metric: MetricDefinition;
  readonly by: readonly string[];
  readonly window: WindowSize;
};

function entryOf(given: Value, at: At, { report }: Context): TargetEntry | undefined {
  const { path, metric, by } = at;
  const refuse = (field: string, message: string): undefined =>
    report([...path, field], { code: 'field_invalid', message }) as undefined;
  for (const name of Object.keys(given.where))
    if (!by.includes(name))
      report([...path, 'where', name], {
        code: 'breakdown_unavailable',
        isName: true,
        message: `the target is not by ${name}; it is by ${by.join(', ') || 'nothing: the total'}`,
      });
  const days = given.period === undefined ? given : daysOf(given.period, metric);
  if (!days)
    return refuse('period', `${given.period} is no period: write ${formsOf(metric).join(', ')}`);
  const { from, to } = days;
  if (from !== undefined && to !== undefined && from >= to)
    return refuse('to', `to must be later than ${from}`);
  if (from !== undefined && to !== undefined && !hasWindow({ from, to }, at))
    return refuse(
      given.period === undefined ? 'to' : 'period',
      `no window of ${formatWindowSize(at.window)} begins from ${from} to before ${to}: the value would never hold`,
    );
  const { scale } = metric.unit;
  const read = parseDecimal(given.value);
  const unscaled = read && rescaleExact(read.unscaled, read.scale, scale);
  if (unscaled === undefined)
    return refuse(
      'value',
      `${given.value} has more decimal places than the unit of ${metric.id}, which has ${scale}`,
    );
  return {
    where: given.where,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    value: formatDecimal(unscaled, scale),
  };
}

/** The days of a period of the Gregorian calendar, or by its name (`FY2026 M01`) of the metric's own. */
function daysOf(
  period: string,
  { calendar }: MetricDefinition,
): { readonly from: string; readonly to: string } | undefined {
  const own = calendar && datesNamed(period, calendar);
  return own ? { from: own.start.toString(), to: own.end.toString() } : daysOfPeriod(period);
}

function formsOf({ calendar }: MetricDefinition): readonly string[] {
  const own = PERIODS.filter((period) => calendar && isNamed(period, calendar));
  return [...Object.values(PERIOD_FORMS), ...own.map((period) => FISCAL_FORMS[period])];
}

function hasWindow(days: { from: string; to: string }, { metric, window }: At): boolean {
  const startOf = (date: string): number =>
    Temporal.PlainDate.from(date).toZonedDateTime(metric.timezone).epochMilliseconds;
  const range = { fromMs: startOf(days.from), toMs: startOf(days.to) };
  for (const _ of calendarOf(metric).windowsBetween(window, range)) return true;
  return false;
}
