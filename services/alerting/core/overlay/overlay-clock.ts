import { told } from '../alert/alert.ts';
import { burns } from '../alert/condition.ts';
import { also, recorded } from '../alert/recorded.ts';
import type { Reduced } from '../alert/recorded.ts';
import { isHeld } from '../alert/episode.ts';
import type { AlertState } from '../alert/episode.ts';
import { advanced, dueMs } from '../alert/escalation.ts';
import type { Context } from '../alert/message.ts';
import { muted, muteOf } from '../alert/notify.ts';
import { unacknowledged } from './obey.ts';
import { release } from '../alert/release.ts';

/**
 * What the log's time does to the overlay of an alert: an acknowledgement or a snooze ends, a mute begins or ends, the
 * escalation goes on. Pure; no timer decides anything.
 */
export function passTime(state: AlertState, context: Context): Reduced {
  if (isAtRest(state)) return { state, transitions: [] };
  const steps = [expireAck, expireSnooze, changeMute, escalate, release];
  const start: Reduced = { state, transitions: [] };
  return steps.reduce((before, step) => also(before, (next) => step(next, context)), start);
}

/** Time has nothing to do with it: nothing is open, snoozed, or waits for the end of quiet hours. */
export const isAtRest = ({ episode, overlay, ended }: AlertState): boolean =>
  !episode && !overlay.snooze && !ended.some(({ messages }) => messages.some(isHeld));

const unchanged = (state: AlertState): Reduced => ({ state, transitions: [] });

function expireAck(state: AlertState, { logMs }: Context): Reduced {
  const { episode } = state;
  if (!episode?.overlay.ack || logMs < episode.overlay.ack.untilMs) return unchanged(state);
  const next = { ...state, episode: unacknowledged(episode, logMs) };
  return recorded(next, { kind: 'unacknowledged', reason: 'expired', check: null }, logMs);
}

function expireSnooze(state: AlertState, { logMs }: Context): Reduced {
  const { overlay } = state;
  if (!overlay.snooze || logMs < overlay.snooze.untilMs) return unchanged(state);
  const next = { ...state, overlay: { ...overlay, snooze: null } };
  return recorded(next, { kind: 'unsnoozed', reason: 'expired', check: null }, logMs);
}

/** When a mute is over and the alert still burns, its people are told at once; nothing was used up meanwhile. */
function changeMute(state: AlertState, context: Context): Reduced {
  const { episode, machine, last } = state;
  if (!episode) return unchanged(state);
  const before = episode.overlay.mutedBy;
  const mutedBy = muteOf(state, episode, context);
  if (mutedBy === before) return unchanged(state);
  if (mutedBy !== null) {
    const next = { ...state, episode: muted(episode, mutedBy, context.logMs) };
    return recorded(next, { kind: 'silenced', reason: mutedBy, check: null }, context.logMs);
  }
  // A recovery under way may end all by itself; should it not, they are told when it burns again.
  if (!burns(machine) || !last) return unchanged(state);
  return told(state, { kind: 'unmuted', reason: before ?? '', check: last }, context);
}

/**
 * Takes the step that is due; those that fell due together follow each other at the next seconds. One that reaches nobody
 * is recorded as such, and the auditor counts it.
 */
function escalate(state: AlertState, context: Context): Reduced {
  const { episode, machine, last } = state;
  if (!episode || !last || !burns(machine)) return unchanged(state);
  const { escalation } = episode;
  const due = dueMs(episode);
  const step = escalation?.steps[escalation.next];
  if (!escalation || !step || due === null || context.logMs < due) return unchanged(state);
  const route = context.plan.stepRouteOf(step.to, context.logMs);
  const isLost = route.recipients.length === 0;
  const next = { ...state, episode: { ...episode, escalation: advanced(escalation, isLost) } };
  const reason = `step ${escalation.next + 1} ${step.to}`;
  if (isLost) {
    const nobody = {
      kind: 'not_delivered',
      reason: `${reason} reaches nobody`,
      check: last,
    } as const;
    return recorded(next, nobody, context.logMs);
  }
  const taken = { kind: 'escalated', reason, check: last, step: { ...step, ...route } } as const;
  return told(next, taken, context);
}
