import type { ReceiverDefinition } from '../../../kernel/definitions.ts';
import { digestBytesOf } from './pace.ts';

/** Whether alerts of one incident go to the receiver as one message: it has a form for several. */
export const isGrouped = (receiver: ReceiverDefinition | undefined): boolean =>
  receiver !== undefined && digestBytesOf(receiver) !== undefined;
