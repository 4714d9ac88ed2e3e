import type { SimpleMetric } from '../definitions.ts';
import { compareDecimals, parseDecimal } from '../decimal.ts';
import type { Calendars } from './calendars.ts';
import type { Context } from './context.ts';
import type { SimpleMetricDocument } from './documents.ts';
import type { ManualMetricDocument } from './manual-document.ts';
import { MANUAL_ENTRY, MANUAL_ENTRY_TYPE } from './manual-entry-type.ts';
import { cellLateness } from './manual-windows.ts';
import type { ManualForm } from './manual-windows.ts';
import { simpleMetricOf } from './simple-metrics.ts';

type Spec = ManualMetricDocument['spec'];

/** Combinations of members: what one page can hold, and one person can fill. */
const CELLS_MAX = 2_000;

/**
 * A manual metric as a simple one over the entries: the last entry of a window and series is its value, since all of one
 * window have the same event time and one metric's entries lie in one partition. Where members add up, `latest` sums the
 * last entries of all of them.
 * @returns undefined when the metric cannot be used; its faults are reported
 */
export function manualMetricOf(
  document: ManualMetricDocument,
  calendars: Calendars,
  context: Context,
): SimpleMetric | undefined {
  checkMembers(document.spec, context);
  checkRange(document.spec, context);
  const types = new Set(context.declared.get('EventType')).add(MANUAL_ENTRY);
  const declared = new Map(context.declared).set('EventType', types);
  const metric = simpleMetricOf(
    asSimple(document, calendars),
    { eventType: MANUAL_ENTRY_TYPE, calendars },
    { ...context, declared },
  );
  return metric && { ...metric, manual: formOf(document.spec) };
}

function formOf({ grain, dimensions, range }: Spec): ManualForm {
  const { min, max } = range ?? {};
  return {
    grain,
    members: dimensions,
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
  };
}

function asSimple(
  { metadata, spec, ...head }: ManualMetricDocument,
  calendars: Calendars,
): SimpleMetricDocument {
  const { unit, direction, timezone, drivers, additivity, rounding } = spec;
  const names = Object.keys(spec.dimensions);
  const addsUp = spec.total === 'sum' && names.length > 0;
  return {
    ...head,
    metadata,
    spec: {
      type: 'simple',
      event: MANUAL_ENTRY,
      where: `data.metric == ${JSON.stringify(metadata.id)}`,
      value: 'data.value',
      aggregation: addsUp ? 'latest' : 'last',
      ...(addsUp ? { entity: 'data.series' } : {}),
      unit,
      direction,
      dimensions: Object.fromEntries(names.map((name) => [name, `data.labels.${name}`])),
      breakdowns: addsUp ? breakdownsOf(names) : [names],
      grains: ['day'],
      timezone,
      calendar: spec.calendar,
      lateness: cellLateness(spec.grain, spec.lateness, calendars.get(spec.calendar)),
      retention: { minute: 0, hour: 0, day: spec.retention.day },
      maxSeries: CELLS_MAX,
      ...(drivers === undefined ? {} : { drivers }),
      ...(additivity === undefined ? {} : { additivity }),
      ...(rounding === undefined ? {} : { rounding }),
    },
  };
}

/** The total, each dimension by itself, and all together. */
const breakdownsOf = (names: readonly string[]): string[][] =>
  names.length === 1 ? [[], [...names]] : [[], ...names.map((name) => [name]), [...names]];

function checkMembers({ dimensions, total }: Spec, { report }: Context): void {
  const path = ['spec', 'dimensions'];
  if (total === 'sum' && Object.keys(dimensions).length === 0)
    report(['spec', 'total'], {
      code: 'field_invalid',
      message: 'sum adds up members, and there are no dimensions',
    });
  for (const [name, members] of Object.entries(dimensions))
    for (const [i, member] of members.entries())
      if (members.indexOf(member) < i)
        report([...path, name, i], { code: 'field_invalid', message: `${member} stands twice` });
  const cells = Object.values(dimensions).reduce((product, { length }) => product * length, 1);
  if (cells > CELLS_MAX)
    report(path, {
      code: 'field_invalid',
      message: `there are ${cells} combinations of members; at most ${CELLS_MAX} can be entered`,
    });
}

function checkRange({ range }: Spec, { report }: Context): void {
  const [min, max] = [range?.min, range?.max].map((text) => parseDecimal(text ?? ''));
  if (min && max && compareDecimals(min, max) > 0)
    report(['spec', 'range', 'min'], {
      code: 'field_invalid',
      message: `${range?.min} is more than ${range?.max}: nothing could be entered`,
    });
}
