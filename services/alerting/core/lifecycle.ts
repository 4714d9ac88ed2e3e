import type { EpochMs } from '../../kernel/time.ts';
import { keptEpisodes, laidDown, recorded } from './alert.ts';
import type { Reduced } from './alert.ts';
import { OK } from './condition.ts';
import { isSettled } from './delivery.ts';
import type { Delivery } from './delivery.ts';
import { MESSAGES_KEPT_MAX } from './episode.ts';
import type { AlertState, Episode, Message } from './episode.ts';
import { bodyOf, closingBody, endedEpisode, tell, toldReceivers } from './message.ts';
import type { Context } from './message.ts';

/**
 * The rule is another one, or no more: what burned under it ends with that reason, and its people are told the true one.
 * What was remembered of its windows is forgotten.
 */
export function withdraw(
  state: AlertState,
  why: { outcome: 'rule_changed' | 'rule_removed'; logMs: EpochMs },
): Reduced {
  const { outcome, logMs } = why;
  const { machine, episode } = state;
  const blank: AlertState = { ...state, machine: OK, episode: null, slots: [], historyFromMs: 0 };
  if (!episode) {
    if (machine.condition === 'ok') return { state: blank, transitions: [] };
    return recorded(blank, { kind: 'cleared', reason: outcome, check: state.last }, logMs);
  }
  const end = { outcome, atMs: logMs, lastWindowMs: episode.lastWindowMs, value: null };
  const closed = endedEpisode(episode, end);
  const last = closed.messages.at(-1);
  const receivers = toldReceivers(closed);
  const body = last ? closingBody(last, { alert: blank, episode: closed, logMs }) : '';
  const withEnd = tell(closed, { kind: 'resolved', receivers, body }, { logMs, shownAtMs: logMs });
  const resolved = { kind: 'resolved', reason: outcome, check: state.last } as const;
  return laidDown(recorded(blank, resolved, logMs), withEnd);
}

/**
 * Says it again where the rule wants that: `notify.repeat` after the last telling, at most `notify.max` times. Not while
 * a reminder still waits for its receiver: a pile of them says no more than one.
 */
export function remind(state: AlertState, context: Context): Reduced {
  const { episode, machine, last } = state;
  const { repeatMs, max = Infinity } = context.plan.rule.notify;
  const isDue =
    episode?.toldAtMs != null &&
    repeatMs !== undefined &&
    episode.repeats < max &&
    context.logMs - episode.toldAtMs >= repeatMs &&
    !episode.messages.some(
      ({ id, kind }) => kind === 'repeated' && !isSettled(episode.deliveries[id]),
    );
  if (!episode || !last || !isDue || machine.condition !== 'firing')
    return { state, transitions: [] };
  const body = bodyOf('repeated', { alert: state, episode, check: last }, context);
  const receivers = toldReceivers(episode);
  const next = tell(episode, { kind: 'repeated', receivers, body }, context);
  return recorded(
    { ...state, episode: { ...next, toldAtMs: context.logMs, repeats: episode.repeats + 1 } },
    { kind: 'repeated', reason: 'repeat_interval', check: last },
    context.logMs,
  );
}

export type Owed = {
  readonly message: Message;
  readonly episode: Episode;
  readonly delivery: Delivery | undefined;
};

/** Every message whose fate is open, oldest first. */
export const owedOf = (state: AlertState): readonly Owed[] =>
  [...state.ended, ...(state.episode ? [state.episode] : [])].flatMap((episode) =>
    episode.messages
      .map((message) => ({ message, episode, delivery: episode.deliveries[message.id] }))
      .filter(({ delivery }) => !isSettled(delivery)),
  );

/** Notes what became of an attempt. A delivery that is settled is a record of its own, so that no recovery repeats it. */
export function noteDelivery(
  state: AlertState,
  attempt: { messageId: string; delivery: Delivery; logMs: EpochMs },
): Reduced {
  const { messageId, delivery, logMs } = attempt;
  const note = (episode: Episode): Episode =>
    episode.messages.some(({ id }) => id === messageId)
      ? trimmed({ ...episode, deliveries: { ...episode.deliveries, [messageId]: delivery } })
      : episode;
  const message = owedOf(state).find((owed) => owed.message.id === messageId)?.message;
  if (!message) return { state, transitions: [] };
  const next: AlertState = {
    ...state,
    episode: state.episode && note(state.episode),
    ended: keptEpisodes(state.ended.map(note), state.slots),
  };
  if (!isSettled(delivery)) return { state: next, transitions: [] };
  const kind = delivery.status === 'delivered' ? 'delivered' : 'not_delivered';
  return recorded(
    next,
    { kind, reason: `${message.kind} ${message.receiver}`, check: null },
    logMs,
  );
}

/**
 * Forgets the oldest settled messages beyond the bound: a document must fit into a record. The first telling of each
 * receiver stays, for it says to whom the end is owed.
 */
function trimmed(episode: Episode): Episode {
  const extra = episode.messages.length - MESSAGES_KEPT_MAX;
  if (extra <= 0) return episode;
  const first = new Set(
    toldReceivers(episode).map(
      (receiver) => episode.messages.find((message) => message.receiver === receiver)?.id,
    ),
  );
  const gone = new Set(
    episode.messages
      .filter(({ id }) => !first.has(id) && isSettled(episode.deliveries[id]))
      .slice(0, extra)
      .map(({ id }) => id),
  );
  return {
    ...episode,
    messages: episode.messages.filter(({ id }) => !gone.has(id)),
    deliveries: Object.fromEntries(
      Object.entries(episode.deliveries).filter(([id]) => !gone.has(id)),
    ),
  };
}
