import { DAY_MS } from '../kernel/time.ts';
import type { EpochMs } from '../kernel/time.ts';
import { silencesAfter } from './core/overlay/silence.ts';
import type { Silence } from './core/overlay/silence.ts';
import type { CommandLog } from './ports.ts';

/** A silence that is over is shown for another day. */
const SHOWN_AFTER_MS = DAY_MS;

/**
 * All silences of the installation as they are on `commands` now. What was read once is not read again.
 * @returns throws broker_unavailable
 */
export function createSilenceView(
  commands: CommandLog,
  now: () => EpochMs,
): () => Promise<readonly Silence[]> {
  let silences: ReadonlyMap<string, Silence> = new Map();
  let next = 0;
  let turn: Promise<unknown> = Promise.resolve();
  const refresh = async (): Promise<readonly Silence[]> => {
    const end = await commands.end();
    if (end > next) {
      silences = silencesAfter(silences, await commands.read(next, end));
      next = end;
    }
    const since = now() - SHOWN_AFTER_MS;
    silences = new Map([...silences].filter(([, { endsAt }]) => endsAt > since));
    return [...silences.values()];
  };
  return () => {
    const answer = turn.then(refresh);
    turn = answer.catch(() => undefined);
    return answer;
  };
}
