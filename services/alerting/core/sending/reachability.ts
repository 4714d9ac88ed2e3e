import type { Command, LoggedCommand } from '../../../kernel/command.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import type { Message } from '../alert/episode.ts';
import { isBeat } from '../partition/beat.ts';
import type { Delivery } from './delivery.ts';

export type ReceiverWord = 'unreachable' | 'reachable';

const TARGET = 'receiver:';

/** Of whom the command speaks; undefined where it is of something else. */
export const receiverIn = ({ kind, target }: Command): string | undefined =>
  (kind === 'unreachable' || kind === 'reachable') && target.startsWith(TARGET)
    ? target.slice(TARGET.length)
    : undefined;

/** Receivers that are told nothing at present, after what was said. Pure. */
export function unreachableAfter(
  before: ReadonlySet<string>,
  said: readonly LoggedCommand[],
): ReadonlySet<string> {
  const after = new Set(before);
  for (const { command } of said) {
    const receiver = receiverIn(command);
    if (receiver === undefined) continue;
    if (command.kind === 'unreachable') after.add(receiver);
    else after.delete(receiver);
  }
  return after;
}

/**
 * What an end of a delivery says of its receiver, where that is news. Pure. A beat says nothing: the next one is due
 * before anybody could look into it, and whoever misses them speaks up himself.
 */
export function wordOf(
  message: Pick<Message, 'id' | 'receiver'>,
  { status }: Pick<Delivery, 'status'>,
  unreachable: ReadonlySet<string>,
): ReceiverWord | undefined {
  if (status === 'waiting' || isBeat(message)) return undefined;
  const word = status === 'delivered' ? 'reachable' : 'unreachable';
  return unreachable.has(message.receiver) === (word === 'unreachable') ? undefined : word;
}

/** @param of.detail what the last attempt met, without secrets */
export const receiverCommand = (
  kind: ReceiverWord,
  of: { receiver: string; detail: string; id: string; at: EpochMs },
): Command => ({
  id: of.id,
  kind,
  target: `${TARGET}${of.receiver}`,
  episode: null,
  by: 'tidemark',
  at: of.at,
  until: null,
  text: of.detail,
  assignee: null,
  link: null,
  silence: null,
  knownTo: null,
});
