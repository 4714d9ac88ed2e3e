import type { EventTypeDefinition, SimpleMetric, Unit } from '../definitions.ts';
import { eventEnvironment } from '../expression/environment.ts';
import type { Environment } from '../expression/types.ts';
import { parseRfc3339 } from '../time.ts';
import type { EpochMs } from '../time.ts';
import { ADDITIVITY_OF } from './additivity.ts';
import { calendarField, windowRules } from './calendars.ts';
import type { Calendars } from './calendars.ts';
import { checkExpression, checkReference } from './context.ts';
import type { CheckedExpression, Context } from './context.ts';
import type { SimpleMetricDocument } from './documents.ts';
import { checkDrivers } from './drivers.ts';
import { unitOf } from './fields.ts';
import { checkAdditivity, checkDimensionNames, checkWords, described } from './metric-words.ts';
import { checkQualityGrains } from './quality.ts';
import { printed, versionOf } from './version.ts';

type Spec = SimpleMetricDocument['spec'];
type Expressions = {
  readonly where?: CheckedExpression | undefined;
  readonly value?: CheckedExpression | undefined;
  readonly entity?: CheckedExpression | undefined;
  readonly dimensions: ReadonlyMap<string, CheckedExpression>;
};

/** Sums are 64-bit integers: more places would leave too few digits before the point. */
const VALUE_SCALE_MAX = 12;
const COUNTED: Unit = { code: 'count', scale: 0 };

/** What a simple metric names. */
export type MetricSources = {
  /** undefined when the event type has faults of its own, which are told there. */
  readonly eventType: EventTypeDefinition | undefined;
  readonly calendars: Calendars;
};

/**
 * @returns undefined when the metric cannot be used; its own faults are reported
 */
export function simpleMetricOf(
  { metadata, spec }: SimpleMetricDocument,
  { eventType, calendars }: MetricSources,
  context: Context,
): SimpleMetric | undefined {
  const { report } = context;
  checkWords(metadata, (spec.unit ?? COUNTED).scale, context);
  checkQualityGrains(metadata.quality, spec.grains, context);
  checkAdditivity(spec.additivity, ADDITIVITY_OF[spec.aggregation], context);
  checkDrivers(spec.drivers, context);
  const isCounted = spec.aggregation === 'count' || spec.aggregation === 'distinct';
  if (!spec.unit && !isCounted)
    report(['spec'], { code: 'field_missing', message: 'spec.unit is missing' });
  checkPercentile(spec, context);
  checkEntity(spec, context);
  checkLists(spec, context);
  checkDimensionNames(metadata, Object.keys(spec.dimensions), context);
  const eventsFromMs = eventsFrom(spec, context);
  const calendar = calendarField(spec.calendar, calendars, context);
  const known = checkReference(
    { kind: 'EventType', id: spec.event, path: ['spec', 'event'] },
    context,
  );
  if (!known || !eventType) return undefined;
  const expressions = checkExpressions(spec, eventEnvironment(eventType.schema), context);
  if (!expressions) return undefined;
  const type = expressions.value?.compiled.type;
  const valueScale = !isCounted && type?.kind === 'decimal' ? type.scale : 0;
  const unit = spec.unit ? unitOf(spec.unit) : COUNTED;
  return {
    kind: 'simple',
    id: metadata.id,
    version: versionOf({
      event: spec.event,
      timing: timingOf(eventType),
      where: printed(expressions.where?.expression),
      value: printed(expressions.value?.expression),
      aggregation: spec.aggregation,
      ...(expressions.entity ? { entity: printed(expressions.entity.expression) } : {}),
      ...(spec.percentile === undefined ? {} : { percentile: spec.percentile }),
      scales: [valueScale, unit.scale],
      dimensions: Object.fromEntries(
        [...expressions.dimensions].map(([name, { expression }]) => [name, printed(expression)]),
      ),
      breakdowns: spec.breakdowns,
      grains: spec.grains.toSorted(),
      timezone: spec.timezone,
      lateness: spec.lateness,
      retention: spec.retention,
      maxSeries: spec.maxSeries,
      eventsFrom: eventsFromMs ?? null,
      ...windowRules(calendar),
    }),
    ...described(metadata),
    unit,
    direction: spec.direction,
    ...(spec.drivers === undefined ? {} : { drivers: spec.drivers }),
    event: spec.event,
    ...(spec.where === undefined ? {} : { where: spec.where }),
    ...(spec.value === undefined ? {} : { value: spec.value }),
    aggregation: spec.aggregation,
    ...(spec.entity === undefined ? {} : { entity: spec.entity }),
    ...(spec.percentile === undefined ? {} : { percentile: spec.percentile }),
    valueScale,
    dimensions: spec.dimensions,
    breakdowns: spec.breakdowns,
    grains: spec.grains,
    timezone: spec.timezone,
    ...calendar,
    latenessMs: spec.lateness,
    retentionMs: spec.retention,
    maxSeries: spec.maxSeries,
    ...(eventsFromMs === undefined ? {} : { eventsFromMs }),
  };
}

/** What of an event type decides which events count, and when. */
const timingOf = (one: EventTypeDefinition) => [
  one.outOfOrdernessMs,
  one.duplicateHorizonMs,
  one.maxFutureMs,
  one.timeFrom,
];

function checkPercentile({ aggregation, percentile }: Spec, { report }: Context): void {
  if (aggregation === 'percentile' && percentile === undefined)
    report(['spec'], {
      code: 'field_missing',
      message: 'spec.percentile is missing: which one, such as 95',
    });
  if (aggregation !== 'percentile' && percentile !== undefined)
    report(['spec', 'percentile'], {
      code: 'field_invalid',
      message: `${aggregation} takes no percentile; for one say aggregation: percentile`,
    });
}

function checkEntity({ aggregation, entity }: Spec, { report }: Context): void {
  if (aggregation === 'latest' && entity === undefined)
    report(['spec'], {
      code: 'field_missing',
      message: 'spec.entity is missing: what has the value, such as data.sku',
    });
  if (aggregation !== 'latest' && entity !== undefined)
    report(['spec', 'entity'], {
      code: 'field_invalid',
      message: `${aggregation} takes no entity; for the newest value of each say aggregation: latest`,
    });
}

function checkLists(spec: Spec, { report }: Context): void {
  const names = new Set(Object.keys(spec.dimensions));
  const seen = new Set<string>();
  for (const [i, breakdown] of spec.breakdowns.entries()) {
    for (const [j, name] of breakdown.entries()) {
      const path = ['spec', 'breakdowns', i, j];
      if (!names.has(name))
        report(path, {
          code: 'reference_unknown',
          message: `${name} is no dimension of this metric; there are ${[...names].join(', ') || 'none'}`,
        });
      else if (breakdown.indexOf(name) < j)
        report(path, { code: 'field_invalid', message: `${name} stands twice in one breakdown` });
    }
    const key = breakdown.toSorted().join(',');
    if (seen.has(key))
      report(['spec', 'breakdowns', i], {
        code: 'field_invalid',
        message: 'another breakdown has the same dimensions',
      });
    seen.add(key);
  }
  const repeated = spec.grains.findIndex((grain, i) => spec.grains.indexOf(grain) < i);
  if (repeated >= 0)
    report(['spec', 'grains', repeated], {
      code: 'field_invalid',
      message: `${spec.grains[repeated]} stands twice`,
    });
}

/** A date is the start of that day in the metric's zone. */
function eventsFrom(
  { eventsFrom: text, timezone }: Spec,
  { report }: Context,
): EpochMs | undefined {
  if (text === undefined) return undefined;
  const instant = parseRfc3339(text);
  if (instant !== undefined) return instant;
  try {
    if (/^\d{4}-\d{2}-\d{2}$/.test(text))
      return Temporal.PlainDate.from(text).toZonedDateTime(timezone).epochMilliseconds;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  report(['spec', 'eventsFrom'], {
    code: 'field_invalid',
    message: 'must be a date such as 2026-01-31 or an RFC 3339 time',
  });
  return undefined;
}

/** @returns undefined when an expression has a fault */
function checkExpressions(
  spec: Spec,
  environment: Environment,
  context: Context,
): Expressions | undefined {
  const { report } = context;
  let faults = 0;
  const counted: Context = {
    ...context,
    report: (path, fault) => {
      faults++;
      report(path, fault);
    },
  };
  const check = (text: string, path: readonly string[]): CheckedExpression | undefined =>
    checkExpression(text, { path, environment }, counted);

  const where = spec.where === undefined ? undefined : check(spec.where, ['spec', 'where']);
  if (where && where.compiled.type.kind !== 'boolean')
    counted.report(['spec', 'where'], {
      code: 'expression_invalid',
      message: `where must be a condition, not a ${where.compiled.type.kind}`,
    });
  const value = spec.value === undefined ? undefined : check(spec.value, ['spec', 'value']);
  checkValue(spec, value, counted);
  const named = (text: string, path: readonly string[], what: string) => {
    const checked = check(text, path);
    const kind = checked?.compiled.type.kind;
    if (kind === 'timestamp' || kind === 'null')
      counted.report(path, {
        code: 'expression_invalid',
        message: `${what} must be a string, number or boolean, not a ${kind}`,
      });
    return checked;
  };
  const entity =
    spec.entity === undefined ? undefined : named(spec.entity, ['spec', 'entity'], 'an entity');
  const dimensions = new Map<string, CheckedExpression>();
  for (const [name, text] of Object.entries(spec.dimensions)) {
    const dimension = named(text, ['spec', 'dimensions', name], 'a dimension');
    if (dimension) dimensions.set(name, dimension);
  }
  return faults > 0 ? undefined : { where, value, entity, dimensions };
}

function checkValue(
  { aggregation, value: text }: Spec,
  value: CheckedExpression | undefined,
  { report }: Context,
): void {
  const path = ['spec', 'value'];
  if (aggregation === 'count') {
    if (text !== undefined)
      report(path, {
        code: 'field_invalid',
        message: 'count counts events and takes no value; say in where which of them',
      });
    return;
  }
  if (text === undefined)
    return report(['spec'], {
      code: 'field_missing',
      message: `spec.value is missing: ${aggregation} needs one`,
    });
  if (!value) return;
  const { type } = value.compiled;
  if (aggregation === 'distinct') {
    if (type.kind === 'null')
      report(path, { code: 'expression_invalid', message: 'the value is always null' });
    return;
  }
  if (type.kind !== 'decimal')
    report(path, {
      code: 'expression_invalid',
      message: `${aggregation} needs a number, not a ${type.kind}`,
    });
  else if (type.scale > VALUE_SCALE_MAX)
    report(path, {
      code: 'expression_invalid',
      message: `the value has ${type.scale} decimal places; sums keep at most ${VALUE_SCALE_MAX}`,
    });
}
