import type { ReceiverDefinition, ReceiverType } from '../kernel/definitions.ts';
import { isBeat } from './core/partition/beat.ts';
import type { Verdict } from './core/sending/delivery.ts';
import type { Channel, Channels, Messenger } from './ports.ts';

/** Sends a message by the channel of its receiver's type, as the receiver is published now. */
export function createMessenger(
  channels: Partial<Channels>,
  receiverOf: (id: string) => ReceiverDefinition | undefined,
): Messenger {
  return async (message) => {
    const receiver = receiverOf(message.receiver);
    if (!receiver)
      return { kind: 'refused', detail: `no receiver ${message.receiver} is published` };
    const channel = channels[receiver.type] as Channel<ReceiverType> | undefined;
    if (!channel)
      return {
        kind: 'refused',
        detail: `there is no channel for receivers of type ${receiver.type}`,
      };
    const verdict = await channel(message, receiver);
    return isBeat(message) ? once(verdict) : verdict;
  };
}

/** A beat that was not heard is not said again: the next one is due before it would be. */
const once = ({ kind, detail }: Verdict): Verdict =>
  kind === 'retryable' || kind === 'refused' ? { kind: 'permanent', detail } : { kind, detail };
