import { EMPTY, formatValue, valueOf } from '../../kernel/accumulator.ts';
import type { Accumulators, Aggregation } from '../../kernel/accumulator.ts';
import { stageAt, stateOf } from '../../kernel/stage.ts';
import type { rfc3339Writer } from '../../kernel/time.ts';
import type { Window } from '../../kernel/window.ts';
import { completenessOf } from '../../kernel/window-merge.ts';
import type { Point, PointState } from './answers.ts';
import { whyWithheld } from './facts.ts';
import type { Reading } from './facts.ts';
import { NOT_STORED, watermarkOf } from './projection.ts';
import type { CellNumbers } from './projection.ts';
import type { PointsOf } from './values-answer.ts';

/** What is the same for all series of a window. */
type Face = Pick<Point, 'start' | 'end' | 'completeness'> & {
  readonly stage: number;
  /** Whether there may be a value; undefined: only where something was counted. */
  readonly isShown: boolean | undefined;
};

/**
 * The same points as those of facts (facts.ts has the reasons), for windows that are one cell each, straight from columns of
 * numbers: several times faster, since nothing is made for a cell but its point.
 * @param read.keys the series of the columns, in their order
 * @param read.windows of the columns   @param read.from index of the first of them among the windows of the answer
 * @returns undefined where a number is not safe, hence perhaps not exact
 */
export function numberPoints(
  reading: Reading,
  read: CellNumbers & {
    readonly keys: readonly string[];
    readonly windows: readonly Window[];
    readonly from: number;
  },
  timeOf: ReturnType<typeof rfc3339Writer>,
): PointsOf | undefined {
  if (read.numbers.some((column) => column.some(isUnsafe))) return undefined;
  const { aggregation, valueScale, unit, percentile } = reading.metric;
  const scales = { valueScale, unitScale: unit.scale, percentile };
  const faces = facesOf(reading, read, timeOf);
  const isRebuilding = !reading.view || reading.view.head.rebuilding;
  const indexOf = new Map(read.keys.map((key, i) => [key, i]));
  const withheld = whyWithheld(reading);
  return ({ key, from, to }) => {
    const i = indexOf.get(key);
    const [numbers, counts, revised, restated] = [
      read.numbers,
      read.contributions,
      read.revisions,
      read.restatements,
    ].map((columns) => (i === undefined ? undefined : columns[i]));
    const points: Point[] = [];
    for (let at = from - read.from; at < to - read.from; at++) {
      const { start, end, completeness, stage, isShown } = faces[at] as Face;
      const count = counts?.[at] || 0;
      const reason = withheld(key, read.windows[at] as Window);
      const cell = count === 0 ? EMPTY : cellOf(aggregation, count, numbers?.[at] as number);
      const value =
        reason === undefined && (isShown ?? count > 0)
          ? formatValue(valueOf(aggregation, cell, scales), unit.scale)
          : null;
      const revision = revised?.[at] || 0;
      const restatements = restated?.[at] || 0;
      const state: PointState = isRebuilding
        ? 'rebuilding'
        : stateOf({ stage, revision, restatements });
      const shownRevision = stage === 0 ? 0 : revision;
      const point = { start, end, value, count, state, revision: shownRevision, completeness };
      points.push(reason === undefined ? point : { ...point, reason });
    }
    return points;
  };
}

const AGGREGATIONS: ReadonlySet<Aggregation> = new Set(['sum', 'count', 'min', 'max', 'avg']);

/** Whether a cell is one integer beside its contributions. */
export const isNumberAggregation = (aggregation: Aggregation): boolean =>
  AGGREGATIONS.has(aggregation);

const isUnsafe = (value: number): boolean => Math.abs(value) > Number.MAX_SAFE_INTEGER;

function cellOf(aggregation: Aggregation, contributions: number, value: number): Accumulators {
  if (aggregation === 'count') return { contributions };
  if (aggregation === 'min') return { contributions, min: value };
  return aggregation === 'max' ? { contributions, max: value } : { contributions, sum: value };
}

function facesOf(
  { metric, view }: Reading,
  { windows, stages }: { readonly windows: readonly Window[] } & Pick<CellNumbers, 'stages'>,
  timeOf: ReturnType<typeof rfc3339Writer>,
): readonly Face[] {
  const { latenessMs, eventsFromMs } = metric;
  const watermarksMs = view?.head.partitions.map((one) => one.watermarkMs) ?? [];
  const watermarkMs = view ? watermarkOf(view.head) : 0;
  // The least of them decides, for every window.
  const leastMs = watermarksMs.length === 0 ? [] : [Math.min(...watermarksMs)];
  let last = { ms: Number.NaN, text: '' };
  return windows.map((window, i) => {
    const { startMs, endMs } = window;
    const start = startMs === last.ms ? last.text : timeOf(startMs);
    last = { ms: endMs, text: timeOf(endMs) };
    const stored = stages[i] as number;
    const isCounted = eventsFromMs === undefined || endMs > eventsFromMs;
    return {
      start,
      end: last.text,
      completeness: completenessOf(window, leastMs),
      stage: stored === NOT_STORED ? stageAt(endMs, { watermarkMs, latenessMs }) : stored,
      isShown: isCounted && watermarkMs < endMs ? undefined : isCounted,
    };
  });
}
