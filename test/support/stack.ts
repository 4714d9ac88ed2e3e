import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryDir, serversDirectory } from '../../infra/bootstrap/prepare.mjs';
import { lockOwner } from '../../services/platform/embedded/lock.ts';
import { isAlive, signalGroup } from '../../services/platform/embedded/process.ts';
import { readRunFile } from '../../services/platform/embedded/run-file.ts';
import { startServers } from '../../services/platform/embedded/servers.ts';
import { waitUntil } from '../../services/platform/embedded/wait.ts';

const START_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 40_000;
const COMMAND_TIMEOUT_MS = 60_000;
const OUTPUT_TAIL_CHARACTERS = 4_000;

export type CommandResult = {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** A whole installation as a user starts it: `bin/tidemark dev` with servers, data and port of its own. */
export type Stack = {
  /** Base address of its HTTP. */
  readonly url: string;
  readonly dataDir: string;
  /** How long from the command until /readyz said yes. */
  readonly readyMs: number;
  /** All that it has printed. */
  readonly output: () => string;
  /** `bin/tidemark` with these arguments, on this installation. */
  readonly tidemark: (...args: readonly string[]) => Promise<CommandResult>;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** @returns its exit code once it has ended */
  readonly exited: Promise<number | null>;
  /** Asks it to stop, as Ctrl-C does. @returns its exit code */
  readonly stop: () => Promise<number | null>;
  /** `kill -9` of everything at once, as a power cut. */
  readonly kill: () => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

export type StackOptions = {
  /** Folder under test/output: one per test file. */
  readonly name: string;
  /** Default false: no demo data. */
  readonly isDemo?: boolean;
  /** Default false: what an earlier run left is removed first. */
  readonly keepsData?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
};

/**
 * Starts an installation and waits until it is ready. What an aborted run left of it is stopped first.
 * @throws Error with the end of its output when it does not become ready
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const dataDir = stackDirectory(options.name);
  await stopLeftovers(dataDir);
  if (!options.keepsData) rmSync(dataDir, { recursive: true, force: true });
  mkdirSync(dataDir, { recursive: true });
  const outputPath = join(dataDir, 'output.log');
  const output = openSync(outputPath, 'w');
  const demo = options.isDemo ? [] : ['--no-demo'];
  const startedAtMs = performance.now();
  const child = spawn(TIDEMARK, ['--data', dataDir, 'dev', '--port', '0', ...demo], {
    env: cleanEnvironment({ LOG_LEVEL: 'warn', ...options.environment }),
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const readOutput = (): string => readFileSync(outputPath, 'utf8');
  const outcome = await waitUntil(() => isReady(dataDir), {
    timeoutMs: START_TIMEOUT_MS,
    isOver: () => hasEnded(child),
  });
  const kill = async (): Promise<void> => {
    const { processes } = readRunFile(dataDir);
    child.kill('SIGKILL');
    for (const server of processes) signalGroup(server, 'SIGKILL');
    await Promise.all([exited, waitUntil(() => !processes.some(isAlive), { timeoutMs: 10_000 })]);
  };
  if (outcome !== 'ready') {
    await kill();
    throw new Error(
      `no installation in ${dataDir} (${outcome}); it said:\n${readOutput().slice(-OUTPUT_TAIL_CHARACTERS)}`,
    );
  }
  const stop = async (): Promise<number | null> => {
    child.kill('SIGTERM');
    const ended = await waitUntil(() => hasEnded(child), { timeoutMs: STOP_TIMEOUT_MS });
    if (ended === 'ready') return exited;
    await kill();
    throw new Error(
      `it did not stop within ${STOP_TIMEOUT_MS} ms; it said:\n${readOutput().slice(-OUTPUT_TAIL_CHARACTERS)}`,
    );
  };
  return {
    url: readRunFile(dataDir).url ?? '',
    dataDir,
    readyMs: performance.now() - startedAtMs,
    output: readOutput,
    tidemark: (...args) => runTidemark(['--data', dataDir, ...args], options.environment),
    signal: (signal) => void child.kill(signal),
    exited,
    stop,
    kill,
    [Symbol.asyncDispose]: async () => {
      if (!hasEnded(child)) await stop();
    },
  };
}

export const stackDirectory = (name: string): string => join(repositoryDir, 'test', 'output', name);

/** Runs the command line to its end, as a user does; after a minute it is asked to stop. */
export function runTidemark(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  const child = spawn(TIDEMARK, args, {
    env: cleanEnvironment({ NO_COLOR: '1', ...environment }),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: COMMAND_TIMEOUT_MS,
  });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => (texts[name] += text));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, ...texts })));
}

const TIDEMARK = join(repositoryDir, 'bin', 'tidemark');

/** Settings of whoever runs the tests must not reach what is tested. */
export function cleanEnvironment(added: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) =>
      !/^(TIDEMARK_|KAFKA_|SCHEMA_REGISTRY_URL|REDIS_URL|LOG_LEVEL|VITEST|NODE_OPTIONS)/.test(name),
  );
  return { ...Object.fromEntries(own), ...added };
}

const hasEnded = (child: ChildProcess): boolean =>
  child.exitCode !== null || child.signalCode !== null;

async function isReady(dataDir: string): Promise<boolean> {
  const { url } = readRunFile(dataDir);
  if (!url) return false;
  try {
    return (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5_000) })).ok;
  } catch {
    return false; // Not listening any more, or not yet.
  }
}

/** An installation in a folder of test output can only be one that an aborted run left behind. */
async function stopLeftovers(dataDir: string): Promise<void> {
  const owner = lockOwner(join(dataDir, 'lock'));
  if (owner) {
    process.kill(owner.pid, 'SIGKILL');
    await waitUntil(() => !isAlive(owner), { timeoutMs: 10_000 });
  }
  const servers = await startServers({
    dataDir,
    serversDir: serversDirectory(),
    only: [],
    trainArchives: false,
  });
  await servers.stop();
}
