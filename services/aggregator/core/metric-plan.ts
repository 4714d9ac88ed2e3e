import { formatDecimal } from '../../kernel/decimal.ts';
import type { EventTypeDefinition, SimpleMetric } from '../../kernel/definitions.ts';
import type { Compiled } from '../../kernel/expression/types.ts';
import type { Integer } from '../../kernel/integer.ts';
import { invariant } from '../../kernel/result.ts';
import { seriesKey } from '../../kernel/series.ts';
import { binOf } from '../../kernel/sketch.ts';
import type { EpochMs } from '../../kernel/time.ts';
import { GRAINS, zoneCalendar } from '../../kernel/window.ts';
import type { Grain, ZoneCalendar } from '../../kernel/window.ts';
import type { Contribution } from './gathering.ts';
import { CONTRIBUTE } from './gathering.ts';
import type { CellDelta } from './gathering.ts';
import type { Judged, SourceRecord } from './judge.ts';

/** A metric made ready to run: expressions as closures, calendars and limits looked up once. */
export type MetricPlan = {
  readonly metric: SimpleMetric;
  readonly type: EventTypeDefinition;
  readonly topic: string;
  readonly calendar: ZoneCalendar;
  /** Finest first: lateness is judged by the first. */
  readonly grains: readonly Grain[];
  readonly where: (variables: EventVariables) => boolean;
  /** Of a percentile the bin of the value. @returns null when the event has no value for this metric, which filters it */
  readonly value: (variables: EventVariables) => Integer | string | null;
  /** One per breakdown: the key of the series that the event belongs to. */
  readonly seriesKeys: readonly ((variables: EventVariables) => string)[];
  readonly contribute: (cell: CellDelta, contribution: Contribution) => void;
  /** Top-level fields of `data` that the expressions read. */
  readonly fields: ReadonlySet<string>;
  readonly needsStrings: boolean;
};

/** What expressions see. */
export type EventVariables = {
  data: Readonly<Record<string, unknown>>;
  id: string;
  source: string;
  time: EpochMs;
  subject: string | null;
};

export type CompileExpression = (text: string) => Compiled;

/**
 * @param compile compiles a checked CEL text against the event type's schema
 * @throws Error when an expression does not compile: the catalogue should have refused it
 */
export function planMetric(
  definitions: { metric: SimpleMetric; type: EventTypeDefinition; topic: string },
  compile: CompileExpression,
): MetricPlan {
  const { metric, type, topic } = definitions;
  const where = metric.where === undefined ? undefined : compile(metric.where);
  const value = metric.value === undefined ? undefined : compile(metric.value);
  const dimensions = Object.fromEntries(
    Object.entries(metric.dimensions).map(([name, text]) => [name, compile(text)]),
  );
  const all = [where, value, ...Object.values(dimensions)].filter(
    (compiled) => compiled !== undefined,
  );
  const paths = all.flatMap((compiled) => compiled.paths);
  if (value?.type.kind === 'decimal' && !['count', 'distinct'].includes(metric.aggregation))
    invariant(
      value.type.scale === metric.valueScale,
      `${metric.id} stores scale ${metric.valueScale}, but its value has scale ${value.type.scale}`,
    );
  return {
    metric,
    type,
    topic,
    calendar: zoneCalendar(metric.timezone),
    grains: GRAINS.filter((grain) => metric.grains.includes(grain)),
    where: where ? (variables) => where.evaluate(variables) === true : () => true,
    value: valueReader(metric, value),
    seriesKeys: metric.breakdowns.map((breakdown) => seriesKeyReader(breakdown, dimensions)),
    contribute: CONTRIBUTE[metric.aggregation],
    fields: new Set(paths.filter(([root]) => root === 'data').map((path) => path[1] ?? '')),
    needsStrings: paths.some(([root]) => root !== 'data'),
  };
}

function valueReader(metric: SimpleMetric, value: Compiled | undefined): MetricPlan['value'] {
  if (!value) return () => 0;
  if (metric.aggregation === 'distinct')
    return (variables) => memberText(value, value.evaluate(variables));
  if (metric.aggregation === 'percentile')
    return (variables) => {
      const number = value.evaluate(variables) as Integer | null;
      return number === null ? null : binOf(number);
    };
  return (variables) => value.evaluate(variables) as Integer | null;
}

const ALL_SERIES = '[]';

function seriesKeyReader(
  breakdown: readonly string[],
  dimensions: Readonly<Record<string, Compiled>>,
): (variables: EventVariables) => string {
  if (breakdown.length === 0) return () => ALL_SERIES;
  const readers = breakdown.map((name) => dimensions[name] as Compiled);
  return (variables) =>
    seriesKey(
      breakdown,
      readers.map((reader) => memberText(reader, reader.evaluate(variables)) ?? ''),
    );
}

/** A dimension member or distinct member as text; decimals at their scale, null where there is none. */
function memberText(compiled: Compiled, value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (compiled.type.kind === 'decimal') return formatDecimal(value as Integer, compiled.type.scale);
  return String(value);
}

/** What expressions see of a judged event. Strings of the head are made only where some metric reads them. */
export function variablesOf(
  judged: Judged,
  record: SourceRecord,
  needsStrings: boolean,
): EventVariables {
  const { ranges, eventMs } = judged;
  const bytes = record.value as Buffer;
  const text = (from: number, to: number): string => bytes.toString('utf8', from, to);
  return {
    data: judged.data ?? {},
    id: needsStrings ? text(ranges.idFrom, ranges.idTo) : '',
    source: needsStrings ? text(ranges.sourceFrom, ranges.sourceTo) : '',
    time: eventMs,
    subject:
      needsStrings && ranges.subjectFrom >= 0 ? text(ranges.subjectFrom, ranges.subjectTo) : null,
  };
}
