import { SECOND_MS } from '../../../kernel/time.ts';
import type { DurationMs } from '../../../kernel/time.ts';
import type { Reduced } from '../alert/recorded.ts';
import { advance, told } from '../alert/alert.ts';
import { isSettled } from '../sending/delivery.ts';
import type { AlertState, Check, Episode } from '../alert/episode.ts';
import type { Context } from '../alert/message.ts';

/** Marks a message that is worth nothing later: the next one says the same, so it is tried once. */
const BEAT = 'beat_';
export const isBeat = ({ id }: { readonly id: string }): boolean => id.startsWith(BEAT);

/** For how long a beat holds with a receiver that forgets: two may be missed. Its value is the seconds to the next one. */
export const beatLeaseMs = ({ value }: { readonly value?: string | null }): DurationMs =>
  3 * Number(value ?? 0) * SECOND_MS;

/**
 * The watchdog says that it lives: the first time by firing, then again and again in one episode. What was delivered is
 * forgotten but for the last message, or the alert would grow by one with every beat.
 */
export function beat(state: AlertState, context: Context, check: Check): Reduced {
  const known: AlertState = { ...state, last: check };
  const { episode } = state;
  if (!episode) {
    const first = advance(known, check, context);
    return { ...first, state: marked(first.state) };
  }
  const next = { ...forgetful(episode), repeats: episode.repeats + 1 };
  const again = { kind: 'repeated', reason: 'watchdog', check } as const;
  const said = told({ ...known, episode: next }, again, context);
  return { ...said, state: marked(said.state) };
}

function forgetful(episode: Episode): Episode {
  const kept = episode.messages.filter(
    ({ id }, i) => i === episode.messages.length - 1 || !isSettled(episode.deliveries[id]),
  );
  const ids = new Set(kept.map(({ id }) => id));
  const deliveries = Object.entries(episode.deliveries).filter(([id]) => ids.has(id));
  return { ...episode, messages: kept, deliveries: Object.fromEntries(deliveries) };
}

const marked = (state: AlertState): AlertState =>
  state.episode
    ? {
        ...state,
        episode: {
          ...state.episode,
          messages: state.episode.messages.map((message) =>
            isBeat(message) ? message : { ...message, id: message.id.replace('msg_', BEAT) },
          ),
        },
      }
    : state;
