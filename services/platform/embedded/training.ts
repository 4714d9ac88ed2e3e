import { createHash } from 'node:crypto';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JavaProgram } from './java.ts';
import { takeLock } from './lock.ts';
import { startProcess } from './process.ts';
import type { ChildProcess, ProcessIdentity } from './process.ts';
import type { ServerDefinition } from './server.ts';
import { waitUntil } from './wait.ts';

/**
 * A server whose start an archive of its loaded classes halves (Java's AppCDS, JEP 350). The archive comes from a
 * second, idle instance on spare ports and a scratch folder, at the lowest priority, so the running one is not held up.
 */
export type Trainee = {
  readonly program: JavaProgram;
  /** The same server on other ports and folders, with `program` as its Java. */
  readonly define: (program: JavaProgram, scratchDirectory: string) => Promise<ServerDefinition>;
};

const TRAINING_TIMEOUT_MS = 180_000;
const VERSION_TIMEOUT_MS = 10_000;

/** @returns whether the archive was trained for this class path; a wrong Java version Java notices itself */
export function isTrainedFor(program: JavaProgram): boolean {
  return (
    existsSync(program.archivePath) &&
    trainedFor(program)?.classPath === fingerprint(program.classPath)
  );
}

/**
 * Trains what has no archive for this Java and class path, one after the other, in the background.
 * @returns how to end it; what is unfinished then is tried again by a later start
 */
export function startTraining(
  trainees: readonly Trainee[],
  options: {
    readonly serversDir: string;
    readonly scratchDirectory: string;
    readonly onProcess: (name: string, identity: ProcessIdentity | undefined) => void;
  },
): { readonly stop: () => Promise<void> } {
  let child: ChildProcess | undefined;
  let isStopped = false;
  const onChild = (started: ChildProcess | undefined): void => {
    child = started;
    options.onProcess('training', started?.identity);
    if (isStopped) started?.signal('SIGKILL');
  };
  const run = async (): Promise<void> => {
    const lock = takeLock(join(options.serversDir, 'training.lock'));
    if (lock.kind === 'held') return;
    try {
      for (const trainee of trainees) {
        const java = await javaVersion(trainee.program.java);
        if (isStopped) return;
        if (!isTrainedFor(trainee.program) || trainedFor(trainee.program)?.java !== java)
          await train(trainee, { java, scratchDirectory: options.scratchDirectory, onChild });
      }
    } finally {
      lock.release();
    }
  };
  // Without an archive servers start more slowly and are otherwise the same: a failure may wait for the next start.
  const finished = run().catch((error: unknown) => {
    writeFileSync(`${options.scratchDirectory}.error.log`, `${String(error)}\n`);
  });
  return {
    async stop() {
      isStopped = true;
      child?.signal('SIGKILL');
      await finished;
    },
  };
}

async function train(
  trainee: Trainee,
  options: {
    readonly java: string;
    readonly scratchDirectory: string;
    readonly onChild: (child: ChildProcess | undefined) => void;
  },
): Promise<void> {
  const { archivePath, classPath } = trainee.program;
  const partial = `${archivePath}.${process.pid}.partial`;
  rmSync(options.scratchDirectory, { recursive: true, force: true });
  const definition = await trainee.define(
    { ...trainee.program, archive: { kind: 'train', path: partial } },
    options.scratchDirectory,
  );
  const { command, args } = await definition.command();
  const child = await startProcess({
    ...definition,
    command: 'nice',
    args: ['-n', '19', command, ...args],
  });
  options.onChild(child);
  const timer = setTimeout(() => child.signal('SIGKILL'), TRAINING_TIMEOUT_MS);
  await waitUntil(definition.isReady, { timeoutMs: TRAINING_TIMEOUT_MS, isOver: child.hasExited });
  child.signal('SIGTERM');
  await child.exited;
  clearTimeout(timer);
  options.onChild(undefined);
  rmSync(options.scratchDirectory, { recursive: true, force: true });
  // Killed before its end it leaves no archive, or half of one under the partial name.
  if ((await child.exited) === 'SIGKILL' || !existsSync(partial))
    return rmSync(partial, { force: true });
  renameSync(partial, archivePath);
  writeFileSync(
    recordPath(trainee.program),
    JSON.stringify({ java: options.java, classPath: fingerprint(classPath) }),
  );
}

const recordPath = (program: JavaProgram): string => `${program.archivePath}.json`;

function trainedFor(
  program: JavaProgram,
): { readonly java: string; readonly classPath: string } | undefined {
  const path = recordPath(program);
  return existsSync(path)
    ? (JSON.parse(readFileSync(path, 'utf8')) as { java: string; classPath: string })
    : undefined;
}

const fingerprint = (classPath: readonly string[]): string =>
  createHash('sha256').update(classPath.join(':')).digest('hex');

function javaVersion(java: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(java, ['-version'], { timeout: VERSION_TIMEOUT_MS }, (error, _, stderr) =>
      error ? reject(error) : resolve(stderr.trim()),
    );
  });
}
