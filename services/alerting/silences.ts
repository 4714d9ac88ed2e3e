import type { Command } from '../kernel/command.ts';
import { DAY_MS } from '../kernel/time.ts';
import type { EpochMs } from '../kernel/time.ts';
import { takeSilence } from './core/overlay/silence.ts';
import type { Silence } from './core/overlay/silence.ts';
import type { CommandLog } from './ports.ts';

/** A silence that is over is shown for another day. */
const SHOWN_AFTER_MS = DAY_MS;

/** Whoever ended it before its time; its end is then. */
export type ShownSilence = Silence & { readonly endedBy?: string };

/**
 * All silences of the installation as they are on `commands` now. What was read once is not read again.
 * @returns throws broker_unavailable
 */
export function createSilenceView(
  commands: CommandLog,
  now: () => EpochMs,
): () => Promise<readonly ShownSilence[]> {
  let silences = new Map<string, ShownSilence>();
  let next = 0;
  let turn: Promise<unknown> = Promise.resolve();
  const take = (command: Command): void =>
    takeSilence(
      {
        // One that is over is only shown: alerting itself has forgotten it, so the same id may begin anew.
        has: (id) => {
          const silence = silences.get(id);
          return silence?.endedBy === undefined && (silence?.endsAt ?? 0) > command.at;
        },
        set: (silence) => silences.set(silence.id, silence),
        end(id) {
          const silence = silences.get(id);
          if (!silence || command.at >= silence.endsAt) return;
          if (command.at < silence.startsAt) silences.delete(id);
          else silences.set(id, { ...silence, endsAt: command.at, endedBy: command.by });
        },
      },
      command,
    );
  const refresh = async (): Promise<readonly ShownSilence[]> => {
    const end = await commands.end();
    if (end > next) {
      for (const { command } of await commands.read(next, end)) take(command);
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
