import type { EpochMs } from '../../../kernel/time.ts';
import type { AlertState } from '../alert/episode.ts';
import type { RulePlan } from '../plan/plan.ts';

/** One alert of the partition, and how far its windows were looked at. */
export type Track = {
  /** undefined once the rule is no more, while messages are still owed. */
  readonly plan: RulePlan | undefined;
  readonly alert: AlertState;
  /** Start of the last step of the next window to close (where windows do not overlap, of the window); null until the metric's watermark is known. */
  readonly nextStartMs: EpochMs | null;
  /** Records below this offset only fill its memory: they were acted on before, or lie before its beginning. */
  readonly resumeAt: number;
  /**
   * Of an alert that was brought back as it was after a record of before `resumeAt`: from here on it follows the log, and
   * what that record did not say of it (the worst value, a recovery that begins anew) comes about again. Told is nothing.
   */
  readonly followFrom?: number;
  /**
   * Its `nextStartMs` there, until the log has come so far. `tick`: not known, for its record lies too far back; it waits for
   * the window that the next tick finds open, since the first value that is read again may be of a later one.
   */
  readonly followNextMs?: EpochMs | 'tick' | null | undefined;
  readonly isDormant: boolean;
  /** When the log first had a value of its series; absent where it was not found by one. */
  readonly heardMs?: EpochMs | undefined;
  /** Given by the partition: its place among all, and the name of the field that every look changes. */
  readonly order?: number;
  readonly look?: string;
};
export type MutableTrack = { -readonly [K in keyof Track]: Track[K] };
