import type { PipelineAnswer, Point, PointState, Series, ValuesAnswer } from '../answers.ts';

/** What a reader of values must know of them before he repeats them: design P7 in words. */
export function valuesNotes(answer: ValuesAnswer): readonly string[] {
  const { metric, unit, timezone, watermark, series, warnings, cursor, asOf } = answer;
  const points = [...series, ...(answer.other ? [{ points: answer.other.points }] : [])].flatMap(
    (one: Pick<Series, 'points'>) => one.points,
  );
  return [
    `${metric} in ${unit.code}, windows in ${timezone}, start inclusive, end exclusive; ${reachOf(watermark)}`,
    ...(asOf ? ['these are values as they were known then, not those of now'] : []),
    ...stateNotes(points),
    ...emptyNotes(points),
    ...(points.some(({ approximate }) => approximate) ? ['approximate: estimates within 1 %'] : []),
    ...warnings,
    ...cutNotes(cursor),
  ];
}

const reachOf = (watermark: string | null): string =>
  watermark === null
    ? 'no watermark yet: nothing is known to be complete'
    : `all events before ${watermark} are in, as far as is known`;

/** States of which a reader must be told; closed and final windows are what one takes values for. */
const STATE_WORDS: Readonly<Partial<Record<PointState, string>>> = {
  open: 'open: provisional, events may still come (see completeness)',
  rebuilding: 'being recounted from the log: no value is shown, which is no zero',
  revised: 'changed by late events after they had closed (see revision)',
  restated: 'changed by historical events after they were final (see revision)',
};

function stateNotes(points: readonly Point[]): readonly string[] {
  return Object.entries(STATE_WORDS).flatMap(([state, words]) => {
    const count = points.filter((point) => point.state === state).length;
    return count === 0 ? [] : [`${count} of ${points.length} windows are ${words}`];
  });
}

/** Of windows without a value, where it is said why. */
function emptyNotes(points: readonly Point[]): readonly string[] {
  const reasons = Map.groupBy(
    points.filter(({ value, reason }) => value === null && reason !== undefined),
    ({ reason = '' }) => reason,
  );
  return [...reasons].map(
    ([reason, { length }]) => `${length} of ${points.length} windows have no value: ${reason}`,
  );
}

/** @param cursor of an answer; absent, or null, where nothing follows */
export const cutNotes = (cursor: string | null | undefined): readonly string[] =>
  cursor == null
    ? []
    : ['cut: more follow; ask again with the same arguments and the cursor of this answer'];

/** @returns the first `limit`, and a note where that leaves some out */
export function cutList<T>(
  what: string,
  list: readonly T[],
  limit: number,
): { readonly kept: readonly T[]; readonly notes: readonly string[] } {
  if (list.length <= limit) return { kept: list, notes: [] };
  return { kept: list.slice(0, limit), notes: [`cut: ${limit} of ${list.length} ${what}`] };
}

/** Of a whole pipeline: how it is, in a line for each thing that is not as it should be. */
export function pipelineNotes({ eventTypes, projections }: PipelineAnswer): readonly string[] {
  const unbalanced = eventTypes.flatMap(({ metrics }) =>
    metrics.filter(({ difference }) => difference !== 0).map(({ metric }) => metric),
  );
  const lost = eventTypes.flatMap(({ metrics }) =>
    metrics.filter((one) => one.lost > 0).map(({ metric }) => metric),
  );
  const named = (state: string): readonly string[] =>
    projections.filter((one) => one.state === state).map(({ metric }) => metric);
  const lag = Math.max(0, ...projections.map(({ lagRecords }) => lagRecords));
  const line = (words: string, metrics: readonly string[]): readonly string[] =>
    metrics.length === 0 ? [] : [`${words}: ${cutNames(metrics)}`];
  return [
    `${projections.length} projections of ${eventTypes.length} event types; the one furthest behind has ${lag} records to read`,
    ...line('recounted from the log now, so no values are shown', named('rebuilding')),
    ...line('not begun by any aggregator, so no values are shown', named('absent')),
    ...line('events that no counter accounts for', unbalanced),
    ...line('incomplete, since retention took records before they were counted', lost),
  ];
}

const NAMES_MAX = 10;
const cutNames = (names: readonly string[]): string =>
  names.length <= NAMES_MAX
    ? names.join(', ')
    : `${names.slice(0, NAMES_MAX).join(', ')} and ${names.length - NAMES_MAX} more`;
