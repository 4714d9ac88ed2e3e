import { formatValue } from '../../kernel/accumulator.ts';
import type { MetricDefinition } from '../../kernel/definitions.ts';
import { isManual } from '../../kernel/catalog/manual-windows.ts';
import { labelsOf } from '../../kernel/series.ts';
import { stateOf } from '../../kernel/stage.ts';
import { formatRfc3339, rfc3339Writer } from '../../kernel/time.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { Window } from '../../kernel/window.ts';
import type { AsOfAnswer, Point, PointState, ProjectionState, ValuesAnswer } from './answers.ts';
import { compareFacts } from './compare.ts';
import type { ComparedWindows } from './compare.ts';
import type { FactOf } from './derived.ts';
import { expiryOf } from './facts.ts';
import type { Fact, Reading } from './facts.ts';
import { hasOther, OTHER } from './other.ts';
import type { Page } from './page.ts';
import { watermarkOf } from './projection.ts';
import type { ProjectionHead } from './projection.ts';
import { encodeCursor } from './values-query.ts';
import type { ValuesQuery } from './values-query.ts';
import { withNames } from './window-names.ts';

export function valuesAnswer(
  metric: MetricDefinition,
  query: ValuesQuery,
  read: {
    readonly readings: readonly Reading[];
    readonly windows: readonly Window[];
    readonly page: Page;
    readonly pointsOf: PointsOf;
    readonly asOf?: AsOfAnswer;
    readonly warnings: readonly string[];
  },
): ValuesAnswer {
  const pointsOf: PointsOf = (one) => withNames(metric, query.size, read.pointsOf(one));
  const series = read.page.series
    .filter(({ key }) => key !== OTHER)
    .map((one) => ({ labels: { ...labelsOf(one.key) }, points: pointsOf(one) }));
  const other = read.page.series.find(({ key }) => key === OTHER);
  const { next } = read.page;
  const manual = read.readings.flatMap((one) => (isManual(one.metric) ? [one.metric.id] : []));
  const isApproximate =
    read.readings.some((one) => one.metric.aggregation === 'distinct') &&
    series.some(({ points }) => points.some(({ approximate }) => approximate));
  return {
    metric: metric.id,
    version: metric.version,
    ...(manual.length === 0 ? {} : { manual }),
    unit: metric.unit,
    timezone: metric.timezone,
    ...(metric.calendar ? { calendar: metric.calendar.id } : {}),
    grain: query.grain,
    watermark: timeOrNull(jointWatermark(read.readings.map(({ view }) => view?.head))),
    series,
    ...(other ? { other: { points: pointsOf(other) } } : {}),
    ...(read.asOf ? { asOf: read.asOf } : {}),
    warnings: [...warningsOf(query, { ...read, isApproximate }), ...read.warnings],
    ...(next ? { cursor: encodeCursor({ ...query, after: next }) } : {}),
  };
}

/** Points of one series of a page. */
export type PointsOf = (one: Page['series'][number]) => readonly Point[];

/** Points of any metric and windows, fact by fact. @param scale of the metric's unit */
export function factPoints(
  factOf: FactOf,
  {
    windows,
    compared,
    scale,
  }: {
    readonly windows: readonly Window[];
    readonly compared: ComparedWindows;
    readonly scale: number;
  },
): PointsOf {
  const timeOf = rfc3339Writer();
  const pointAt = (key: string, index: number): Point => {
    const window = windows[index] as Window;
    const fact = factOf(key, window);
    const point = { start: timeOf(window.startMs), end: timeOf(window.endMs) };
    if (compared.size === 0) return { ...point, ...pointOf(fact, scale) };
    const beside = [...compared].map(([name, others]) => {
      const other = others[index] as Window;
      const base = factOf(key, other);
      return [
        name,
        {
          start: timeOf(other.startMs),
          end: timeOf(other.endMs),
          state: pointState(base),
          ...compareFacts(fact, base, scale),
        },
      ] as const;
    });
    return { ...point, ...pointOf(fact, scale), compare: Object.fromEntries(beside) };
  };
  return ({ key, from, to }) => Array.from({ length: to - from }, (_, i) => pointAt(key, from + i));
}

const pointOf = (fact: Fact, scale: number): Omit<Point, 'start' | 'end'> => ({
  value: formatValue(fact.value, scale),
  count: fact.count,
  state: pointState(fact),
  revision: fact.stage === 0 ? 0 : fact.revision,
  completeness: fact.completeness,
  ...(fact.isApproximate ? { approximate: true as const } : {}),
  ...(fact.reason === undefined ? {} : { reason: fact.reason }),
});

const pointState = (fact: Fact): PointState => (fact.isRebuilding ? 'rebuilding' : stateOf(fact));

/** The least of the sources' watermarks; 0 where one has none. */
export const jointWatermark = (heads: readonly (ProjectionHead | undefined)[]): EpochMs =>
  heads.length === 0 ? 0 : Math.min(...heads.map((head) => (head ? watermarkOf(head) : 0)));

/** 0 stands for "none yet" in projections. */
export const timeOrNull = (timeMs: EpochMs): string | null =>
  timeMs === 0 ? null : formatRfc3339(timeMs);

/** The least advanced of the sources. */
export function projectionState(heads: readonly (ProjectionHead | undefined)[]): ProjectionState {
  if (heads.length === 0 || heads.includes(undefined)) return 'absent';
  return heads.some((head) => head?.rebuilding) ? 'rebuilding' : 'live';
}

function warningsOf(
  query: ValuesQuery,
  read: {
    readonly readings: readonly Reading[];
    readonly windows: readonly Window[];
    readonly isApproximate: boolean;
  },
): string[] {
  const warnings = read.readings.flatMap((reading) =>
    readingWarnings(query, reading, read.windows),
  );
  if (read.isApproximate)
    warnings.push(
      'distinct counts marked approximate are estimates with a standard error of 0.81 %',
    );
  return warnings;
}

/** What there is to say of values that were read of one source. */
export function readingWarnings(
  query: Pick<ValuesQuery, 'choice'>,
  reading: Reading,
  windows: readonly Window[],
): string[] {
  const { metric, view, grain } = reading;
  if (!view) return [`${metric.id} has no projection yet: no aggregator has begun it`];
  if (view.head.rebuilding)
    return [`${metric.id} is being rebuilt from the log: its values are withheld until it is done`];
  const warnings: string[] = [];
  const lost = view.head.partitions.reduce((sum, { counters }) => sum + counters.lost, 0);
  if (lost > 0)
    warnings.push(
      `${metric.id} is incomplete: the log's retention took ${lost} records before they were counted`,
    );
  if (query.choice.dimensions.length > 0 && view.head.refused > 0)
    warnings.push(
      `some series of ${metric.id} found no room among its ${metric.maxSeries} a breakdown: their events are in the total ${hasOther(metric, query.choice, view.head) ? 'and in other' : 'only'}`,
    );
  const isExpired = expiryOf(reading);
  const kept = windows.find((window) => !isExpired(window));
  if (kept !== windows[0])
    warnings.push(
      kept
        ? `${grain} cells of ${metric.id} before ${formatRfc3339(kept.startMs)} are past their retention`
        : `${grain} cells of ${metric.id} are past their retention in the whole range`,
    );
  const { eventsFromMs } = metric;
  const isCut = ({ startMs, endMs }: Window): boolean =>
    eventsFromMs !== undefined && startMs < eventsFromMs && eventsFromMs < endMs;
  if (eventsFromMs !== undefined && windows.some(isCut))
    warnings.push(`${metric.id} counts events from ${formatRfc3339(eventsFromMs)} on only`);
  return warnings;
}
