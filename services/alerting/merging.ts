import type { ReceiverDefinition } from '../kernel/definitions.ts';
import { digestOf } from './core/digest.ts';
import { digestBytesOf } from './core/pace.ts';
import { audienceOf } from './core/text.ts';
import type { Merge } from './sending-lines.ts';

/** Merges messages as their receiver is published now, in the language of the first. */
export const mergeFor =
  (receiverOf: (id: string) => ReceiverDefinition | undefined): Merge =>
  (id, messages) => {
    const receiver = receiverOf(id);
    const bytesMax = receiver && digestBytesOf(receiver);
    const [first] = messages;
    return bytesMax === undefined || !first
      ? undefined
      : digestOf(messages, { audience: audienceOf(first), bytesMax });
  };
