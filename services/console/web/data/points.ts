import type { Point, PointState, Series, ValueEvent } from '../../core/answers.ts';

/** Series by key, as `kernel/series.ts` writes it: names and members in the breakdown's order. */
export type SeriesPoints = ReadonlyMap<string, SeriesOfPoints>;
export type SeriesOfPoints = {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly Point[];
};

export const TOTAL = '[]';

/** Keys of one breakdown are compared by its names in the order asked for; what has no labels is the total beside it. */
export const keyOf = (labels: Readonly<Record<string, string>>, by: readonly string[]): string =>
  Object.keys(labels).length === 0
    ? TOTAL
    : JSON.stringify(by.flatMap((name) => [name, labels[name] ?? '']));

/** Whether labels belong to the breakdown: the same names, no more, no less. */
export const isOfBreakdown = (
  labels: Readonly<Record<string, string>>,
  by: readonly string[],
): boolean => Object.keys(labels).length === by.length && by.every((name) => name in labels);

const RANK: Readonly<Record<PointState, number>> = {
  rebuilding: -1,
  open: 0,
  closed: 1,
  revised: 2,
  final: 3,
  restated: 4,
};

/**
 * Whether `next` is at least as complete as `kept` for the same window: more events, then the later state, then the
 * higher revision (design section 7). Live events and answers may overtake each other.
 */
export function isNewer(
  next: Pick<Point, 'count' | 'state' | 'revision'>,
  kept: Pick<Point, 'count' | 'state' | 'revision'>,
): boolean {
  if (next.count !== kept.count) return next.count > kept.count;
  if (RANK[next.state] !== RANK[kept.state]) return RANK[next.state] > RANK[kept.state];
  return next.revision >= kept.revision;
}

/** The share of a window that lies before the watermark, 0 to 1. */
export function completenessAt(window: { start: string; end: string }, watermark: string | null) {
  if (watermark === null) return 0;
  const startMs = Date.parse(window.start);
  const share = (Date.parse(watermark) - startMs) / (Date.parse(window.end) - startMs);
  return Math.min(1, Math.max(0, share));
}

/** What the answer said, or more where the watermark has moved on since. */
export const shownCompleteness = (point: Point, watermark: string | null): number =>
  Math.max(point.completeness, completenessAt(point, watermark));

export const pointOf = (event: ValueEvent): Point => ({
  start: event.start,
  end: event.end,
  value: event.value,
  count: event.count,
  state: event.state,
  revision: event.revision,
  completeness: completenessAt(event, event.watermark),
});

/** The series with the point put in its place: replaced where it is newer, added where its window is new. */
export function withPoint(points: readonly Point[], next: Point): readonly Point[] {
  const at = points.findLastIndex((point) => point.start <= next.start);
  const kept = points[at];
  if (kept?.start !== next.start) return points.toSpliced(at + 1, 0, next);
  if (!isNewer(next, kept)) return points;
  // What it is compared with lies in the past, what it is to reach in the catalogue, and why there is still no value
  // only readers of the cells know: no event tells them again.
  const { compare, target, reason } = kept;
  const told = {
    ...(compare ? { compare } : {}),
    ...(target === undefined ? {} : { target }),
    ...(reason === undefined || next.value !== null ? {} : { reason }),
  };
  return points.with(at, { ...told, ...next });
}

/** What an answer's series and the live events after it amount to. */
export function withEvents(
  series: readonly Series[],
  by: readonly string[],
  events: Iterable<ValueEvent>,
): SeriesPoints {
  const merged = new Map<string, SeriesOfPoints>();
  for (const { labels, points } of series) {
    const key = keyOf(labels, by);
    // Pages split a series: its parts are put together again.
    merged.set(key, { labels, points: [...(merged.get(key)?.points ?? []), ...points] });
  }
  for (const event of events) {
    const key = keyOf(event.labels, by);
    const known = merged.get(key) ?? { labels: event.labels, points: [] };
    merged.set(key, { ...known, points: withPoint(known.points, pointOf(event)) });
  }
  return merged;
}

/** The window that holds now, or the last that began before. */
export function currentPoint(points: readonly Point[], nowMs: number): Point | undefined {
  return points.findLast((point) => Date.parse(point.start) <= nowMs);
}

/** The window before another. */
export const pointBefore = (
  points: readonly Point[],
  point: Point | undefined,
): Point | undefined => point && points.findLast((candidate) => candidate.start < point.start);
