import type { SimpleMetric } from '../kernel/definitions.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { Grain, Window, ZoneCalendar } from '../kernel/window.ts';
import type { Reading } from './core/facts.ts';
import { seriesWithOther, withOther } from './core/other.ts';
import type { NumbersView, ProjectionHead } from './core/projection.ts';
import type { SeriesEntry } from './core/series-choice.ts';
import type { NumberAggregation, ProjectionReader, ProjectionRef } from './ports.ts';
import { readUnions } from './unions.ts';

/** A source with the grain that tiles the windows asked for. */
export type Source = {
  readonly metric: SimpleMetric;
  readonly calendar: ZoneCalendar;
  readonly grain: Grain;
};

export const refOf = ({ id, version }: SimpleMetric): ProjectionRef => ({
  metric: id,
  version,
});

/** Series that `other` is computed from. */
export type OtherSeries = {
  readonly total: SeriesEntry | undefined;
  readonly kept: readonly SeriesEntry[];
};

export const otherSeries = (
  entries: readonly SeriesEntry[],
  chosen: ReadonlyMap<string, SeriesEntry> = new Map(),
): OtherSeries => ({
  total: entries.find(({ key }) => key === '[]'),
  kept: [...chosen.values()],
});

/** Of the cells of all windows, each once and in order: those of overlapping windows come again. */
function startsOf({ calendar, grain }: Source, windows: readonly Window[]): readonly EpochMs[] {
  const starts = new Set<EpochMs>();
  for (const { startMs, endMs } of windows)
    for (let at = startMs; at < endMs; at = calendar.cellEnd(grain, at)) starts.add(at);
  return [...starts];
}

/** Reads the cells of these series and windows as they are now. */
export async function readSource(
  reader: ProjectionReader,
  source: Source,
  asked: {
    readonly series: ReadonlyMap<string, SeriesEntry>;
    readonly windows: readonly Window[];
    readonly head: ProjectionHead | undefined;
    readonly other?: OtherSeries;
    readonly only?: 'values';
  },
): Promise<{ reading: Reading; isTorn: boolean }> {
  const { metric, calendar, grain } = source;
  const { windows, other } = asked;
  const series = other ? seriesWithOther(asked.series) : asked.series;
  const starts = startsOf(source, windows);
  const read = other ? [...other.kept, ...(other.total ? [other.total] : [])] : series.values();
  const numbers = [...read].map(({ number }) => number);
  const { aggregation } = metric;
  const found = asked.head
    ? await reader.cells(refOf(metric), {
        grain,
        aggregation,
        starts,
        series: numbers,
        ...(asked.only ? { only: asked.only } : {}),
      })
    : undefined;
  // In another generation the same numbers are other series, or none yet.
  const same = found?.head.generation === asked.head?.generation ? found : undefined;
  const view = same && other ? withOther(same, other) : same;
  const of = { metric, calendar, grain, view, series };
  const unions = await readUnions(reader, refOf(metric), { ...of, windows });
  const reading: Reading = { ...of, ...unions };
  return { reading, isTorn: asked.head !== undefined && view === undefined };
}

/**
 * Reads windows that are one cell each, of an aggregation whose cells are one integer, as columns: by series in the order
 * given, then by window.
 * @returns no numbers where the projection began anew meanwhile
 */
export async function readNumbers(
  reader: ProjectionReader,
  { metric, calendar, grain }: Source,
  asked: {
    readonly series: ReadonlyMap<string, SeriesEntry>;
    readonly windows: readonly Window[];
    readonly head: ProjectionHead;
    readonly only?: 'values';
  },
): Promise<{ readonly reading: Reading; readonly numbers: NumbersView | undefined }> {
  const { series, windows, head, only } = asked;
  const unions = { membersOf: () => undefined, latestOf: () => undefined };
  const nothing: Reading = { metric, calendar, grain, series, view: undefined, ...unions };
  const numbers = await reader.numbers(refOf(metric), {
    grain,
    aggregation: metric.aggregation as NumberAggregation,
    starts: windows.map(({ startMs }) => startMs),
    series: [...series.values()].map(({ number }) => number),
    finality: {
      ends: windows.map(({ endMs }) => endMs),
      latenessMs: metric.latenessMs,
      retentionMs: metric.retentionMs[grain],
    },
    ...(only ? { only } : {}),
  });
  // In another generation the same numbers are other series, or none yet.
  if (numbers?.head.generation !== head.generation) return { reading: nothing, numbers: undefined };
  return { reading: { ...nothing, view: { head: numbers.head, windows: new Map() } }, numbers };
}
