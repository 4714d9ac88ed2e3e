import type { Catalog, MetricDefinition, SimpleMetric } from '../kernel/definitions.ts';
import type { Refusal } from '../kernel/errors.ts';
import { err, ok } from '../kernel/result.ts';
import type { Result } from '../kernel/result.ts';
import { targetsOf } from '../kernel/target.ts';
import { rfc3339Writer } from '../kernel/time.ts';
import { sharedCalendars } from '../kernel/window.ts';
import type { Window, ZoneCalendar } from '../kernel/window.ts';
import { countCells, tilingGrain } from '../kernel/window-merge.ts';
import type { AsOfAnswer, ValuesAnswer } from './core/answers.ts';
import { comparedWindows } from './core/compare.ts';
import type { ComparedWindows } from './core/compare.ts';
import { factsOf, sourcesOf } from './core/derived.ts';
import type { Reading } from './core/facts.ts';
import { cutOther, hasOther, OTHER } from './core/other.ts';
import { cutPage, fittingPage, windowsOfPage } from './core/page.ts';
import type { Page } from './core/page.ts';
import { chooseSeries } from './core/series-choice.ts';
import type { ProjectionHead } from './core/projection.ts';
import type { SeriesEntry } from './core/series-choice.ts';
import { withTargets } from './core/target-points.ts';
import { factPoints, valuesAnswer } from './core/values-answer.ts';
import type { PointsOf } from './core/values-answer.ts';
import type { ValuesQuery } from './core/values-query.ts';
import type { ProjectionReader } from './ports.ts';
import { rowsOf, weighing } from './cell-weights.ts';
import { isNumberAggregation, numberPoints } from './core/number-points.ts';
import { isOneCellEach } from './core/prometheus/columns.ts';
import { readPast } from './past-values.ts';
import type { PastQuestion } from './past-values.ts';
import { otherSeries, readNumbers, readSource, refOf } from './read-source.ts';
import type { Source } from './read-source.ts';

/** Windows of one question, and cells that one answer may be merged from; overlapping windows share cells and merge each anew. */
const WINDOWS_MAX = 50_000;
const CELLS_MAX = 200_000;
/** How often a projection that begins anew while it is read is read again. */
const ATTEMPTS_MAX = 3;

/** Answers questions for values: which cells tile the windows, which series are there, one page of points. */
export type MetricValues = (
  catalog: Catalog,
  metric: MetricDefinition,
  asked: {
    readonly query: ValuesQuery;
    /** Values as they were known earlier. */
    readonly past?: PastQuestion | undefined;
  },
) => Promise<Result<ValuesAnswer, Refusal>>;

export function createMetricValues(reader: ProjectionReader): MetricValues {
  const calendarOf = sharedCalendars();
  const timeOf = rfc3339Writer();

  return async (catalog, metric, { query, past }) => {
    const calendar = calendarOf(metric);
    const windows = windowsOf(calendar, query);
    if (!windows.ok) return windows;
    const { size, compare = [] } = query;
    const compared = comparedWindows(compare, { calendar, size }, windows.value);
    const sources = tile(
      sourcesOf(catalog, metric).map((source) => ({
        metric: source,
        calendar: calendarOf(source),
      })),
      { query, windows: [windows.value, ...compared.values()].flat() },
    );
    if (!sources.ok) return sources;
    const asked = { metric, query, windows: windows.value, compared, past };
    for (let attempt = 1; ; attempt++) {
      const read = await readSources({ reader, timeOf }, sources.value, asked);
      if (!read.ok) return read;
      const { readings, page, asOf, warnings } = read.value;
      if (read.value.isTorn && attempt < ATTEMPTS_MAX) continue;
      const byId = new Map(readings.map((reading) => [reading.metric.id, reading]));
      const { scale } = metric.unit;
      const shown = { windows: windows.value, compared, scale };
      const plain = read.value.pointsOf ?? factPoints(factsOf(metric, catalog, byId), shown);
      const scope = { by: query.choice.dimensions, window: size };
      const pointsOf = withTargets(plain, targetsOf(catalog, metric, scope), (index) => {
        const { endMs } = windows.value[index] as Window;
        return calendar.stepAt(size, endMs - 1).startMs;
      });
      const of = { readings, windows: windows.value, page, pointsOf, warnings };
      return ok(valuesAnswer(metric, query, { ...of, ...(asOf ? { asOf } : {}) }));
    }
  };
}

function windowsOf(calendar: ZoneCalendar, query: ValuesQuery): Result<readonly Window[], Refusal> {
  const windows: Window[] = [];
  const most = Math.floor(WINDOWS_MAX / (1 + (query.compare?.length ?? 0)));
  for (const window of calendar.windowsBetween(query.size, query)) {
    if (windows.length === most)
      return err({
        code: 'invalid_parameter',
        detail: `from and to hold more than ${most} windows: ask for a shorter range or a longer grain`,
      });
    windows.push(window);
  }
  return ok(windows);
}

export function tile(
  sources: readonly { metric: SimpleMetric; calendar: ZoneCalendar }[],
  { query, windows }: { query: Pick<ValuesQuery, 'size' | 'grain'>; windows: readonly Window[] },
): Result<readonly Source[], Refusal> {
  const tiled: Source[] = [];
  for (const { metric, calendar } of sources) {
    const grain = tilingGrain(query.size, metric.grains, { calendar, windows });
    if (!grain)
      return err({
        code: 'grain_unavailable',
        detail: `${metric.id} keeps ${metric.grains.join(', ')} cells, which do not tile windows of ${query.grain}`,
      });
    tiled.push({ metric, calendar, grain });
  }
  return ok(tiled);
}

type Means = {
  readonly reader: ProjectionReader;
  readonly timeOf: ReturnType<typeof rfc3339Writer>;
};
type Asked = {
  readonly metric: MetricDefinition;
  readonly query: ValuesQuery;
  readonly windows: readonly Window[];
  readonly compared: ComparedWindows;
  readonly past: PastQuestion | undefined;
};
type SourcesRead = {
  readonly readings: readonly Reading[];
  readonly page: Page;
  readonly asOf?: AsOfAnswer;
  /** A projection began anew between two reads. */
  readonly isTorn: boolean;
  readonly warnings: readonly string[];
  /** Where values were read as numbers. */
  readonly pointsOf?: PointsOf;
};

/** Reads the page's rectangle of series × windows from every source. */
async function readSources(
  { reader, timeOf }: Means,
  sources: readonly Source[],
  asked: Asked,
): Promise<Result<SourcesRead, Refusal>> {
  const { query, windows } = asked;
  const refs = sources.map(({ metric }) => refOf(metric));
  const heads = await reader.heads(refs);
  const entries = await Promise.all(
    refs.map(async (ref, i) => (heads[i] ? reader.series(ref, heads[i]) : [])),
  );
  const chosen = entries.map((series) => chooseSeries(series, query.choice));
  const keys =
    query.choice.dimensions.length === 0
      ? ['[]']
      : [...new Set(chosen.flatMap((series) => [...series.keys()]))].sort();
  const other = otherPlan(asked, { source: sources[0], head: heads[0], kept: keys.length });
  if (other.windowsMax > 0) keys.push(OTHER);
  const cut = (limit: number): Page =>
    cutOther(cutPage(keys, windows, { after: query.after, limit }), windows, other.windowsMax);
  const cellsOf = weighing(sources, asked, keys.length);
  const page = fittingPage(cut, query.limit, (one) => cellsOf(one) <= CELLS_MAX);
  const cells = cellsOf(page);
  if (cells > CELLS_MAX)
    return err({
      code: 'invalid_parameter',
      detail: `one window of one series would be merged from ${cells} cells (those of percentile and latest weigh more), the limit is ${CELLS_MAX}: ask for shorter windows (grain) or fewer comparisons`,
    });
  const rows = rowsOf(page, asked);
  const isWithOther = page.series.at(-1)?.key === OTHER;
  if (asked.past) {
    const then = sources.map((source, i) => {
      const series = pick(chosen[i] ?? new Map<string, SeriesEntry>(), page);
      return { ...source, head: heads[i], series };
    });
    const past = await readPast(asked.past, then, rows.flat());
    return past.ok ? ok({ ...past.value, page, isTorn: false, warnings: other.warnings }) : past;
  }
  const [first] = sources;
  if (first && heads[0] && !isWithOther && asked.compared.size === 0) {
    const of = { query, windows, page, head: heads[0] };
    const series = pick(chosen[0] ?? new Map<string, SeriesEntry>(), page);
    const numbers = await readNumberPoints({ reader, timeOf }, first, {
      ...of,
      metric: asked.metric,
      series,
    });
    if (numbers) return ok({ ...numbers, page, warnings: other.warnings });
  }
  const read = await Promise.all(
    sources.map((source, i) =>
      readSource(reader, source, {
        series: pick(chosen[i] ?? new Map(), page),
        windows: rows.flat(),
        head: heads[i],
        ...(isWithOther ? { other: otherSeries(entries[i] ?? [], chosen[i]) } : {}),
      }),
    ),
  );
  return ok({
    readings: read.map(({ reading }) => reading),
    page,
    isTorn: read.some(({ isTorn }) => isTorn),
    warnings: other.warnings,
  });
}

/** @returns undefined where cells are more than one number, or not a safe one */
async function readNumberPoints(
  { reader, timeOf }: Means,
  source: Source,
  asked: Pick<Asked, 'metric' | 'query' | 'windows'> & {
    readonly page: Page;
    readonly head: ProjectionHead;
    readonly series: ReadonlyMap<string, SeriesEntry>;
  },
): Promise<Pick<SourcesRead, 'readings' | 'isTorn' | 'pointsOf'> | undefined> {
  const { series, page, head } = asked;
  const isPlain = asked.metric.kind === 'simple' && isNumberAggregation(source.metric.aggregation);
  if (!isPlain || !isOneCellEach(source, asked.query.size)) return undefined;
  const windows = windowsOfPage(page, asked.windows);
  const { reading, numbers } = await readNumbers(reader, source, { series, windows, head });
  if (!numbers) return { readings: [reading], isTorn: true };
  const from = Math.min(...page.series.map((one) => one.from));
  const columns = { ...numbers, keys: [...series.keys()], windows, from };
  const pointsOf = numberPoints(reading, columns, timeOf);
  return pointsOf && { readings: [reading], isTorn: false, pointsOf };
}

/** How many windows of `other` a page may hold: all kept series are read for each. 0: the answer has none. */
function otherPlan(
  { metric, query, windows, compared, past }: Asked,
  {
    source,
    head,
    kept,
  }: { source: Source | undefined; head: ProjectionHead | undefined; kept: number },
): { readonly windowsMax: number; readonly warnings: readonly string[] } {
  if (!source || past || !hasOther(metric, query.choice, head))
    return { windowsMax: 0, warnings: [] };
  const { calendar, grain } = source;
  const cellsOf = (window: Window): number => countCells(calendar, grain, window);
  const largest = windows.reduce((most, window) => Math.max(most, cellsOf(window)), 1);
  const cells = (kept + 1) * largest * (1 + compared.size);
  const windowsMax = Math.floor(CELLS_MAX / cells);
  if (windowsMax > 0) return { windowsMax, warnings: [] };
  const warning = `other of ${metric.id} is left out: a window of it would be merged from ${cells} cells, the limit is ${CELLS_MAX}`;
  return { windowsMax, warnings: [warning] };
}

const pick = (
  chosen: ReadonlyMap<string, SeriesEntry>,
  page: Page,
): ReadonlyMap<string, SeriesEntry> =>
  new Map(
    page.series.flatMap(({ key }) => {
      const entry = chosen.get(key);
      return entry ? [[key, entry] as const] : [];
    }),
  );
