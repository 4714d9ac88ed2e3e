import { TidemarkError } from '../../kernel/errors.ts';
import { logTail, startProcess } from './process.ts';
import type { ChildProcess, ProcessIdentity } from './process.ts';
import { waitUntil } from './wait.ts';

/** How one kind of server is run; what the supervisor below needs to know. */
export type ServerDefinition = {
  readonly name: string;
  readonly directory: string;
  readonly logPath: string;
  readonly command: () => Promise<{ readonly command: string; readonly args: readonly string[] }>;
  /** Whether it can do its job now. Never throws. */
  readonly isReady: () => Promise<boolean>;
};

/** One server as tests and `dev` handle it. Ports and data stay the same over all of its lives. */
export type EmbeddedServer = {
  readonly name: string;
  readonly logPath: string;
  /** undefined while it is not running */
  readonly pid: () => number | undefined;
  /** Resolves when it answers. Does nothing when it runs already. @throws Error with the end of its log */
  readonly start: () => Promise<void>;
  /** SIGTERM, and SIGKILL when that takes too long. */
  readonly stop: () => Promise<void>;
  /** SIGKILL, as a power cut; resolves when it is gone. */
  readonly kill: () => Promise<void>;
  /** A stop, if it runs, and a start. */
  readonly restart: () => Promise<void>;
};

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 8_000;
const LOG_TAIL_LINES = 8;
const REVIVE_AFTER_MS = 1_000;

/**
 * @param onProcess told the identity of each new process at once, and undefined when it has ended
 * @param onDeath told of a server that ended although nobody stopped it, and how; it is started again until it answers or
 *   is stopped. Without it, it stays down.
 */
export function superviseServer(
  definition: ServerDefinition,
  onProcess: (name: string, identity: ProcessIdentity | undefined) => void,
  onDeath?: (name: string, how: string) => void,
): EmbeddedServer {
  let child: ChildProcess | undefined;
  let isWanted = false;

  const start = async (): Promise<void> => {
    if (child && !child.hasExited()) return;
    const started = await startProcess({
      ...(await definition.command()),
      logPath: definition.logPath,
      directory: definition.directory,
    });
    child = started;
    onProcess(definition.name, started.identity);
    const outcome = await waitUntil(definition.isReady, {
      timeoutMs: START_TIMEOUT_MS,
      isOver: started.hasExited,
    });
    if (outcome === 'ready') {
      isWanted = true;
      void revive(started);
      return;
    }
    started.signal('SIGKILL');
    const how =
      outcome === 'stopped'
        ? `ended with ${await started.exited}`
        : `did not answer within ${START_TIMEOUT_MS / 1000} s`;
    throw new TidemarkError(
      'prerequisite_missing',
      `${definition.name} ${how}; its log ${definition.logPath} ends with:\n${logTail(definition.logPath, LOG_TAIL_LINES)}`,
    );
  };
  const revive = async (dead: ChildProcess): Promise<void> => {
    const how = await dead.exited;
    if (!onDeath || !isWanted || child !== dead) return;
    onDeath(definition.name, how);
    while (isWanted) {
      try {
        return await start();
      } catch (error) {
        onDeath(definition.name, (error as Error).message);
        await new Promise((resolve) => setTimeout(resolve, REVIVE_AFTER_MS));
      }
    }
  };
  const end = async (first: NodeJS.Signals): Promise<void> => {
    isWanted = false;
    if (!child) return;
    const ending = child;
    ending.signal(first);
    const outcome = await waitUntil(ending.hasExited, { timeoutMs: STOP_TIMEOUT_MS });
    if (outcome !== 'ready') ending.signal('SIGKILL');
    await ending.exited;
    if (child !== ending) return;
    child = undefined;
    onProcess(definition.name, undefined);
  };
  return {
    name: definition.name,
    logPath: definition.logPath,
    pid: () => (child && !child.hasExited() ? child.identity.pid : undefined),
    start,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    async restart() {
      await end('SIGTERM');
      await start();
    },
  };
}
