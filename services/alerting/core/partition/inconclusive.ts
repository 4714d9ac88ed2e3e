import type { AlertState } from '../alert/episode.ts';

/** How many series of each rule were last seen in a window that says nothing. Rules with none are named too, paused ones not. */
export function inconclusiveOf(alerts: Iterable<AlertState>): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const { rule, last, isPaused } of alerts) {
    if (isPaused) continue;
    const count = last?.verdict === 'inconclusive' ? 1 : 0;
    found.set(rule, (found.get(rule) ?? 0) + count);
  }
  return found;
}
