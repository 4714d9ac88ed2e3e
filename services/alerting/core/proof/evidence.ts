import { formatRfc3339 } from '../../../kernel/time.ts';
import type { AlertState, Check } from '../alert/episode.ts';
import { currentEpisode } from '../alert/record.ts';

/** What the alert stands on, and the alert with the versions of rule and metric by which that was found. */
export type Evidence = { readonly check: Check; readonly state: AlertState };

/**
 * The check by which its current episode fired, or began where it has not; before any episode, by which it was pending.
 * Of an alert that never moved, and of documents of before, the last one.
 */
export function evidenceOf(state: AlertState): Evidence | null {
  const episode = currentEpisode(state);
  const { firedBy, firedUnder } = episode ?? {};
  if (firedBy) return { check: firedBy, state: { ...state, ...firedUnder } };
  const began = episode ? episode.begunBy : state.pendedBy;
  if (began) return { check: began.check, state: { ...state, ...began.under } };
  return state.last && { check: state.last, state };
}

/** A check's window, as answers show it. */
export const windowAnswer = ({ window }: Check) => ({
  start: formatRfc3339(window.startMs),
  end: formatRfc3339(window.endMs),
  state: window.state,
  revision: window.revision,
});

/** What was seen by a check, and how far the log was counted then. */
export const checkAnswer = (check: Check) => ({
  at: formatRfc3339(check.atMs),
  verdict: check.verdict,
  value: check.value,
  count: check.count,
  previous: check.previous,
  lookBack: check.lookBack ?? null,
  threshold: check.threshold,
  completeness: check.completeness,
  watermark: formatRfc3339(check.watermarkMs),
  cursors: check.cursors,
});
