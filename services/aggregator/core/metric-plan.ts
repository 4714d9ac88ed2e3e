import type { EventTypeDefinition, SimpleMetric } from '../../kernel/definitions.ts';
import type { Compiled } from '../../kernel/expression/types.ts';
import type { Integer } from '../../kernel/integer.ts';
import { invariant } from '../../kernel/result.ts';
import { binOf } from '../../kernel/sketch.ts';
import type { EpochMs } from '../../kernel/time.ts';
import { GRAINS, zoneCalendar } from '../../kernel/window.ts';
import type { Grain, Window, ZoneCalendar } from '../../kernel/window.ts';
import { CONTRIBUTE } from './cell-delta.ts';
import type { CellDelta, Contribution } from './cell-delta.ts';
import { sharedExpressions } from './expressions.ts';
import type { CompileExpression, EventVariables } from './expressions.ts';
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
  /** The finest grain's window that holds an instant. */
  readonly finestAt: (timeMs: EpochMs) => Window;
  /** By grain, how long after its window's end a cell takes deltas: retention, which never ends before lateness. */
  readonly keptMs: Readonly<Record<Grain, number>>;
  /** The shortest of these: an event that is not older than this is expired for no grain. */
  readonly keptMsMin: number;
  readonly where: (variables: EventVariables) => boolean;
  /** Of a percentile the bin of the value. @returns null when the event has no value for this metric, which filters it */
  readonly value: (variables: EventVariables) => Integer | string | null;
  /** Of latest: what has the value. An event without one has no value. */
  readonly entity: ((variables: EventVariables) => string | null) | undefined;
  /** One per breakdown. */
  readonly columns: readonly SeriesColumn[];
  readonly contribute: (cell: CellDelta, contribution: Contribution) => void;
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
    const calendar = zoneCalendar(metric.timezone);
    const keptMs = keptOf(metric);
    return {
      metric,
      type,
      topic,
      calendar,
      grains,
      finestAt: finestWindows(calendar, grains[0] ?? 'day'),
      keptMs,
      keptMsMin: Math.min(...grains.map((grain) => keptMs[grain])),
      where: where ? (variables) => where.evaluate(variables) === true : () => true,
      value: valueReader(metric, value, entity),
      entity: entity && ((variables) => memberText(entity, entity.evaluate(variables))),
      columns: metric.breakdowns.map((breakdown) =>
        columnOf(breakdown.map((name) => ({ name, expression: dimensions.get(name) as Compiled }))),
      ),
      contribute: CONTRIBUTE[metric.aggregation],
      fields: new Set(paths.filter(([root]) => root === 'data').map((path) => path[1] ?? '')),
      needsStrings: paths.some(([root]) => root !== 'data'),
    };
  };
}

function requireScale(metric: SimpleMetric, value: Compiled | undefined): void {
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

const RECENT_MAX = 64;

/** Windows of one grain, each made once while it is among the recent ones: events of a while fall into few. */
function finestWindows(calendar: ZoneCalendar, grain: Grain): (timeMs: EpochMs) => Window {
  const recent: Window[] = [];
  let last: Window = { startMs: 0, endMs: 0 };
  return (timeMs) => {
    if (timeMs >= last.startMs && timeMs < last.endMs) return last;
    const startMs = calendar.cellStart(grain, timeMs);
    const known = recent.find((window) => window.startMs === startMs);
    last = known ?? { startMs, endMs: calendar.cellEnd(grain, startMs) };
    if (!known && recent.unshift(last) > RECENT_MAX) recent.pop();
    return last;
  };
}

function valueReader(
  metric: SimpleMetric,
  value: Compiled | undefined,
  entity: Compiled | undefined,
): MetricPlan['value'] {
  if (!value) return () => 0;
  if (entity)
    return (variables) =>
      entity.evaluate(variables) == null ? null : (value.evaluate(variables) as Integer | null);
  if (metric.aggregation === 'distinct')
    return (variables) => memberText(value, value.evaluate(variables));
  if (metric.aggregation === 'percentile')
    return (variables) => {
      const number = value.evaluate(variables) as Integer | null;
      return number === null ? null : binOf(number);
    };
  return (variables) => value.evaluate(variables) as Integer | null;
}
