import type { EpochMs } from './time.ts';

/**
 * What people tell alerting, and what its processes tell each other: that a receiver can be reached no more, or again,
 * and that it wants nothing more (410), or is enabled again.
 * Others on the topic `commands` are not alerting's, and are left alone.
 */
export const COMMANDS = [
  'acknowledge',
  'unacknowledge',
  'snooze',
  'assign',
  'comment',
  'close',
  'feedback',
  'silence',
  'unsilence',
  'unsubscribe',
  'subscribe',
  'unreachable',
  'reachable',
  'disable',
  'enable',
] as const;
export type CommandKind = (typeof COMMANDS)[number];

export const MATCH_OPERATORS = ['=', '!=', '=~', '!~'] as const;
/** One condition on an alert: its `rule`, `metric`, `severity`, or a label of its series. */
export type Matcher = {
  readonly name: string;
  readonly op: (typeof MATCH_OPERATORS)[number];
  /** For `=~` and `!~`: alternatives parted by `|`, in which `*` stands for any text. */
  readonly value: string;
};

/** What a silence covers, and when. A maintenance window is one that was known before. */
export type SilenceScope = {
  readonly kind: 'silence' | 'maintenance';
  /** All must match. */
  readonly matchers: readonly Matcher[];
  /** Half-open, by the time of the log: `startsAt` ≤ t < `endsAt`. */
  readonly startsAt: EpochMs;
  readonly endsAt: EpochMs;
};

/**
 * A record of `commands` (schemas/tidemark/command.avsc), key = `target`. Everything that depends on a clock was worked
 * out when it was accepted, so that applying it is pure.
 */
export type Command = {
  /** Of the request: the same id again has no further effect. */
  readonly id: string;
  readonly kind: CommandKind;
  /** Fingerprint of the alert, id of the silence, `subscription:ID` or `receiver:ID`. */
  readonly target: string;
  /** The episode that was meant; a command for another one than the open one comes too late. */
  readonly episode: string | null;
  readonly by: string;
  /** When it was accepted. */
  readonly at: EpochMs;
  /** End of an acknowledgement or a snooze; null ends a snooze now. */
  readonly until: EpochMs | null;
  /** A comment; of feedback the verdict and its cause (kernel/feedback.ts). */
  readonly text: string | null;
  readonly assignee: string | null;
  /** Of a one-time link: its receiver, when it expires, what it did. The same again has no effect. */
  readonly link: string | null;
  readonly silence: SilenceScope | null;
  /**
   * Of a restatement, which keeps what was said longer than the topic does: the end of `commands` as it was known. What was
   * said from there on counts more.
   */
  readonly knownTo: number | null;
};

/** What commands may say beside who said it, when and of what: nothing, so that each names only what it does say. */
export const BLANK_COMMAND: Omit<Command, 'id' | 'kind' | 'target' | 'by' | 'at'> = {
  episode: null,
  until: null,
  text: null,
  assignee: null,
  link: null,
  silence: null,
  knownTo: null,
};

/** A command where it lies on the topic. */
export type LoggedCommand = { readonly offset: number; readonly command: Command };
