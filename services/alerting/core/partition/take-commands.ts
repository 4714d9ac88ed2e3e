import type { ClockUpdate } from '../../../kernel/update.ts';
import { tellAssignee } from '../overlay/assignment.ts';
import { obey } from '../overlay/obey.ts';
import { takeSilence } from '../overlay/silence.ts';
import type { Silence } from '../overlay/silence.ts';
import { followingAfter } from '../people/unsubscribed.ts';
import { contextOf, settle } from './turn.ts';
import type { Turn } from './turn.ts';

/**
 * What people said counts from the clock on that says so: the two logs have one order, the same at every reading. An alert
 * that was brought back has in it what was applied before.
 */
export function takeCommands(turn: Turn, update: ClockUpdate): void {
  const { state, record } = turn;
  const silences = {
    has: (id: string) => state.silences.has(id),
    set: (silence: Silence) => state.setSilence(silence),
    end: (id: string) => state.dropSilence(id),
  };
  for (const logged of record.commands ?? []) {
    const { offset, command } = logged;
    if (offset < state.commandsNext || offset >= update.commands) continue;
    takeSilence(silences, command);
    const said = followingAfter((key) => state.followings.get(key), logged);
    if (said) state.setFollowing(said.key, said.following);
    const track = state.tracks.get(command.target);
    if (!track?.plan || record.offset < track.resumeAt) continue;
    const obeyed = obey(track.alert, logged, state.logMs);
    settle(turn, track, tellAssignee(obeyed, command, contextOf(turn, track.plan)));
  }
  state.setCommandsNext(update.commands);
  for (const { id, endsAt } of state.silences.values())
    if (endsAt <= state.logMs) state.dropSilence(id);
}
