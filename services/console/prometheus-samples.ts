import type { Catalog, MetricDefinition } from '../kernel/definitions.ts';
import { formatRfc3339 } from '../kernel/time.ts';
import { sharedCalendars } from '../kernel/window.ts';
import type { Window, WindowSize, ZoneCalendar } from '../kernel/window.ts';
import { factsOf, sourcesOf } from './core/derived.ts';
import type { Reading } from './core/facts.ts';
import {
  cellColumns,
  factColumns,
  isOneCellEach,
  isOneNumber,
  numberColumns,
} from './core/prometheus/columns.ts';
import type { Columns } from './core/prometheus/columns.ts';
import { gridOf, WINDOWS_MAX, windowsSeen } from './core/prometheus/grid.ts';
import type { Times } from './core/prometheus/grid.ts';
import { promLabels } from './core/prometheus/names.ts';
import { selectMetrics } from './core/prometheus/selection.ts';
import type { MetricSelection } from './core/prometheus/selection.ts';
import type { Selection } from './core/promql/ast.ts';
import { unanswerable } from './core/promql/fault.ts';
import { acceptsLabel } from './core/promql/matcher.ts';
import type { SampledSeries } from './core/promql/samples.ts';
import type { ProjectionHead } from './core/projection.ts';
import { chooseSeries } from './core/series-choice.ts';
import type { SeriesEntry } from './core/series-choice.ts';
import { readingWarnings } from './core/values-answer.ts';
import { weightOf } from './cell-weights.ts';
import { tile } from './metric-values.ts';
import type { ProjectionReader } from './ports.ts';
import { readNumbers, readSource, refOf } from './read-source.ts';
import type { Source } from './read-source.ts';

/** Cells that one selection may be read or merged from (as those of the read API weigh), and its series. */
const CELLS_MAX = 500_000;
const SERIES_MAX = 10_000;
/** How often a projection that begins anew while it is read is read again. */
const ATTEMPTS_MAX = 3;

export type SelectionRead = {
  readonly series: readonly SampledSeries[];
  readonly metrics: readonly MetricDefinition[];
  readonly warnings: readonly string[];
};

/**
 * Reads what a selector may see at these times. Open windows have no sample, but for an instant query at now.
 * @throws QueryFaultError execution; redis_unavailable
 */
export type ReadSelection = (
  catalog: Catalog,
  asked: { readonly selection: Selection; readonly times: Times },
) => Promise<SelectionRead>;

type Asked = Parameters<ReadSelection>[1];

export function createSelectionReader(reader: ProjectionReader): ReadSelection {
  const calendarOf = sharedCalendars();
  return async (catalog, asked) => {
    const chosen = selectMetrics(catalog, asked.selection);
    const read: SelectionRead[] = [];
    for (const one of chosen)
      read.push(await readMetric({ reader, calendarOf }, catalog, { ...asked, ...one }));
    return {
      series: read.flatMap(({ series }) => series),
      metrics: read.flatMap(({ metrics }) => metrics),
      warnings: read.flatMap(({ warnings }) => warnings),
    };
  };
}

type Ports = {
  readonly reader: ProjectionReader;
  readonly calendarOf: ReturnType<typeof sharedCalendars>;
};
type OneAsked = Asked & MetricSelection;

async function readMetric(ports: Ports, catalog: Catalog, asked: OneAsked): Promise<SelectionRead> {
  const { metric, size, grain, selection, times } = asked;
  const calendar = ports.calendarOf(metric);
  const windows = windowsSeen(calendar, size, { selector: selection.selector, times });
  if (!windows)
    return unanswerable(
      `the query reads more than ${WINDOWS_MAX} windows of ${metric.id}: ask for a shorter range or a coarser grain`,
    );
  const tiled = tile(
    sourcesOf(catalog, metric).map((source) => ({
      metric: source,
      calendar: ports.calendarOf(source),
    })),
    { query: { size, grain }, windows },
  );
  if (!tiled.ok) return unanswerable(tiled.error.detail);
  for (let attempt = 1; ; attempt++) {
    const read = await readSources(ports.reader, tiled.value, { ...asked, windows });
    if (read.isTorn && attempt < ATTEMPTS_MAX) continue;
    const { readings } = read;
    const columns = read.columns ?? columnsOf(catalog, { ...asked, readings, windows });
    return sampled({ ...asked, windows, calendar }, { ...read, columns });
  }
}

type SourcesRead = {
  readonly readings: readonly Reading[];
  readonly keys: readonly string[];
  readonly isTorn: boolean;
  /** Where values were read as numbers. */
  readonly columns?: Columns;
};

/** Values by the fastest way that gives them. */
function columnsOf(
  catalog: Catalog,
  { metric, size, readings, windows }: MetricSelection & ReadWindows,
): Columns {
  const [reading] = readings;
  if (metric.kind === 'simple' && reading && isOneCellEach(reading, size))
    return cellColumns(reading, windows);
  const byId = new Map(readings.map((one) => [one.metric.id, one]));
  return factColumns(factsOf(metric, catalog, byId), windows, metric.unit.scale);
}
type ReadWindows = { readonly readings: readonly Reading[]; readonly windows: readonly Window[] };

/** Reads series × windows of every source at once. */
async function readSources(
  reader: ProjectionReader,
  sources: readonly Source[],
  asked: OneAsked & { readonly windows: readonly Window[] },
): Promise<SourcesRead> {
  const { metric, dimensions, selection, windows } = asked;
  const refs = sources.map(({ metric: source }) => refOf(source));
  const heads = await reader.heads(refs);
  const chosen = await Promise.all(
    refs.map(async (ref, i) => {
      const entries = heads[i] ? await reader.series(ref, heads[i]) : [];
      return accepted(chooseSeries(entries, { dimensions, where: new Map() }), selection, metric);
    }),
  );
  const keys =
    dimensions.length === 0
      ? ['[]']
      : [...new Set(chosen.flatMap((series) => [...series.keys()]))].sort();
  if (keys.length > SERIES_MAX)
    unanswerable(
      `the query reads ${keys.length} series of ${metric.id}, the limit is ${SERIES_MAX}: select fewer`,
    );
  const cells = sources.reduce((sum, source) => sum + keys.length * weightOf(source, windows), 0);
  if (cells > CELLS_MAX)
    unanswerable(
      `the query would be answered from ${cells} cells of ${metric.id}, the limit is ${CELLS_MAX}: ask for a shorter range, fewer series or a coarser grain`,
    );
  const [first] = sources;
  const [head] = heads;
  if (metric.kind === 'simple' && first && head) {
    const of = { head, windows, series: chosen[0] ?? new Map(), size: asked.size };
    const numbers = await readNumberColumns(reader, first, of);
    if (numbers) return { keys, ...numbers };
  }
  const read = await Promise.all(
    sources.map((source, i) =>
      readSource(reader, source, {
        series: chosen[i] ?? new Map(),
        windows,
        head: heads[i],
        only: 'values',
      }),
    ),
  );
  return {
    readings: read.map(({ reading }) => reading),
    keys,
    isTorn: read.some(({ isTorn }) => isTorn),
  };
}

/** @returns undefined where cells are no numbers alone, or not safe ones */
async function readNumberColumns(
  reader: ProjectionReader,
  source: Source,
  of: {
    readonly head: ProjectionHead;
    readonly series: ReadonlyMap<string, SeriesEntry>;
    readonly windows: readonly Window[];
    readonly size: WindowSize;
  },
): Promise<Omit<SourcesRead, 'keys'> | undefined> {
  const { windows, size } = of;
  if (!isOneCellEach(source, size) || !isOneNumber(source.metric)) return undefined;
  const { reading, numbers } = await readNumbers(reader, source, { ...of, only: 'values' });
  if (!numbers) return { readings: [reading], isTorn: true };
  const columns = numberColumns(reading, windows, { ...numbers, keys: [...of.series.keys()] });
  return columns && { readings: [reading], isTorn: false, columns };
}

/** Those series whose members the matchers accept. */
const accepted = (
  series: ReadonlyMap<string, SeriesEntry>,
  { selector }: Selection,
  metric: MetricDefinition,
): ReadonlyMap<string, SeriesEntry> =>
  new Map(
    [...series].filter(([key]) =>
      Object.entries(promLabels(metric.id, '', key)).every(
        ([label, value]) =>
          !(label in (series.get(key)?.labels ?? {})) ||
          acceptsLabel(selector.matchers, label, value),
      ),
    ),
  );

/** Facts as samples, and what there is to say of them. */
function sampled(
  asked: OneAsked & { readonly windows: readonly Window[]; readonly calendar: ZoneCalendar },
  { readings, keys, columns }: SourcesRead & { readonly columns: Columns },
): SelectionRead {
  const { metric, grain, size, dimensions, windows, calendar, times } = asked;
  const nowMs = times.isNow ? times.lastMs : Infinity;
  const grid = gridOf(windows, { calendar, size, nowMs });
  let openFromMs = Infinity;
  const series = keys.map((key): SampledSeries => {
    const { values, has, stages } = columns(key);
    for (let i = 0; i < windows.length; i++) {
      if (has[i] === 0 || (stages[i] as number) > 0) continue;
      if (times.isNow) openFromMs = Math.min(openFromMs, windows[i]?.startMs ?? Infinity);
      else has[i] = 0;
    }
    return { labels: promLabels(metric.id, grain, key), grid, values, has };
  });
  const choice = { dimensions, where: new Map<string, ReadonlySet<string>>() };
  const warnings = readings.flatMap((one) => readingWarnings({ choice }, one, windows));
  if (openFromMs !== Infinity)
    warnings.push(
      `windows of ${metric.id} from ${formatRfc3339(openFromMs)} on are still open: their values are provisional`,
    );
  return { series, metrics: [metric], warnings };
}
