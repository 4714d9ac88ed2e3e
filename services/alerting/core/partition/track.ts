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
  readonly isDormant: boolean;
  /** Given by the partition: its place among all, and the name of the field that every look changes. */
  readonly order?: number;
  readonly look?: string;
};
export type MutableTrack = { -readonly [K in keyof Track]: Track[K] };
