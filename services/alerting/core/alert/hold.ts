import type { Episode, Message } from './episode.ts';
import { isHeld } from './episode.ts';

/** Without what nobody was told yet: it is over before quiet hours are. */
export const withoutHeld = (episode: Episode): Episode =>
  episode.messages.some(isHeld)
    ? { ...episode, messages: episode.messages.filter((message) => !isHeld(message)) }
    : episode;

/** Its messages are withheld by now: what waited with them is dropped, but for what one was asked to do. */
export const withoutHeldNews = (episode: Episode): Episode => ({
  ...episode,
  messages: episode.messages.filter((one) => !isHeld(one) || one.kind === 'assigned'),
});

/** All that waits may go now. */
export const unheld = (episode: Episode): Episode =>
  episode.messages.some(isHeld) ? { ...episode, messages: episode.messages.map(freed) } : episode;

export function freed(message: Message): Message {
  const { heldUntilMs: _, ...rest } = message;
  return rest;
}
