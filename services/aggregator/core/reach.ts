/** How far a projection has come in each partition (core/projection-state.ts). */
export type Progress = { readonly next: (topic: string, partition: number) => number };

/**
 * What a lane steps back at most, in records over its partitions, to take a projection up: a tenth of a second of one
 * core. Less than what a judge keeps verdicts of, so that stepping back needs no index.
 */
export const REACH_RECORDS = 50_000;

/** Records of these partitions that `ahead` has taken and `behind` has not. */
export function recordsBetween(
  behind: Progress,
  ahead: Progress,
  at: { readonly topic: string; readonly partitions: readonly number[] },
): number {
  let records = 0;
  for (const partition of at.partitions)
    records += Math.max(0, ahead.next(at.topic, partition) - behind.next(at.topic, partition));
  return records;
}

/** The most records that any of these is ahead by; 0 where there is none. */
export const recordsToReach = (
  behind: Progress,
  others: readonly Progress[],
  at: { readonly topic: string; readonly partitions: readonly number[] },
): number => Math.max(0, ...others.map((ahead) => recordsBetween(behind, ahead, at)));

/** Records of the log that a projection has taken and that there are; `secondsLeft` at the pace of the last minute. */
export type FillProgress = {
  readonly done: number;
  readonly total: number;
  readonly secondsLeft: number | null;
};
export type LogBounds = {
  readonly partition: number;
  readonly first: number;
  readonly end: number;
};

/** By partition: records that the one furthest behind has not taken; nothing is to be read for nobody. */
export const recordsToRead = (
  readers: readonly Progress[],
  topic: string,
  bounds: readonly LogBounds[],
): ReadonlyMap<number, number> =>
  new Map(
    bounds.map(({ partition, end }) => {
      const nexts = readers.map((one) => one.next(topic, partition));
      return [partition, end - Math.min(...nexts, end)];
    }),
  );

/** Offsets of these partitions that are taken, and that there are; below the log's start there are none. */
export function fillOf(
  progress: Progress,
  topic: string,
  bounds: readonly LogBounds[],
): Omit<FillProgress, 'secondsLeft'> {
  let [done, total] = [0, 0];
  for (const { partition, first, end } of bounds) {
    const next = Math.max(first, progress.next(topic, partition));
    done += next - first;
    total += Math.max(next, end) - first;
  }
  return { done, total };
}
