import { unsubscribedAfter } from './core/people/unsubscribed.ts';
import type { Unsubscribed } from './core/people/unsubscribed.ts';
import type { CommandLog } from './ports.ts';

/**
 * Who follows no more, as it is on `commands` now. What was read once is not read again.
 * @returns throws broker_unavailable
 */
export function createUnsubscribedView(commands: CommandLog): () => Promise<Unsubscribed> {
  let unsubscribed: Unsubscribed = new Set();
  let next = 0;
  let turn: Promise<unknown> = Promise.resolve();
  const refresh = async (): Promise<Unsubscribed> => {
    const end = await commands.end();
    if (end > next) {
      unsubscribed = unsubscribedAfter(unsubscribed, await commands.read(next, end));
      next = end;
    }
    return unsubscribed;
  };
  return () => {
    const answer = turn.then(refresh);
    turn = answer.catch(() => undefined);
    return answer;
  };
}
