import type { EpochMs } from './time.ts';

/** How far something had come at a time. */
export type Seen = { readonly atMs: EpochMs; readonly done: number };

/** Pace is that of the last minute: a throttle or another load that began since must show. */
const REMEMBERED_MS = 60_000;
const SEEN_MAX = 60;

/**
 * What is remembered of something's progress, oldest first. What went back began anew: nothing of before counts.
 * @returns at most 60 entries, of one minute and the one before it
 */
export function remember(seen: readonly Seen[], now: Seen): readonly Seen[] {
  const last = seen.at(-1);
  if (last && now.done < last.done) return [now];
  const recent = seen.filter(
    ({ atMs }, i) => atMs >= now.atMs - REMEMBERED_MS || i === seen.length - 1,
  );
  return [...recent, now].slice(-SEEN_MAX);
}

/**
 * Seconds until `total` at the pace of what is remembered.
 * @returns 0 when it is reached; null while nothing is known: seen once, or standing still
 */
export function secondsLeft(seen: readonly Seen[], total: number): number | null {
  const [first, last] = [seen[0], seen.at(-1)];
  if (!first || !last) return null;
  if (last.done >= total) return 0;
  const [done, ms] = [last.done - first.done, last.atMs - first.atMs];
  return done > 0 && ms > 0 ? Math.ceil(((total - last.done) * ms) / done / 1_000) : null;
}
