import { execFileSync, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { TidemarkError } from '../../kernel/errors.ts';

/** A process id is used again after its owner died; together with the start time it names one process for ever. */
export type ProcessIdentity = { readonly pid: number; readonly startTime: string };

export type ChildProcess = {
  readonly identity: ProcessIdentity;
  readonly hasExited: () => boolean;
  /** Code or signal, once it has ended. */
  readonly exited: Promise<string>;
  /** To the whole process group. A process that is gone is no error. */
  readonly signal: (signal: NodeJS.Signals) => void;
};

const LOG_BYTES_MAX = 20 * 1024 * 1024;
const LOG_TAIL_BYTES = 4_000;

/**
 * When the process started, in a form that is only ever compared: Linux clock ticks with the boot id, else what `ps` says.
 * @returns undefined when there is no such process (a zombie is none)
 */
export function startTimeOf(pid: number): string | undefined {
  if (!existsSync('/proc/self/stat')) return startTimeByPs(pid);
  try {
    // The second field is the command in parentheses and may hold blanks and parentheses itself.
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const [state] = fields;
    if (state === 'Z' || state === 'X') return undefined;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${fields[19]}`;
  } catch {
    return undefined; // It ended, between two reads or before.
  }
}

function startTimeByPs(pid: number): string | undefined {
  try {
    const text = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return text.trim().replaceAll(/\s+/g, '_') || undefined;
  } catch {
    return undefined; // ps exits with 1 when there is no such process.
  }
}

export function identityOf(pid: number): ProcessIdentity {
  return { pid, startTime: startTimeOf(pid) ?? 'unknown' };
}

export const isAlive = (identity: ProcessIdentity): boolean =>
  startTimeOf(identity.pid) === identity.startTime;

/**
 * Starts a program in its own process group, so that Ctrl-C in the terminal reaches us alone and services drain before
 * their servers go. Output is appended to `logPath`, of which one older generation is kept.
 * @throws prerequisite_missing when there is no such program
 */
export async function startProcess(options: {
  readonly command: string;
  readonly args: readonly string[];
  readonly logPath: string;
  readonly directory: string;
}): Promise<ChildProcess> {
  if (existsSync(options.logPath) && statSync(options.logPath).size > LOG_BYTES_MAX)
    renameSync(options.logPath, `${options.logPath}.1`);
  const log = openSync(options.logPath, 'a');
  const child = spawn(options.command, [...options.args], {
    cwd: options.directory,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const { pid } = child;
  if (pid === undefined) {
    const cause = await new Promise<Error>((resolve) => child.once('error', resolve));
    throw new TidemarkError(
      'prerequisite_missing',
      `cannot run ${options.command}: ${cause.message}`,
      { cause },
    );
  }
  const identity = identityOf(pid);
  let isOver = false;
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      isOver = true;
      resolve(signal ?? `exit code ${code}`);
    });
  });
  return {
    identity,
    hasExited: () => isOver,
    exited,
    signal: (signal) => {
      if (!isOver) signalGroup(identity, signal);
    },
  };
}

/** Sends to the process group of a process that we started, now or in an earlier life. */
export function signalGroup(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isAlive(identity)) return;
  try {
    process.kill(-identity.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The end of a log file, for an error message; of a stack trace what it says, not where. */
export function logTail(path: string, lines: number): string {
  if (!existsSync(path)) return '';
  const text = readFileSync(path);
  const tail = text.subarray(-LOG_TAIL_BYTES).toString().trimEnd().split('\n');
  return tail
    .filter((line) => !line.startsWith('\tat '))
    .slice(-lines)
    .join('\n');
}

const RUN_TIMEOUT_MS = 60_000;

/** Runs a short program to its end. @throws Error with the end of its log when it fails or takes longer than a minute */
export async function runToEnd(options: Parameters<typeof startProcess>[0]): Promise<void> {
  const child = await startProcess(options);
  const timer = setTimeout(() => child.signal('SIGKILL'), RUN_TIMEOUT_MS);
  const how = await child.exited;
  clearTimeout(timer);
  if (how !== 'exit code 0')
    throw new Error(`${options.command} ended with ${how}:\n${logTail(options.logPath, 8)}`);
}
