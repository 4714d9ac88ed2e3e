import type { GivenFeedback } from '../../../kernel/feedback.ts';
import type { EpochMs } from '../../../kernel/time.ts';

/**
 * What people laid over an alert. It decides who is told, never what is: the condition knows nothing of it. What belongs
 * to one incident lies with the episode and ends with it; a snooze and the comments lie with the alert.
 */
export type EpisodeOverlay = {
  readonly ack: (Said & { readonly untilMs: EpochMs }) | null;
  /** When somebody first saw to it, kept when the acknowledgement ends. */
  readonly firstAckMs: EpochMs | null;
  readonly assignee: string | null;
  /** Its messages are over; only its end is still told to those who know of it. */
  readonly closed: Said | null;
  /** What was last said of it, for the review of its rule; nobody was, where it is not there. */
  readonly feedback?: GivenFeedback & Pick<Said, 'by' | 'atMs'>;
  /** Why its messages are withheld at present. */
  readonly mutedBy: string | null;
  /** Uses of one-time links (link-use.ts). */
  readonly linksUsed: readonly string[];
};
export type Said = {
  readonly by: string;
  /** Time of the log at which it began to count. */
  readonly atMs: EpochMs;
  readonly comment: string | null;
};
export type Comment = {
  readonly by: string;
  readonly atMs: EpochMs;
  readonly text: string;
  readonly episode: string | null;
};
export type Overlay = {
  readonly snooze: (Said & { readonly untilMs: EpochMs }) | null;
  readonly comments: readonly Comment[];
  /** Offset of the last command that was applied; -1 for none. */
  readonly lastCommand: number;
  /** Ids of the last ones, so that a request that was sent twice counts once. */
  readonly commandIds: readonly string[];
};

export const NO_OVERLAY: Overlay = { snooze: null, comments: [], lastCommand: -1, commandIds: [] };
export const NO_EPISODE_OVERLAY: EpisodeOverlay = {
  ack: null,
  firstAckMs: null,
  assignee: null,
  closed: null,
  mutedBy: null,
  linksUsed: [],
};

export const COMMENTS_MAX = 50;
export const COMMAND_IDS_MAX = 20;
