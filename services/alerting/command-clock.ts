import type { Command } from '../kernel/command.ts';
import type { DurationMs, EpochMs } from '../kernel/time.ts';
import type { CommandLog, UpdateLog } from './ports.ts';

/** How long a command is waited for until the lanes here have it. */
const TAKEN_WITHIN_MS: DurationMs = 2_000;

export type CommandClock = {
  /** Writes a second into every loaded partition, with the commands that are known then. */
  readonly tick: () => Promise<void>;
  /** @see Alerting.tell */
  readonly tell: (
    command: Command,
  ) => Promise<{ readonly offset: number; readonly isTaken: boolean }>;
  /** A lane has stored something: whoever waits for a command looks whether that was it. */
  readonly look: () => void;
};

/** Alerting's own second, which says up to which command people are heard, and the commands that are told here. */
export function createCommandClock(
  ports: {
    readonly commands: CommandLog;
    readonly updates: Pick<UpdateLog, 'writeClocks'>;
    readonly now: () => EpochMs;
    readonly pause: (ms: DurationMs) => Promise<void>;
  },
  lanes: {
    /** Partitions that are loaded here. */
    readonly loaded: () => readonly number[];
    /** Whether all lanes here have stored what came of the commands up to this offset. */
    readonly hasTaken: (offset: number) => boolean;
  },
): CommandClock {
  const { commands, updates } = ports;
  const waiting = new Set<() => void>();
  /** Known end of `commands`. */
  let end = 0;
  let isAsking = false;

  /** Looks for commands of other processes; while the broker owes an answer, time goes on with what is known. */
  const findCommands = async (): Promise<void> => {
    if (isAsking) return;
    isAsking = true;
    try {
      end = Math.max(end, await commands.end());
    } finally {
      isAsking = false;
    }
  };
  const write = (): Promise<void> =>
    updates.writeClocks(lanes.loaded(), { nowMs: ports.now(), commands: end });

  const isTaken = async (offset: number): Promise<boolean> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = (): void => {
      if (lanes.hasTaken(offset)) resolve();
    };
    waiting.add(look);
    look();
    await Promise.race([promise, ports.pause(TAKEN_WITHIN_MS)]);
    waiting.delete(look);
    return lanes.hasTaken(offset);
  };

  return {
    async tick() {
      await findCommands();
      await write();
    },
    async tell(command) {
      const offset = await commands.append(command);
      end = Math.max(end, offset + 1);
      await write();
      return { offset, isTaken: await isTaken(offset) };
    },
    look() {
      for (const look of waiting) look();
    },
  };
}
