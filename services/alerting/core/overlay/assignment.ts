import type { Command } from '../../../kernel/command.ts';
import type { OwnerRef } from '../../../kernel/definitions.ts';
import type { Context } from '../alert/message.ts';
import { notify } from '../alert/notify.ts';
import type { Reduced } from '../alert/recorded.ts';

/**
 * After a command that assigned: whoever has to see to it now is told, with who said so and the note, whatever lies over
 * the alert: somebody asked for just this. Who takes it himself knows. While he is away the one who answers for him is
 * told, as of a step of an escalation. Pure.
 */
export function tellAssignee(
  reduced: Reduced,
  { assignee, by, text: note }: Command,
  context: Context,
): Reduced {
  const { state, transitions } = reduced;
  const { episode, last } = state;
  const isNews = transitions.some(({ kind }) => kind === 'assigned') && assignee !== by;
  if (!isNews || !episode || !last || assignee === null) return reduced;
  const route = context.plan.stepRouteOf(assignee as OwnerRef, context.logMs);
  const assignment = { to: assignee, by, note, ...route };
  const what = { kind: 'assigned', reason: by, check: last, assignment } as const;
  const told = notify({ ...what, alert: state, episode }, context);
  return { ...reduced, state: { ...state, episode: told } };
}
