import type { DurationMs, EpochMs } from './time.ts';
import type { WindowState } from './window.ts';

/** Stage of a window as stored: 0 open, 1 closed, 2 final. */
export type Stage = {
  readonly stage: number;
  readonly revision: number;
  readonly restatements: number;
};

/** What readers see of a stage: late data within lateness makes `revised`, history in a final window `restated`. */
export function stateOf({ stage, revision, restatements }: Stage): WindowState {
  if (stage >= 2) return restatements > 0 ? 'restated' : 'final';
  if (stage === 1) return revision > 0 ? 'revised' : 'closed';
  return 'open';
}

/** The stage that a watermark gives a window: what an empty window, which is not stored, has. */
export function stageAt(
  endMs: EpochMs,
  { watermarkMs, latenessMs }: { watermarkMs: EpochMs; latenessMs: DurationMs },
): number {
  if (watermarkMs < endMs) return 0;
  return watermarkMs < endMs + latenessMs ? 1 : 2;
}
