import type { ReceiverDefinition } from '../kernel/definitions.ts';
import { digestOf } from './core/sending/digest.ts';
import { digestBytesOf } from './core/sending/pace.ts';
import { kindOf, parseBody } from './core/words/text-body.ts';
import { audienceOf } from './core/words/text.ts';
import type { Merge } from './sending-lines.ts';

/**
 * Merges messages as their receiver is published now, in the language of the first. A digest of the day is a message of
 * its own: named in a line it would be lost.
 */
export const mergeFor =
  (receiverOf: (id: string) => ReceiverDefinition | undefined): Merge =>
  (id, messages) => {
    const receiver = receiverOf(id);
    const bytesMax = receiver && digestBytesOf(receiver);
    const single = messages.filter(({ body }) => kindOf(parseBody(body)) !== 'digest');
    const [first] = single;
    return bytesMax === undefined || !first
      ? undefined
      : digestOf(single, { audience: audienceOf(first), bytesMax });
  };
