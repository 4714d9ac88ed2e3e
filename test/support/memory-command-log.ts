import type { Command } from '../../services/kernel/command.ts';
import type { CommandLog } from '../../services/alerting/ports.ts';

/** The topic `commands` in memory; offsets count from 0. `forget`: what retention does to those below an offset. */
export function memoryCommandLog(
  commands: Command[] = [],
): CommandLog & { readonly forget: (before: number) => void } {
  let first = 0;
  return {
    forget(before) {
      first = before;
    },
    append: async (command) => commands.push(command) - 1,
    end: async () => commands.length,
    read: async (from, to) =>
      commands
        .map((command, offset) => ({ offset, command }))
        .filter(({ offset }) => offset >= Math.max(first, from) && offset < to),
  };
}
