import { assertNever } from '../../../kernel/result.ts';
import { labelsOf } from '../../../kernel/series.ts';
import { paused, resumed } from './escalation.ts';
import type { AlertState, Check, Episode, MessageKind } from './episode.ts';
import { withoutHeld } from './hold.ts';
import { bodyOf, tell, toldRecipients } from './message.ts';
import type { Context } from './message.ts';
import type { EscalationStep, Recipient, StepRoute } from '../plan/plan.ts';
import { uniqueRecipients } from '../people/recipients.ts';

export type Assignment = {
  readonly to: string;
  readonly by: string;
  readonly note: string | null;
};

/** Something to be told of an episode. */
export type Telling = {
  readonly kind: MessageKind;
  readonly alert: AlertState;
  readonly episode: Episode;
  readonly check: Check;
  /** Why now: `breach`, `severity_rise`, `repeat_interval`, `silence ID`, … */
  readonly reason: string;
  /** The step that is taken, of an escalation. */
  readonly step?: EscalationStep & StepRoute;
  /** Who is to see to it from now on, by whom, and what was said to it. */
  readonly assignment?: Assignment & StepRoute;
};

/**
 * The one place that decides who is told what: whether the overlay withholds it, else to whom it goes, in what words. An
 * end is owed to everyone who was told of the beginning, whatever lies over the alert; so is an assignment to its assignee.
 * @returns the episode with the messages in it, or marked as muted
 */
export function notify(telling: Telling, context: Context): Episode {
  const { kind, alert } = telling;
  const isEnd = kind === 'resolved' || kind === 'corrected';
  // What still waits for the end of quiet hours was told to nobody: neither is its end.
  const episode = isEnd ? withoutHeld(telling.episode) : telling.episode;
  const isAlways = isEnd || kind === 'assigned';
  const mutedBy = isAlways ? null : muteOf(alert, episode, context);
  if (mutedBy !== null) return muted(episode, mutedBy, context.logMs);
  const recipients = audienceOf({ ...telling, episode }, context);
  const bodyFor = (recipient: Recipient): string => bodyOf(telling, recipient, context);
  const heldFor = ({ to }: Recipient) => context.plan.heldUntil(to, context.logMs, alert.severity);
  // Who is called in has to look at this one.
  const isCall = kind === 'escalated' || kind === 'assigned';
  const incident = isCall ? undefined : context.plan.incidentOf?.(labelsOf(alert.series));
  const severity = isEnd ? undefined : alert.severity;
  const next = tell(episode, { kind, recipients, bodyFor, heldFor, incident, severity }, context);
  if (isEnd || isCall) return next;
  // Whatever was withheld before is told by this.
  return {
    ...unmuted(next, context.logMs),
    toldAtMs: context.logMs,
    toldAs: alert.machine.condition,
    toldSeverity: alert.severity,
  };
}

/** Why nobody is told of this alert at present, if so. */
export function muteOf(
  { overlay, ...alert }: AlertState,
  episode: Episode | null,
  context: Pick<Context, 'logMs' | 'muteOf'>,
): string | null {
  if (episode?.overlay.closed) return 'closed';
  if (overlay.snooze && context.logMs < overlay.snooze.untilMs) return 'snoozed';
  return context.muteOf(alert);
}

export const muted = (episode: Episode, mutedBy: string, logMs: number): Episode => ({
  ...episode,
  overlay: { ...episode.overlay, mutedBy },
  escalation: paused(episode.escalation, logMs),
});

const unmuted = (episode: Episode, logMs: number): Episode => ({
  ...episode,
  overlay: { ...episode.overlay, mutedBy: null },
  escalation: resumed(episode.escalation, logMs),
});

/** Everyone that a message of this kind is for, each receiver once. */
function audienceOf(
  { kind, alert, episode, step, assignment }: Telling,
  { plan, logMs, isUnsubscribed }: Context,
): readonly Recipient[] {
  // Who follows no more is not told of an end either: he has said so.
  const wants = ({ subscription, to }: Recipient): boolean =>
    subscription === undefined || isUnsubscribed?.(subscription, to) !== true;
  const told = toldRecipients(episode).filter(wants);
  switch (kind) {
    case 'firing':
    case 'nodata':
    case 'unmuted':
      return uniqueRecipients([
        ...(episode.route?.recipients ?? []),
        ...told,
        ...plan.subscribersOf(labelsOf(alert.series), logMs, alert.severity).filter(wants),
      ]);
    case 'escalated':
      return uniqueRecipients(step?.recipients ?? []);
    case 'assigned':
      return uniqueRecipients(assignment?.recipients ?? []);
    case 'repeated':
      // To follow is not to be reminded; nor is who hears of it by an escalation at this very moment.
      return told.filter(
        ({ subscription, receiver }) =>
          subscription === undefined &&
          !episode.messages.some((one) => one.receiver === receiver && one.decidedAtMs === logMs),
      );
    case 'resolved':
    case 'corrected':
      return told;
    case 'digest':
      // Of many alerts, hence of none: core/digest-watch.ts.
      return [];
    default:
      return assertNever(kind);
  }
}
