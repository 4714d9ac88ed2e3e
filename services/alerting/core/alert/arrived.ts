import { isSettled } from '../sending/delivery.ts';
import type { Delivery } from '../sending/delivery.ts';
import type { AlertState, Episode } from './episode.ts';

/**
 * An alert that is read again, with what became of its messages the first time: they are not sent again. Deliveries are no
 * part of the log, so each counts as the record that it was: the rest comes under the numbers that it had, or higher ones where a message was
 * long under way.
 */
export function withArrived(state: AlertState, arrived: ReadonlyMap<string, Delivery>): AlertState {
  if (arrived.size === 0) return state;
  let count = 0;
  const noted = (episode: Episode): Episode => {
    const news = episode.messages.flatMap(({ id }): [string, Delivery][] => {
      const delivery = arrived.get(id);
      return delivery && !isSettled(episode.deliveries[id]) ? [[id, delivery]] : [];
    });
    count += news.length;
    if (news.length === 0) return episode;
    return { ...episode, deliveries: { ...episode.deliveries, ...Object.fromEntries(news) } };
  };
  const episode = state.episode && noted(state.episode);
  const ended = state.ended.map(noted);
  return count === 0 ? state : { ...state, episode, ended, sequence: state.sequence + count };
}

/** Of every message whose fate the alert knows. */
export const settledOf = ({
  ended,
  episode,
}: AlertState): readonly (readonly [string, Delivery])[] =>
  [...ended, ...(episode ? [episode] : [])]
    .flatMap(({ deliveries }) => Object.entries(deliveries))
    .filter(([, delivery]) => isSettled(delivery));
