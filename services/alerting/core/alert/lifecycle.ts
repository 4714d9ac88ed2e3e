import type { EpochMs } from '../../../kernel/time.ts';
import { told } from './alert.ts';
import { keptEpisodes, laidDown } from './kept-episodes.ts';
import { recorded } from './recorded.ts';
import type { Reduced } from './recorded.ts';
import { burns, OK } from './condition.ts';
import { isSettled } from '../sending/delivery.ts';
import type { Delivery } from '../sending/delivery.ts';
import { isHeld, MESSAGES_KEPT_MAX } from './episode.ts';
import type { AlertState, Check, Episode, Message } from './episode.ts';
import { unheld, withoutHeld } from './hold.ts';
import { closingBody, endedEpisode, tell, toldRecipients } from './message.ts';
import type { Context } from './message.ts';
import { muteOf } from './notify.ts';
import type { Recipient, RulePlan } from '../plan/plan.ts';

/**
 * The rule is another one, no more, or paused: what burned under it ends with that reason, and its people are told the true
 * one.
 * What was remembered of its windows is forgotten.
 */
export function withdraw(
  state: AlertState,
  why: { outcome: 'rule_changed' | 'rule_removed' | 'rule_paused'; logMs: EpochMs },
): Reduced {
  const { outcome, logMs } = why;
  const { machine, episode } = state;
  const { pendedBy: _, ...kept } = state;
  // Nobody watches over the clock of an alert whose rule is no more: what waits goes now.
  const ended = state.ended.map(unheld);
  const blank: AlertState = {
    ...kept,
    ended,
    machine: OK,
    episode: null,
    slots: [],
    historyFromMs: 0,
  };
  if (!episode) {
    if (machine.condition === 'ok') return { state: blank, transitions: [] };
    return recorded(blank, { kind: 'cleared', reason: outcome, check: state.last }, logMs);
  }
  const how = { outcome, atMs: logMs, lastWindowMs: episode.lastWindowMs, value: null };
  const closed = withoutHeld(endedEpisode(episode, how));
  const recipients = toldRecipients(closed);
  const ending = { alert: blank, episode: closed, logMs };
  const end = {
    kind: 'resolved',
    recipients,
    // With what it was told together its end is told: by then the rule says nothing of it.
    incident: closed.messages.findLast(({ incident }) => incident !== undefined)?.incident,
    bodyFor: (recipient: Recipient) => closingBody(recipient, ending),
  } as const;
  const withEnd = tell(closed, end, { logMs, shownAtMs: logMs });
  const resolved = { kind: 'resolved', reason: outcome, check: state.last } as const;
  return laidDown(recorded(blank, resolved, logMs), withEnd);
}

/**
 * Says it again where the rule wants that: `notify.repeat` after the last telling (of a list the next one each time, the
 * last one for good), at most `notify.max` times. Not while somebody sees to it, nor while nobody is to be told, nor
 * while a reminder still waits for its receiver: a pile of them says no more than one.
 */
export function remind(state: AlertState, context: Context): Reduced {
  const { episode, machine, last } = state;
  if (!episode || !last || !burns(machine) || !isDue(episode, context))
    return { state, transitions: [] };
  if (!isNewsOfPeriod(episode, last, context.plan) || muteOf(state, episode, context) !== null)
    return { state, transitions: [] };
  const next = { ...state, episode: { ...episode, repeats: episode.repeats + 1 } };
  return told(next, { kind: 'repeated', reason: 'repeat_interval', check: last }, context);
}

function isDue({ repeats, toldAtMs, overlay, messages, deliveries }: Episode, context: Context) {
  const { repeatMs = [], max = Infinity } = context.plan.rule.notify;
  const waitMs = repeatMs[Math.min(repeats, repeatMs.length - 1)];
  return (
    waitMs !== undefined &&
    toldAtMs !== null &&
    overlay.ack === null &&
    repeats < max &&
    context.logMs - toldAtMs >= waitMs &&
    !messages.some(({ id, kind }) => kind === 'repeated' && !isSettled(deliveries[id]))
  );
}

/** A week's or a month's value stays what it is for a week or a month: said again when the next one is there. */
const isNewsOfPeriod = (episode: Episode, last: Check, { rule }: RulePlan): boolean =>
  rule.window.kind !== 'period' || last.window.endMs > (episode.toldAtMs ?? 0);

export type Owed = {
  readonly message: Message;
  readonly episode: Pick<Episode, 'id'>;
  readonly delivery: Delivery | undefined;
};

/** Every message that is due and whose fate is open, oldest first. */
export const owedOf = (state: AlertState): readonly Owed[] =>
  [...state.ended, ...(state.episode ? [state.episode] : [])].flatMap((episode) =>
    episode.messages
      .map((message) => ({ message, episode, delivery: episode.deliveries[message.id] }))
      .filter(({ message, delivery }) => !isHeld(message) && !isSettled(delivery)),
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
    toldRecipients(episode).map(
      ({ receiver }) => episode.messages.find((message) => message.receiver === receiver)?.id,
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
