import type { EpochMs } from '../../../kernel/time.ts';
import type { AckLink } from '../alert/message.ts';
import type { Verb } from './command-request.ts';

/** What a link of a message is good for: all that is said to an alert but feedback, which has more to say. */
export const LINK_VERBS = [
  'ack',
  'unack',
  'snooze',
  'assign',
  'comment',
  'close',
] as const satisfies readonly Verb[];
export type LinkVerb = (typeof LINK_VERBS)[number];

/**
 * One use of one link, as the alert remembers it: each link does each thing once. When it expires is part of it, which
 * parts the links of two messages to the same receiver: an acknowledgement that ran out is given again by the next one.
 */
export const linkUse = (
  { receiver, expiresAt }: Pick<AckLink, 'receiver' | 'expiresAt'>,
  verb: LinkVerb,
): string => `${receiver} ${expiresAt} ${verb}`;

/** The uses with one more, without those of links that open no more. Pure. */
export const withUse = (
  used: readonly string[],
  use: string,
  nowMs: EpochMs,
): readonly string[] => {
  const holds = (one: string): boolean => !(Number(one.split(' ').at(-2)) <= nowMs);
  return [...used.filter(holds), use];
};
