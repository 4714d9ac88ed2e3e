import { MINUTE_MS } from '../kernel/time.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { Emitted } from './core/partition/partition.ts';
import type { PartitionState } from './core/partition/partition-state.ts';
import type { Reached } from './core/partition/recovery-point.ts';
import type { Delivery } from './core/sending/delivery.ts';
import type { MessagePlace } from './deliverer.ts';

/**
 * Batches that nobody hears of are stored together, by the log's time: whoever takes over reads them again, to the same
 * end. Those that only move the cursor still more rarely: a second of an installation without events has some twenty.
 */
const CHANGES_EVERY_MS = 1_000;
const CURSOR_EVERY_MS = 5_000;

/** A partition that this process answers for. `state` is undefined while it is loaded. */
export type Lane = {
  readonly partition: number;
  /** Of this life of the lane; whoever claims later fences it off. */
  owner: string;
  state: PartitionState | undefined;
  alertsNext: number;
  /** From where on `alerts` holds what its log has yet to decide again. */
  alertsFrom: number;
  /** When, by the log, it was looked for what others wrote late to `alerts`. */
  checkedMs: EpochMs;
  /** How far what was stored had come, kept over a loss of the store. */
  reached: Reached | undefined;
  /** What the store holds in this life of the lane: where the next commit begins, and up to which time of the log. */
  stored: { cursor: number; logMs: EpochMs; commandsNext: number };
  /** Steps of a lane happen one after the other. */
  turn: Promise<unknown>;
  /** What became of attempts and waits for its turn: all of it is one step. */
  readonly noted: { readonly place: MessagePlace; readonly delivery: Delivery }[];
};

/** Of a partition that was just assigned. @param reached how far a lane of before had stored it */
export const blankLane = (partition: number, reached: Reached | undefined): Lane => ({
  partition,
  owner: '',
  state: undefined,
  alertsNext: 0,
  alertsFrom: 0,
  checkedMs: 0,
  reached,
  stored: { cursor: 0, logMs: 0, commandsNext: 0 },
  turn: Promise.resolve(),
  noted: [],
});

/** Compaction leaves the segment alone that is written to, mostly days: what landed late is overtaken long before. */
const CHECK_EVERY_MS = 10 * MINUTE_MS;

/** Whether it is time to look for what others wrote late. */
export const isCheckDue = ({ state, checkedMs }: Lane): boolean =>
  state !== undefined && state.logMs - checkedMs >= CHECK_EVERY_MS;

/** What its consumer group is told: nothing while nothing is stored. */
export const reachedIn = ({ partition, reached }: Lane) =>
  reached === undefined ? [] : [{ partition, ...reached }];

/** From where on whoever loads it next is to read `alerts`: what is not decided again yet is still needed then. */
export const readAlertsFrom = ({ alertsFrom, alertsNext }: Lane, state: PartitionState): number =>
  state.toldBefore.isPassed(state.cursor) ? alertsNext : alertsFrom;

export type IsStored = (lane: Lane, state: PartitionState, emitted: readonly Emitted[]) => boolean;

/** Of a step of its own: wherever there is anything to keep. */
export const isChanged: IsStored = ({ stored }, state, emitted) =>
  emitted.length > 0 || state.isChanged() || state.cursor < stored.cursor;

/** Of a step that nobody would miss: only where there is something to be told. */
export const isTold: IsStored = (_lane, _state, emitted) => emitted.length > 0;

/** Of a batch: at once where anybody hears of it, or has said something that counts now. */
export const isWorthStoring: IsStored = ({ stored }, state, emitted) =>
  emitted.length > 0 ||
  state.commandsNext > stored.commandsNext ||
  state.cursor < stored.cursor ||
  state.logMs - stored.logMs >= (state.isChanged() ? CHANGES_EVERY_MS : CURSOR_EVERY_MS);
