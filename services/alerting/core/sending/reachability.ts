import { BLANK_COMMAND } from '../../../kernel/command.ts';
import type { Command, LoggedCommand } from '../../../kernel/command.ts';
import { HOUR_MS } from '../../../kernel/time.ts';
import type { DurationMs, EpochMs } from '../../../kernel/time.ts';
import type { Message } from '../alert/episode.ts';
import { isBeat } from '../partition/beat.ts';
import type { Delivery } from './delivery.ts';

export type ReceiverWord = 'unreachable' | 'reachable';

/** Hears of a delivery that says something of its receiver. Never rejects. */
export type TellOfReceiver = (message: Message, delivery: Delivery) => Promise<void>;

/** Of commands that speak of a receiver. */
export const RECEIVER_TARGET = 'receiver:';

/** Of whom the command speaks; undefined where it is of something else. */
export const receiverIn = ({ kind, target }: Command): string | undefined =>
  (kind === 'unreachable' || kind === 'reachable') && target.startsWith(RECEIVER_TARGET)
    ? target.slice(RECEIVER_TARGET.length)
    : undefined;

/** Receivers that are told nothing at present, and when that was said last. */
export type Unreachable = ReadonlyMap<string, EpochMs>;

/** The same after what was said. Pure. */
export function unreachableAfter(before: Unreachable, said: readonly LoggedCommand[]): Unreachable {
  const after = new Map(before);
  for (const { command } of said) {
    const receiver = receiverIn(command);
    if (receiver === undefined) continue;
    if (command.kind === 'unreachable') after.set(receiver, command.at);
    else after.delete(receiver);
  }
  return after;
}

/**
 * Where nobody could take up what was said (the receiver was not published then, or was withdrawn in between), it must be
 * said again; where somebody did, it changes nothing.
 */
const AGAIN_AFTER_MS: DurationMs = HOUR_MS;

/** Attempts without an answer that would do, some 40 minutes of them by the schedule, after which others are told. */
const ATTEMPTS_LONG = 6;

/** Whether what stands of a delivery says anything of its receiver: it has ended, or was tried for long. Pure. */
export const tellsOfReceiver = ({ status, attempts }: Pick<Delivery, 'status' | 'attempts'>) =>
  status !== 'waiting' || attempts >= ATTEMPTS_LONG;

/**
 * What a delivery says of its receiver, where that is news. Pure. A beat says nothing: the next one is due
 * before anybody could look into it, and whoever misses them speaks up himself.
 */
export function wordOf(
  message: Pick<Message, 'id' | 'receiver'>,
  delivery: Pick<Delivery, 'status' | 'attempts'>,
  at: { readonly nowMs: EpochMs; readonly unreachable: Unreachable },
): ReceiverWord | undefined {
  if (!tellsOfReceiver(delivery) || isBeat(message)) return undefined;
  const saidMs = at.unreachable.get(message.receiver);
  if (delivery.status === 'delivered') return saidMs === undefined ? undefined : 'reachable';
  return saidMs !== undefined && at.nowMs - saidMs < AGAIN_AFTER_MS ? undefined : 'unreachable';
}

/** @param of.detail what the last attempt met, without secrets */
export const receiverCommand = (
  kind: ReceiverWord,
  of: { receiver: string; detail: string; id: string; at: EpochMs },
): Command => ({
  ...BLANK_COMMAND,
  id: of.id,
  kind,
  target: `${RECEIVER_TARGET}${of.receiver}`,
  by: 'tidemark',
  at: of.at,
  text: of.detail,
});
