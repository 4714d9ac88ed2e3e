import type { Aggregation } from '../../kernel/accumulator.ts';
import type { EventTypeDefinition, SimpleMetric } from '../../kernel/definitions.ts';
import type { Integer } from '../../kernel/integer.ts';
import { invariant } from '../../kernel/result.ts';
import { binOf } from '../../kernel/sketch.ts';
import type { DurationMs, EpochMs } from '../../kernel/time.ts';
import { GRAINS } from '../../kernel/window.ts';
import type { Grain, ZoneCalendar } from '../../kernel/window.ts';
import { finestWindows } from './finest-windows.ts';
import type { FinestWindows } from './finest-windows.ts';
import { OncePerRecord, sharedExpressions } from './expressions.ts';
import type { CompileExpression, SharedExpression } from './expressions.ts';
import { memberText, sharedColumns } from './series-column.ts';
import type { SeriesColumn } from './series-column.ts';

/** A metric made ready to run: expressions as closures, calendars and limits looked up once. */
export type MetricPlan = {
  readonly metric: SimpleMetric;
  readonly type: EventTypeDefinition;
  readonly topic: string;
  readonly calendar: ZoneCalendar;
  /** Finest first: lateness is judged by the first. */
  readonly grains: readonly Grain[];
  /** The finest grain's windows. */
  readonly finest: FinestWindows;
  /** Of the metric, as all below: objects of a catalogue have many shapes, and plans have one. */
  readonly aggregation: Aggregation;
  readonly latenessMs: DurationMs;
  /** −Infinity: of all times. */
  readonly eventsFromMs: EpochMs;
  /** By grain, how long after its window's end a cell takes deltas: retention, which never ends before lateness. */
  readonly keptMs: Readonly<Record<Grain, number>>;
  /** The shortest of these: an event that is not older than this is expired for no grain. */
  readonly keptMsMin: number;
  /** Events for which this is not true are filtered. */
  readonly where: OncePerRecord<unknown> | undefined;
  /** Of a percentile the bin of the value. Null when the event has no value for this metric, which filters it. */
  readonly value: OncePerRecord<Integer | string | null> | undefined;
  /** Of latest: what has the value. An event without one has no value. */
  readonly entity: OncePerRecord<string | null> | undefined;
  /** One per breakdown. */
  readonly columns: readonly SeriesColumn[];
  /** Top-level fields of `data` that the expressions read. */
  readonly fields: ReadonlySet<string>;
  readonly needsStrings: boolean;
};

/** Of a metric version, hence of its projection. */
export const projectionKey = ({ metric }: Pick<MetricPlan, 'metric'>): string =>
  `${metric.id}@${metric.version}`;

/** Makes plans of one event type's metrics, which share what they have in common. */
export type MetricPlanner = (metric: SimpleMetric) => MetricPlan;

/**
 * @param compile compiles a checked CEL text against the event type's schema
 * @returns throws Error for a metric with an expression that does not compile: the catalogue should have refused it
 */
export function metricPlanner(
  { type, topic }: { type: EventTypeDefinition; topic: string },
  compile: CompileExpression,
): MetricPlanner {
  const shared = sharedExpressions(compile);
  const columnOf = sharedColumns();
  const finestOf = finestWindows();
  return (metric) => {
    const where = metric.where === undefined ? undefined : shared(metric.where);
    const value = metric.value === undefined ? undefined : shared(metric.value);
    const entity = metric.entity === undefined ? undefined : shared(metric.entity);
    const dimensions = new Map(
      Object.entries(metric.dimensions).map(([name, text]) => [name, shared(text)]),
    );
    const all = [where, value, entity, ...dimensions.values()].filter((one) => one !== undefined);
    const paths = all.flatMap((compiled) => compiled.paths);
    requireScale(metric, value);
    const grains = GRAINS.filter((grain) => metric.grains.includes(grain));
    const finest = finestOf(metric.timezone, grains[0] ?? 'day');
    const keptMs = keptOf(metric);
    return {
      metric,
      type,
      topic,
      calendar: finest.calendar,
      grains,
      finest,
      aggregation: metric.aggregation,
      latenessMs: metric.latenessMs,
      eventsFromMs: metric.eventsFromMs ?? Number.NEGATIVE_INFINITY,
      keptMs,
      keptMsMin: Math.min(...grains.map((grain) => keptMs[grain])),
      where: where?.value,
      value: valueReader(metric, value, entity),
      entity:
        entity &&
        new OncePerRecord((variables) => memberText(entity, entity.value.read(variables))),
      columns: metric.breakdowns.map((breakdown) =>
        columnOf(
          breakdown.map((name) => ({ name, expression: dimensions.get(name) as SharedExpression })),
        ),
      ),
      fields: new Set(paths.filter(([root]) => root === 'data').map((path) => path[1] ?? '')),
      needsStrings: paths.some(([root]) => root !== 'data'),
    };
  };
}

function requireScale(metric: SimpleMetric, value: SharedExpression | undefined): void {
  if (value?.type.kind !== 'decimal' || ['count', 'distinct'].includes(metric.aggregation)) return;
  invariant(
    value.type.scale === metric.valueScale,
    `${metric.id} stores scale ${metric.valueScale}, but its value has scale ${value.type.scale}`,
  );
}

const keptOf = ({ latenessMs, retentionMs }: SimpleMetric): Record<Grain, number> => ({
  minute: Math.max(latenessMs, retentionMs.minute),
  hour: Math.max(latenessMs, retentionMs.hour),
  day: Math.max(latenessMs, retentionMs.day),
});

function valueReader(
  { aggregation }: SimpleMetric,
  value: SharedExpression | undefined,
  entity: SharedExpression | undefined,
): MetricPlan['value'] {
  if (!value) return undefined;
  const plain = value.value as OncePerRecord<Integer | null>;
  if (entity)
    return new OncePerRecord((variables) =>
      entity.value.read(variables) == null ? null : plain.read(variables),
    );
  if (aggregation === 'distinct')
    return new OncePerRecord((variables) => memberText(value, plain.read(variables)));
  if (aggregation === 'percentile')
    return new OncePerRecord((variables) => {
      const number = plain.read(variables);
      return number === null ? null : binOf(number);
    });
  return plain;
}
