import { followingsAfter, restatements } from './core/people/unsubscribed.ts';
import type { Followings, Unsubscribed } from './core/people/unsubscribed.ts';
import type { CommandLog } from './ports.ts';
import type { EpochMs } from '../kernel/time.ts';

/** What `commands` says of following, and up to where it was read. @throws broker_unavailable */
export type FollowingView = () => Promise<{
  readonly followings: Followings;
  readonly end: number;
}>;

/** Who follows, as it is on `commands` now. What was read once is not read again. */
export function createFollowingView(commands: CommandLog): FollowingView {
  let followings: Followings = new Map();
  let next = 0;
  let turn: Promise<unknown> = Promise.resolve();
  const refresh: FollowingView = async () => {
    const end = await commands.end();
    if (end > next) {
      followings = followingsAfter(followings, await commands.read(next, end));
      next = end;
    }
    return { followings, end: next };
  };
  return () => {
    const answer = turn.then(refresh);
    turn = answer.catch(() => undefined);
    return answer;
  };
}

/** Commands that one round writes; what is more waits for the next. */
const RESTATED_MAX = 1_000;

/**
 * Restates what people said about following before `commands` forgets it. To be called again and again, by one process;
 * of two that do, the second says what is known already.
 * @param kept who follows no more as the state of a partition has it: of what the topic has forgotten it is the only witness
 * @returns how many were restated @throws broker_unavailable
 */
export async function restateFollowings(
  ports: {
    readonly commands: CommandLog;
    readonly followings: FollowingView;
    readonly now: () => EpochMs;
    readonly newId: () => string;
  },
  kept: Unsubscribed,
): Promise<number> {
  const said = await ports.followings();
  const due = restatements({ ...said, kept }, { nowMs: ports.now(), newId: ports.newId }).slice(
    0,
    RESTATED_MAX,
  );
  for (const command of due) await ports.commands.append(command);
  return due.length;
}
