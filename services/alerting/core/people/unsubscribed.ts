import type { Command, LoggedCommand } from '../../../kernel/command.ts';

/** Whom a subscription tells no more: `SUBSCRIPTION WHO`, who is `person:ID` or `team:ID`. */
export type Unsubscribed = ReadonlySet<string>;

const TARGET = 'subscription:';
export const subscriptionTarget = (id: string): string => `${TARGET}${id}`;
export const unsubscribedKey = (subscription: string, who: string | null): string =>
  `${subscription} ${who ?? ''}`;

/** What a command says about following: somebody stops, somebody goes on, or nothing. The same again changes nothing. */
export function takeUnsubscribed(
  unsubscribed: { add: (key: string) => void; delete: (key: string) => void },
  { kind, target, by }: Command,
): void {
  if (kind !== 'unsubscribe' && kind !== 'subscribe') return;
  const key = unsubscribedKey(target.slice(TARGET.length), by);
  if (kind === 'unsubscribe') unsubscribed.add(key);
  else unsubscribed.delete(key);
}

/** Who follows no more after these commands, in order. Pure. */
export function unsubscribedAfter(
  before: Unsubscribed,
  commands: Iterable<LoggedCommand>,
): Unsubscribed {
  const after = new Set(before);
  const set = {
    add: (key: string): void => void after.add(key),
    delete: (key: string): void => void after.delete(key),
  };
  for (const { command } of commands) takeUnsubscribed(set, command);
  return after;
}

/** The command of somebody who stops following, or goes on. */
export const followCommand = (
  kind: 'subscribe' | 'unsubscribe',
  of: { subscription: string; by: string; id: string; at: number },
): Command => ({
  id: of.id,
  kind,
  target: subscriptionTarget(of.subscription),
  episode: null,
  by: of.by,
  at: of.at,
  until: null,
  text: null,
  assignee: null,
  link: null,
  silence: null,
});
