import type { MetricDefinition } from '../../kernel/definitions.ts';
import type { Refusal } from '../../kernel/errors.ts';
import type { PastMark } from '../../kernel/past.ts';
import { parseTime } from '../../kernel/query-time.ts';
import { err, ok } from '../../kernel/result.ts';
import type { Result } from '../../kernel/result.ts';
import { DAY_MS, HOUR_MS } from '../../kernel/time.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { WindowSize } from '../../kernel/window.ts';
import { parseWindowSize, WINDOW_FORMS } from '../../kernel/window-size.ts';
import { parseComparisons } from './compare.ts';
import type { Comparison } from './compare.ts';
import { parseAsOf } from './past.ts';
import { breakdownFor } from './series-choice.ts';
import type { SeriesChoice } from './series-choice.ts';

/** A query string as Fastify gives it. */
export type Parameters = Readonly<Record<string, string | readonly string[] | undefined>>;

export type ValuesQuery = {
  readonly size: WindowSize;
  /** As asked. */
  readonly grain: string;
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
  readonly choice: SeriesChoice;
  readonly compare?: readonly Comparison[];
  /** Values as they were known then. */
  readonly asOf?: PastMark;
  readonly limit: number;
  /** The last point of the page before. */
  readonly after: Position | undefined;
};
/** A point, by the end of its window: windows to date share their starts. */
export type Position = { readonly series: string; readonly endMs: EpochMs };

export const LIMIT_DEFAULT = 1_000;
export const LIMIT_MAX = 10_000;
/** Parameters of `GET /v1/metrics/{id}/values`. */
export type ValuesParameters = {
  /** An RFC 3339 time, or a date: midnight in the metric's zone. */
  readonly from?: string;
  readonly to?: string;
  /** `minute` to `year`, a duration such as `PT15M`, `P7D/P1D`, `month-to-date`. */
  readonly grain?: string;
  /** Dimensions, comma-separated. */
  readonly by?: string;
  /** `dimension:member`; may be repeated. */
  readonly where?: readonly string[];
  /** `previous`, `week`, `month`, `quarter`, `year`, comma-separated. */
  readonly compare?: string;
  /** A time, a date, or positions `topic/partition/offset`: values as they were known then. */
  readonly asOf?: string;
  readonly version?: string;
  /** Points a page, 1 to 10,000. */
  readonly limit?: number;
  /** Of the page before. */
  readonly cursor?: string;
};
const NAMES = Object.keys({
  from: true,
  to: true,
  grain: true,
  by: true,
  where: true,
  compare: true,
  asOf: true,
  version: true,
  limit: true,
  cursor: true,
} satisfies Record<keyof ValuesParameters, true>);
/** May be repeated. */
const LISTS: readonly string[] = ['by', 'where', 'compare'];

const refuse = (detail: string): Result<never, Refusal> =>
  err({ code: 'invalid_parameter', detail });

/**
 * Reads the parameters of `GET /v1/metrics/{id}/values`. Defaults: `grain` the finest that the metric keeps; `to` now;
 * `from` as far back as a chart of that grain shows (an hour of minutes, two days of hours, 30 days, 26 weeks, two
 * years of months, three of quarters, ten years). A time is RFC 3339; a date alone is midnight in the metric's zone.
 */
export function parseValuesQuery(
  metric: MetricDefinition,
  parameters: Parameters,
  nowMs: EpochMs,
): Result<ValuesQuery, Refusal> {
  const unknown = Object.keys(parameters).find((name) => !NAMES.includes(name));
  if (unknown !== undefined)
    return refuse(`no parameter is called ${unknown}; there are ${NAMES.join(', ')}`);
  const repeated = Object.entries(parameters).find(
    ([name, value]) => Array.isArray(value) && !LISTS.includes(name),
  );
  if (repeated) return refuse(`${repeated[0]} is given more than once`);
  const single = parameters as Readonly<Record<string, string | undefined>>;

  const version = checkVersion(metric, single['version']);
  if (!version.ok) return version;
  const grain = single['grain'] ?? metric.grains[0] ?? 'day';
  const size = parseWindowSize(grain);
  if (!size) return refuse(`grain ${grain} is none of ${WINDOW_FORMS}`);
  const range = parseRange(metric, single, { size, nowMs });
  if (!range.ok) return range;
  const choice = parseChoice(metric, parameters);
  if (!choice.ok) return choice;
  const limit = parseLimit(single['limit'], { fallback: LIMIT_DEFAULT, max: LIMIT_MAX });
  if (!limit.ok) return limit;
  const compare = parseComparisons(parameters['compare'], { size, grain });
  if (!compare.ok) return compare;
  const at = { timezone: metric.timezone, nowMs };
  const asOf = single['asOf'] === undefined ? undefined : parseAsOf(single['asOf'], at);
  if (asOf && !asOf.ok) return asOf;
  const query = {
    size,
    grain,
    ...range.value,
    choice: choice.value,
    limit: limit.value,
    ...(compare.value.length === 0 ? {} : { compare: compare.value }),
    ...(asOf ? { asOf: asOf.value } : {}),
  };
  if (single['cursor'] === undefined) return ok({ ...query, after: undefined });
  const cursor = decodeCursor(single['cursor']);
  return cursor ? ok({ ...query, ...cursor }) : refuse('cursor is none that an answer gave');
}

/** Only the published version has a definition to be read by. */
export function checkVersion(
  metric: MetricDefinition,
  version: string | undefined,
): Result<undefined, Refusal> {
  if (version === undefined || version === metric.version) return ok(undefined);
  return err({
    code: 'not_found',
    detail: `${metric.id} has no version ${version}; the published one is ${metric.version}`,
  });
}

/** @returns an integer of 1..max */
export function parseLimit(
  text: string | undefined,
  bounds: { fallback: number; max: number },
): Result<number, Refusal> {
  const limit = text === undefined ? bounds.fallback : Number(text);
  if (/^\d+$/.test(text ?? '1') && limit >= 1 && limit <= bounds.max) return ok(limit);
  return refuse(`limit must be an integer from 1 to ${bounds.max}, not ${text}`);
}

function parseRange(
  metric: MetricDefinition,
  { from, to }: Readonly<Record<string, string | undefined>>,
  { size, nowMs }: { size: WindowSize; nowMs: EpochMs },
): Result<{ fromMs: EpochMs; toMs: EpochMs }, Refusal> {
  const toMs = to === undefined ? nowMs : parseTime(to, metric.timezone);
  if (toMs === undefined) return refuse(`to must be an RFC 3339 time or a date, not ${to}`);
  const fromMs = from === undefined ? toMs - spanOf(size) : parseTime(from, metric.timezone);
  if (fromMs === undefined) return refuse(`from must be an RFC 3339 time or a date, not ${from}`);
  if (fromMs > toMs) return refuse('from lies after to');
  return ok({ fromMs, toMs });
}

const PERIOD_SPANS_MS = {
  week: 26 * 7 * DAY_MS,
  month: 730 * DAY_MS,
  quarter: 1_095 * DAY_MS,
  year: 3_650 * DAY_MS,
} as const;
const GRAIN_SPANS_MS = { minute: HOUR_MS, hour: 2 * DAY_MS, day: 30 * DAY_MS } as const;
const FIXED_WINDOWS = 60;

function spanOf(size: WindowSize): number {
  switch (size.kind) {
    case 'grain':
      return GRAIN_SPANS_MS[size.grain];
    case 'period':
      return PERIOD_SPANS_MS[size.period];
    case 'tumbling':
      return FIXED_WINDOWS * size.sizeMs;
    case 'sliding':
      return FIXED_WINDOWS * size.everyMs;
    case 'sliding-days':
      return GRAIN_SPANS_MS.day;
    case 'to-date':
      return size.period === 'day' ? GRAIN_SPANS_MS.hour : GRAIN_SPANS_MS.day;
  }
}

/** `by` names dimensions, comma-separated; `where=dimension:member` may be repeated, the first colon splits. */
export function parseChoice(
  metric: MetricDefinition,
  parameters: Parameters,
): Result<SeriesChoice, Refusal> {
  const by = [parameters['by'] ?? []]
    .flat()
    .flatMap((text) => text.split(','))
    .filter((name) => name !== '');
  const where = new Map<string, Set<string>>();
  for (const text of [parameters['where'] ?? []].flat()) {
    const cut = text.indexOf(':');
    if (cut < 1) return refuse(`where must be dimension:member, not ${text}`);
    const name = text.slice(0, cut);
    where.set(name, (where.get(name) ?? new Set()).add(text.slice(cut + 1)));
  }
  const dimensions = [...new Set([...by, ...where.keys()])];
  if (breakdownFor(metric.breakdowns, dimensions)) return ok({ dimensions, where });
  const kept = metric.breakdowns.map((names) => `[${names.join(', ')}]`).join(' ');
  return err({
    code: 'breakdown_unavailable',
    detail: `${metric.id} is not kept by [${dimensions.join(', ')}]; it is by ${kept}`,
  });
}

type Cursor = { readonly fromMs: EpochMs; readonly toMs: EpochMs; readonly after: Position };

/** A page begins after a point, within the range that the first page resolved: `to` does not move on between pages. */
export const encodeCursor = ({ fromMs, toMs, after }: Cursor): string =>
  btoa(encodeURIComponent(JSON.stringify([fromMs, toMs, after.series, after.endMs])))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

function decodeCursor(text: string): Cursor | undefined {
  try {
    const plain = decodeURIComponent(atob(text.replaceAll('-', '+').replaceAll('_', '/')));
    const [fromMs, toMs, series, endMs] = JSON.parse(plain) as unknown[];
    if (![fromMs, toMs, endMs].every((ms) => Number.isSafeInteger(ms))) return undefined;
    if (typeof series !== 'string') return undefined;
    return {
      fromMs: fromMs as number,
      toMs: toMs as number,
      after: { series, endMs: endMs as number },
    };
  } catch {
    return undefined;
  }
}
