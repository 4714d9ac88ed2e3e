import type { Episode, Message } from './episode.ts';
import { isHeld } from './episode.ts';

/** Without what nobody was told yet: it is over before quiet hours are. */
export const withoutHeld = (episode: Episode): Episode =>
  episode.messages.some(isHeld)
    ? { ...episode, messages: episode.messages.filter((message) => !isHeld(message)) }
    : episode;

/** All that waits may go now. */
export const unheld = (episode: Episode): Episode =>
  episode.messages.some(isHeld) ? { ...episode, messages: episode.messages.map(freed) } : episode;

export function freed(message: Message): Message {
  const { heldUntilMs: _, ...rest } = message;
  return rest;
}
