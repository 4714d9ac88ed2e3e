import { SECOND_MS } from '../kernel/time.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { LoggedCommand } from '../kernel/command.ts';
import type { CommandLog } from './ports.ts';

/** What other processes said is looked for this often at most. */
const REFRESH_EVERY_MS = SECOND_MS;

/** What `commands` comes to, as far as it was read. It changes in place, by `refresh` alone; who calls sees to it that one runs at a time. */
export type CommandFold<T> = {
  readonly current: () => T;
  readonly wasRead: () => boolean;
  /** Whether it is time to look for what others said. */
  readonly isDue: () => boolean;
  /** Reads what was said since. @throws broker_unavailable; it then is what it was */
  readonly refresh: () => Promise<void>;
};

/** @param nothing before anything was said   @param after what these commands make of what was said before */
export function foldCommands<T>(
  { commands, now }: { readonly commands: CommandLog; readonly now: () => EpochMs },
  nothing: T,
  after: (before: T, said: readonly LoggedCommand[]) => T,
): CommandFold<T> {
  let current = nothing;
  let next = 0;
  let readMs = -Infinity;
  return {
    current: () => current,
    wasRead: () => readMs > -Infinity,
    isDue: () => now() - readMs >= REFRESH_EVERY_MS,
    async refresh() {
      const end = await commands.end();
      if (end > next) {
        current = after(current, await commands.read(next, end));
        next = end;
      }
      readMs = now();
    },
  };
}
