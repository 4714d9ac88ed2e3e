import type { LoggedCommand } from '../../../kernel/command.ts';
import type { ClockUpdate } from '../../../kernel/update.ts';
import { tellAssignee } from '../overlay/assignment.ts';
import { obey } from '../overlay/obey.ts';
import { takeSilence } from '../overlay/silence.ts';
import type { Silence } from '../overlay/silence.ts';
import { followingAfter } from '../people/unsubscribed.ts';
import { contextOf, settle } from './turn.ts';
import type { Turn } from './turn.ts';

/** What the clock lets count that did not before, in order. */
export const saidBy = (
  { state, record }: Turn,
  { commands }: ClockUpdate,
): readonly LoggedCommand[] =>
  (record.commands ?? []).filter(({ offset }) => offset >= state.commandsNext && offset < commands);

/**
 * What people said counts from the clock on that says so: the two logs have one order, the same at every reading. An alert
 * that was brought back has in it what was applied before.
 */
export function takeCommands(
  turn: Turn,
  said: readonly LoggedCommand[],
  update: ClockUpdate,
): void {
  const { state, record } = turn;
  const silences = {
    has: (id: string) => state.silences.has(id),
    set: (silence: Silence) => state.setSilence(silence),
    end: (id: string) => state.dropSilence(id),
  };
  for (const logged of said) {
    const { command } = logged;
    takeSilence(silences, command);
    const follows = followingAfter((key) => state.following.said(key), logged);
    if (follows) state.following.set(follows.key, follows.following);
    const track = state.tracks.get(command.target);
    if (!track || record.offset < track.resumeAt) continue;
    const { plan } = track;
    if (!plan && !track.alert.isPaused) continue;
    const obeyed = obey(track.alert, logged, state.logMs);
    settle(turn, track, plan ? tellAssignee(obeyed, command, contextOf(turn, plan)) : obeyed);
  }
  state.setCommandsNext(update.commands);
  for (const { id, endsAt } of state.silences.values())
    if (endsAt <= state.logMs) state.dropSilence(id);
}
