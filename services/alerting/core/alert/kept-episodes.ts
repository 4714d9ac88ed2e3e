import { isSettled } from '../sending/delivery.ts';
import { ENDED_MAX } from './episode.ts';
import type { Episode, Message, Slot } from './episode.ts';
import type { Reduced, Transition } from './recorded.ts';

/** Lays an ended episode down. Beyond the bound the oldest goes, and what it still owed is said to be lost. */
export function laidDown({ state, transitions }: Reduced, episode: Episode): Reduced {
  const kept = keptEpisodes([...state.ended, episode], state.slots);
  const isLost = kept.slice(0, -ENDED_MAX).some(owes);
  const lost: Transition = { kind: 'not_delivered', reason: 'too_many_episodes' };
  return {
    state: {
      ...state,
      ended: kept.slice(-ENDED_MAX),
      sequence: state.sequence + (isLost ? 1 : 0),
    },
    transitions: isLost ? [...transitions, lost] : transitions,
  };
}

/** Whether every window that the episode stands on is remembered: then late data can show that it never was one. */
export const isKnown = (episode: Episode, slots: readonly Slot[]): boolean =>
  episode.firedAtMs !== null && (slots[0]?.startMs ?? Infinity) <= episode.basisFromMs;

const owes = ({ messages, deliveries }: Episode): boolean =>
  messages.some(({ id }) => !isSettled(deliveries[id]));

/**
 * The last one, those that late data may still take back, and those with messages owed. Which can be taken back is up to
 * the log alone: what was delivered, and when, must not decide what people are told. A settled message keeps no text, but
 * for the last one of a receiver that forgets: it is told that again (`lease.ts`).
 */
export function keptEpisodes(
  episodes: readonly Episode[],
  slots: readonly Slot[],
): readonly Episode[] {
  const last = new Map(
    episodes.flatMap(({ messages }) => messages.map(({ receiver, id }) => [receiver, id])),
  );
  const isSaid = ({ deliveries }: Episode, { id, receiver }: Message): boolean =>
    isSettled(deliveries[id]) && !(deliveries[id]?.isRenewed && last.get(receiver) === id);
  return episodes
    .filter((one, i) => i === episodes.length - 1 || isKnown(one, slots) || owes(one))
    .map((one) => ({
      ...one,
      messages: one.messages.map((message) =>
        isSaid(one, message) ? { ...message, body: '' } : message,
      ),
    }));
}
