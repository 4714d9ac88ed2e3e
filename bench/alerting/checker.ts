import type { Received } from './hook.ts';

/** What became of breaches: each must have been told by exactly one message, and its end by one more. */
export type Told = {
  readonly breaches: number;
  /** Breaches of which nobody was told. */
  readonly missed: number;
  /** Messages beyond the first of an episode, under another id, or of what did not breach. */
  readonly doubled: number;
  /** Ends of what was told that nobody was told of, or not exactly once. */
  readonly unended: number;
};

/** @param breached `METRIC STORE`   @param hasEnded whether the ends are there too */
export function toldOf(
  breached: Iterable<string>,
  messages: Iterable<Received>,
  hasEnded: boolean,
): Told {
  const all = [...messages];
  const firing = all.filter(({ type }) => type === 'alert.firing');
  const bySeries = Map.groupBy(firing, ({ series }) => series);
  const wanted = new Set(breached);
  const missed = [...wanted].filter((series) => !bySeries.has(series)).length;
  const once = [...wanted].filter((series) => bySeries.has(series)).length;
  const ends = Map.groupBy(
    all.filter(({ type }) => type === 'alert.resolved'),
    ({ episode }) => episode,
  );
  const unended = firing.filter(({ episode }) => ends.get(episode)?.length !== 1).length;
  return {
    breaches: wanted.size,
    missed,
    doubled: firing.length - once,
    unended: hasEnded ? unended : 0,
  };
}
