import type { ReceiverDefinition } from '../kernel/definitions.ts';
import { digestOf } from './core/digest.ts';
import { digestBytesOf } from './core/pace.ts';
import type { Audience } from './core/text.ts';
import type { Merge } from './sending-lines.ts';

/** Merges messages as their receiver is published now, for the people behind it. */
export const mergeFor =
  (of: {
    readonly receiverOf: (id: string) => ReceiverDefinition | undefined;
    readonly audienceOf: (receiver: string) => Audience;
  }): Merge =>
  (id, messages) => {
    const receiver = of.receiverOf(id);
    const bytesMax = receiver && digestBytesOf(receiver);
    return bytesMax === undefined
      ? undefined
      : digestOf(messages, { audience: of.audienceOf(id), bytesMax });
  };
