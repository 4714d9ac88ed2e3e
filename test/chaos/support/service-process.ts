import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryDir } from '../../../infra/bootstrap/prepare.mjs';
import type { ServiceName } from '../../../services/cli/services.ts';
import { waitUntil } from '../../../services/platform/embedded/wait.ts';
import { cleanEnvironment } from '../../support/stack.ts';

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;
const TAIL_CHARACTERS = 4_000;

/** `tidemark serve NAME` as a process of its own, which can be killed, paused and started again. */
export type ServiceProcess = {
  readonly name: ServiceName;
  /** Base address of its HTTP; another one after each start. */
  readonly url: () => string;
  readonly pid: () => number;
  readonly isAlive: () => boolean;
  /** Starts it, after it has ended, and waits until it listens. */
  readonly start: () => Promise<void>;
  /** SIGKILL; resolves when it is gone. */
  readonly kill: () => Promise<void>;
  /** Asks it to stop. @returns its exit code   @throws Error when it does not end within 20 s */
  readonly stop: () => Promise<number | null>;
  /** SIGSTOP: connections stay open and nothing is answered. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** Exit code or signal of the life that runs or ran last. */
  readonly exited: () => Promise<number | string | null>;
  /** What /readyz says is missing; empty when it is ready. Undefined when it does not answer. */
  readonly missing: () => Promise<readonly string[] | undefined>;
  /** All that it has logged, over all of its lives. */
  readonly output: () => string;
};

export type ServiceOptions = {
  readonly name: ServiceName;
  readonly logPath: string;
  readonly environment: Readonly<Record<string, string>>;
};

export async function startService(options: ServiceOptions): Promise<ServiceProcess> {
  const { name, logPath, environment } = options;
  let child: ChildProcess | undefined;
  let url = '';
  let exited: Promise<number | string | null> = Promise.resolve(null);
  const output = (): string => readFileSync(logPath, 'utf8');
  const isAlive = (): boolean => child !== undefined && !hasEnded(child);
  // The last resort for a test that leaves without closing: no service outlives it.
  const killNow = (): void => void (isAlive() && child?.kill('SIGKILL'));
  process.once('exit', killNow);

  const start = async (): Promise<void> => {
    if (isAlive()) return;
    const log = openSync(logPath, 'a');
    const before = output().length;
    const started = spawn(join(repositoryDir, 'bin', 'tidemark'), ['serve', name, '--port', '0'], {
      env: cleanEnvironment({ ...environment, NO_COLOR: '1' }),
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    child = started;
    exited = new Promise((resolve) =>
      started.once('exit', (code, signal) => resolve(signal ?? code)),
    );
    const outcome = await waitUntil(
      () => {
        const found = /listens at (\S+)/.exec(output().slice(before))?.[1];
        url = found ?? url;
        return found !== undefined;
      },
      { timeoutMs: START_TIMEOUT_MS, isOver: () => hasEnded(started) },
    );
    if (outcome === 'ready') return;
    started.kill('SIGKILL');
    throw new Error(`${name} did not start (${outcome}): ${output().slice(-TAIL_CHARACTERS)}`);
  };
  const kill = async (): Promise<void> => {
    killNow();
    await exited;
  };
  await start();
  return {
    name,
    url: () => url,
    pid: () => child?.pid ?? 0,
    isAlive,
    start,
    kill,
    async stop() {
      if (!isAlive()) return child?.exitCode ?? null;
      child?.kill('SIGCONT');
      child?.kill('SIGTERM');
      const outcome = await waitUntil(() => !isAlive(), { timeoutMs: STOP_TIMEOUT_MS });
      if (outcome === 'ready') return child?.exitCode ?? null;
      await kill();
      throw new Error(`${name} did not stop: ${output().slice(-TAIL_CHARACTERS)}`);
    },
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    exited: () => exited,
    missing: () => missingOf(url),
    output,
  };
}

const hasEnded = (child: ChildProcess): boolean =>
  child.exitCode !== null || child.signalCode !== null;

async function missingOf(url: string): Promise<readonly string[] | undefined> {
  try {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) });
    return ((await answer.json()) as { missing: readonly string[] }).missing;
  } catch {
    return undefined; // It is down, paused or cut off.
  }
}
