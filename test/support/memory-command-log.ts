import type { Command } from '../../services/kernel/command.ts';
import type { CommandLog } from '../../services/alerting/ports.ts';

/** The topic `commands` in memory; offsets count from 0. */
export function memoryCommandLog(commands: Command[] = []): CommandLog {
  return {
    append: async (command) => commands.push(command) - 1,
    end: async () => commands.length,
    read: async (from, to) =>
      commands
        .map((command, offset) => ({ offset, command }))
        .filter(({ offset }) => offset >= from && offset < to),
  };
}
