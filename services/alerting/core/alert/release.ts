import { recorded } from './recorded.ts';
import type { Reduced } from './recorded.ts';
import type { AlertState, Episode, Message } from './episode.ts';
import { freed, withoutHeldNews } from './hold.ts';
import type { Context } from './message.ts';
import { muteOf } from './notify.ts';

/**
 * Lets go what waited for the end of quiet hours, once the log's clock has passed it: from here on it is owed. Of an
 * alert that is muted by then it is dropped: the end of the mute tells its people afresh.
 */
export function release(state: AlertState, context: Context): Reduced {
  const { episode, ended } = state;
  if (!ended.some(isDue(context)) && !(episode && isDue(context)(episode)))
    return { state, transitions: [] };
  const isMuted = episode !== null && muteOf(state, episode, context) !== null;
  const next: AlertState = {
    ...state,
    ended: ended.map((one) => released(one, context)),
    episode: episode && released(isMuted ? withoutHeldNews(episode) : episode, context),
  };
  const reason = isMuted ? 'muted' : 'quiet_hours_over';
  return recorded(next, { kind: 'released', reason, check: null }, context.logMs);
}

const isOver = ({ heldUntilMs }: Message, { logMs }: Context): boolean =>
  heldUntilMs !== undefined && heldUntilMs <= logMs;

const isDue =
  (context: Context) =>
  ({ messages }: Episode): boolean =>
    messages.some((message) => isOver(message, context));

function released(episode: Episode, context: Context): Episode {
  if (!isDue(context)(episode)) return episode;
  const messages = episode.messages.map((message) => {
    // Latency figures are about us, not about how long somebody sleeps.
    return isOver(message, context) ? { ...freed(message), shownAtMs: context.shownAtMs } : message;
  });
  return { ...episode, messages };
}
