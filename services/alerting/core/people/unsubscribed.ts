import { BLANK_COMMAND } from '../../../kernel/command.ts';
import type { Command, LoggedCommand } from '../../../kernel/command.ts';
import { DAY_MS } from '../../../kernel/time.ts';
import type { DurationMs, EpochMs } from '../../../kernel/time.ts';

/** Whom a subscription tells no more: `SUBSCRIPTION WHO`, who is `person:ID` or `team:ID`. */
export type Unsubscribed = ReadonlySet<string>;

/** What somebody said last about a subscription, and where on `commands` that lies. */
export type Following = { readonly kind: 'subscribe' | 'unsubscribe'; readonly offset: number };

const TARGET = 'subscription:';
export const subscriptionTarget = (id: string): string => `${TARGET}${id}`;
export const unsubscribedKey = (subscription: string, who: string | null): string =>
  `${subscription} ${who ?? ''}`;

/**
 * What a command says about following: somebody stops, somebody goes on, or nothing. A restatement says what was known to
 * the command before `knownTo`: it never counts against what somebody said from there on.
 * @returns undefined where it changes nothing
 */
export function followingAfter(
  known: (key: string) => Following | undefined,
  { offset, command }: LoggedCommand,
): { readonly key: string; readonly following: Following } | undefined {
  const { kind, target, by, knownTo } = command;
  if (kind !== 'unsubscribe' && kind !== 'subscribe') return undefined;
  const key = unsubscribedKey(target.slice(TARGET.length), by);
  const said = known(key);
  if (said && knownTo !== null && said.offset >= knownTo) return undefined;
  return { key, following: { kind, offset } };
}

/** A following as `commands` has it: also when its last record was written, and whether that one counts. */
export type LoggedFollowing = Following & { readonly lastMs: EpochMs; readonly isLast: boolean };
export type Followings = ReadonlyMap<string, LoggedFollowing>;

/** What is known of following after these commands, in order. Pure. */
export function followingsAfter(before: Followings, commands: Iterable<LoggedCommand>): Followings {
  const after = new Map(before);
  for (const logged of commands) {
    const { kind, target, by, at } = logged.command;
    if (kind !== 'unsubscribe' && kind !== 'subscribe') continue;
    const key = unsubscribedKey(target.slice(TARGET.length), by);
    const said = followingAfter((one) => after.get(one), logged)?.following ?? after.get(key);
    if (said) after.set(key, { ...said, lastMs: at, isLast: said.offset === logged.offset });
  }
  return after;
}

/** Who follows no more. */
export const unsubscribedOf = (followings: ReadonlyMap<string, Following>): Unsubscribed =>
  new Set([...followings].flatMap(([key, { kind }]) => (kind === 'unsubscribe' ? [key] : [])));

/** A third of what `commands` keeps (platform/kafka/topics.ts): two months of failures lose nothing. */
export const RESTATE_AFTER_MS: DurationMs = 30 * DAY_MS;

/**
 * The commands that keep what people said about following from being forgotten with the records that said it: of each who
 * follows no more whose last record is old, or lies not on the topic any more; and where the last record does not count,
 * what does, lest it be read alone some day.
 * @param of what `commands` says up to `end`, and who follows no more as alerting's state has it
 */
export function restatements(
  of: { readonly followings: Followings; readonly end: number; readonly kept: Unsubscribed },
  { nowMs, newId }: { readonly nowMs: EpochMs; readonly newId: () => string },
): readonly Command[] {
  const { followings, end, kept } = of;
  const again = (kind: Following['kind'], key: string): Command => {
    const cut = key.indexOf(' ');
    const who = { subscription: key.slice(0, cut), by: key.slice(cut + 1) };
    return { ...followCommand(kind, { ...who, id: newId(), at: nowMs }), knownTo: end };
  };
  const old = [...followings].filter(
    ([, { kind, lastMs, isLast }]) =>
      !isLast || (kind === 'unsubscribe' && lastMs <= nowMs - RESTATE_AFTER_MS),
  );
  return [
    ...old.map(([key, { kind }]) => again(kind, key)),
    ...[...kept].filter((key) => !followings.has(key)).map((key) => again('unsubscribe', key)),
  ];
}

/** The command of somebody who stops following, or goes on. */
export const followCommand = (
  kind: 'subscribe' | 'unsubscribe',
  of: { subscription: string; by: string; id: string; at: number },
): Command => ({
  ...BLANK_COMMAND,
  id: of.id,
  kind,
  target: subscriptionTarget(of.subscription),
  by: of.by,
  at: of.at,
});
