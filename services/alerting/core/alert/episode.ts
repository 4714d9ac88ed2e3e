import type { Condition, EpisodeOutcome, TransitionKind } from '../../../kernel/alert.ts';
import { hashText } from '../../../kernel/hash.ts';
import type { Cursor } from '../../../kernel/update.ts';
import type { Severity } from '../../../kernel/definitions.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import type { Window, WindowState } from '../../../kernel/window.ts';
import { OK } from './condition.ts';
import type { NamedDriver } from './drivers.ts';
import type { Machine, Verdict } from './condition.ts';
import type { Delivery } from '../sending/delivery.ts';
import type { Escalation } from './escalation.ts';
import type { Incident } from './incident.ts';
import type { SeenLookBack } from '../values/look-back-values.ts';
import { NO_OVERLAY } from '../overlay/overlay.ts';
import type { EpisodeOverlay, Overlay } from '../overlay/overlay.ts';
import type { AddressedRoute, Recipient } from '../plan/plan.ts';

/** One look at one window: all that a verdict and its message are made of. Values are decimals as text. */
export type Check = {
  readonly window: Window & {
    /** Start of its last step, where that is not its own start: of windows that overlap. */
    readonly stepMs?: EpochMs;
    readonly state: WindowState;
    readonly revision: number;
  };
  readonly verdict: Verdict;
  /** Event time of the check: the window's end, or how far an open one has come. */
  readonly atMs: EpochMs;
  readonly value: string | null;
  readonly previous: string | null;
  readonly count: number;
  /** What the condition looked back to, of rules that do. */
  readonly lookBack?: SeenLookBack;
  /** The one number that the value is compared with; null for other conditions. */
  readonly threshold: string | null;
  readonly completeness: number;
  /** Event types that were silent: the window says nothing, whatever its value is. */
  readonly lacking?: readonly string[];
  readonly watermarkMs: EpochMs;
  readonly cursors: readonly Cursor[];
};

/** What tells the windows of one rule apart, in their order: where the last step begins. Windows to date share their starts. */
export const stepMsOf = ({ window }: Pick<Check, 'window'>): EpochMs =>
  window.stepMs ?? window.startMs;

/** What is remembered of a window: its verdict, and whether it was the closed window's. */
export type Slot = {
  /** Of the window's last step: for windows that do not overlap, of the window. */
  readonly startMs: EpochMs;
  readonly endMs: EpochMs;
  readonly verdict: Verdict;
  readonly isClosed: boolean;
  /** Of a closed window: what an open one has changes with every event, and is no part of what is remembered. */
  readonly value: string | null;
};

export type MessageKind =
  | 'firing'
  | 'resolved'
  | 'corrected'
  | 'nodata'
  | 'repeated'
  | 'escalated'
  | 'unmuted'
  | 'assigned'
  | 'digest';

/** A row of the outbox: its content is frozen when it is decided, so that no retry says anything else. */
export type Message = Recipient & {
  /** The receiver's idempotency key (`webhook-id`), the same over all retries and replays. */
  readonly id: string;
  readonly kind: MessageKind;
  readonly body: string;
  /** Time of the log at the decision. */
  readonly decidedAtMs: EpochMs;
  /** Quiet hours: it is owed only once the log's clock has passed this; absent once it has, and of most messages. */
  readonly heldUntilMs?: EpochMs;
  /** With what it may be told together; absent: by itself. */
  readonly incident?: Incident;
  /** When the value that shows it was published, for latency figures only. */
  readonly shownAtMs: EpochMs;
};

export const isHeld = ({ heldUntilMs }: Message): boolean => heldUntilMs !== undefined;

/** A check by which something began, and the versions of rule and metric at the time. */
export type Began = {
  readonly check: Check;
  readonly under: Pick<AlertState, 'ruleVersion' | 'metricVersion'>;
};

/** One run from the first breach (or absence) to its end. */
export type Episode = {
  readonly id: string;
  readonly startedAtMs: EpochMs;
  readonly firedAtMs: EpochMs | null;
  readonly endedAtMs: EpochMs | null;
  readonly outcome: EpisodeOutcome | null;
  /** Windows from `historyFromMs` on counted for it; it needs those from `basisFromMs` to `lastWindowMs` to stand. */
  readonly historyFromMs: EpochMs;
  readonly basisFromMs: EpochMs;
  readonly lastWindowMs: EpochMs;
  /** The check by which it fired; null while it has not. Documents of before have none. */
  readonly firedBy?: Check | null;
  /** By what it began, where that was no breach; of one that fires later `firedBy` stands in its place. */
  readonly begunBy?: Began;
  /** Of the rule and the metric when it fired: both may change while it burns. Documents of before have none. */
  readonly firedUnder?: Pick<AlertState, 'ruleVersion' | 'metricVersion'>;
  /** The rule's `for` that it fired by, where there is one. */
  readonly for?: NonNullable<Machine['for']>;
  /** Value at the breach, the worst since, and the one that ended it. */
  readonly breached: string | null;
  readonly worst: string | null;
  readonly recovered: string | null;
  readonly route: AddressedRoute | null;
  readonly messages: readonly Message[];
  readonly deliveries: Readonly<Record<string, Delivery>>;
  readonly rounds: number;
  readonly repeats: number;
  /** When its people were last told that it burns, and as what; null while nobody was. */
  readonly toldAtMs: EpochMs | null;
  readonly toldAs: Condition | null;
  /** The severity that they were told last; documents of before do not say. */
  readonly toldSeverity?: Severity;
  /** The severities that it was told with: a rule may change its own while it burns. Documents of before have none. */
  readonly severities?: readonly Severity[];
  /** Whether it was red already when its rule was taken up: nothing new has happened yet. */
  readonly isOld: boolean;
  readonly overlay: EpisodeOverlay;
  readonly escalation: Escalation | null;
  /** Alerts of metrics below this one that explain it, as far as they were known when it fired. */
  readonly drivers?: readonly NamedDriver[];
};

export type TimelineEntry = {
  readonly kind: TransitionKind;
  readonly reason: string;
  readonly atMs: EpochMs;
  readonly state: Condition;
  readonly value: string | null;
  readonly window: { readonly startMs: EpochMs; readonly endMs: EpochMs } | null;
};

/** Everything about one alert. Only `slots` are stored apart, because they change with every window. */
export type AlertState = {
  readonly id: string;
  readonly rule: string;
  readonly ruleVersion: string;
  readonly severity: Severity;
  readonly metric: string;
  readonly metricVersion: string;
  readonly series: string;
  /** Records written of this alert; a record with a higher one is newer. */
  readonly sequence: number;
  readonly machine: Machine;
  /** Windows from here on count for M of N: what an earlier episode stood on does not. */
  readonly historyFromMs: EpochMs;
  readonly episode: Episode | null;
  /** Episodes that ended, oldest first: the last one, those that late data may still take back, those with messages owed. */
  readonly ended: readonly Episode[];
  readonly last: Check | null;
  /** Time of the log at which its rule was taken up; 0 for a series that came later. */
  readonly bornMs: EpochMs;
  readonly overlay: Overlay;
  /** By what it was pending last, where no episode has come since. */
  readonly pendedBy?: Began;
  /** Its rule is paused: nothing is judged, and the alert is kept, so that its numbers go on when the rule does. */
  readonly isPaused?: true;
  readonly timeline: readonly TimelineEntry[];
  readonly slots: readonly Slot[];
};

export const newAlert = (
  of: Pick<
    AlertState,
    'id' | 'rule' | 'ruleVersion' | 'severity' | 'metric' | 'metricVersion' | 'series'
  >,
): AlertState => ({
  ...of,
  sequence: 0,
  machine: OK,
  historyFromMs: 0,
  episode: null,
  ended: [],
  last: null,
  bornMs: 0,
  overlay: NO_OVERLAY,
  timeline: [],
  slots: [],
});

export const TIMELINE_MAX = 50;
/** Ended episodes that are kept at most. */
export const ENDED_MAX = 20;
/** Delivered messages that are kept of an episode; those still owed are never forgotten. */
export const MESSAGES_KEPT_MAX = 50;

/** Deterministic, so that a replay opens the same episode: the alert, and the input that opened it. */
export const episodeId = (alert: string, opening: { windowMs: EpochMs; offset: number }): string =>
  hashText(`${alert} ${opening.windowMs} ${opening.offset}`);

/** @param round of telling within the episode, so that a second firing message is another message */
export const messageId = (
  episode: string,
  to: { receiver: string; kind: MessageKind; round: number },
): string => `msg_${hashText(`${episode} ${to.receiver} ${to.kind} ${to.round}`)}`;
