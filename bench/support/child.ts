import { fork } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';

/** A program of this folder in a process of its own, so that its CPU is told from the load's. */
export type Child = {
  readonly pid: number;
  /** The next message of this kind. @throws Error when the process ends before, with the end of its log named */
  readonly next: <M extends { readonly kind: string }>(kind: M['kind']) => Promise<M>;
  /** All messages of this kind that have come and were not taken yet. */
  readonly all: <M extends { readonly kind: string }>(kind: M['kind']) => readonly M[];
  readonly send: (message: { readonly kind: string; readonly [key: string]: unknown }) => void;
  readonly hasEnded: () => boolean;
  readonly stop: () => Promise<void>;
  /** kill -9. */
  readonly kill: () => void;
};

const STOP_WITHIN_MS = 15_000;
/** As bin/tidemark has it: a service that starts finds its code compiled. */
const NODE_COMPILE_CACHE = join(import.meta.dirname, '../../node_modules/.cache/tidemark');

/**
 * @param options.file relative to bench/
 * @param options.task sent to the child as its first message
 */
export function startChild(options: {
  readonly file: string;
  readonly task: object;
  readonly logPath: string;
}): Child {
  const log = openSync(options.logPath, 'a');
  const child = fork(join(import.meta.dirname, '..', options.file), [], {
    stdio: ['ignore', log, log, 'ipc'],
    execArgv: [],
    env: { NODE_COMPILE_CACHE, ...process.env },
  });
  closeSync(log);
  const messages: { kind: string }[] = [];
  let waiting: (() => void) | undefined;
  let isOver = false;
  child.on('message', (message) => {
    messages.push(message as { kind: string });
    waiting?.();
  });
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => {
      isOver = true;
      waiting?.();
      resolve();
    });
  });
  child.send(options.task);
  return {
    pid: child.pid ?? -1,
    async next<M extends { readonly kind: string }>(kind: M['kind']): Promise<M> {
      for (;;) {
        const index = messages.findIndex((message) => message.kind === kind);
        if (index >= 0) return messages.splice(index, 1)[0] as M;
        if (isOver) throw new Error(`${options.file} ended early; see ${options.logPath}`);
        await new Promise<void>((resolve) => {
          waiting = resolve;
        });
      }
    },
    all<M extends { readonly kind: string }>(kind: M['kind']): readonly M[] {
      const found = messages.filter((message) => message.kind === kind) as unknown as M[];
      const rest = messages.filter((message) => message.kind !== kind);
      messages.splice(0, messages.length, ...rest);
      return found;
    },
    send: (message) => void child.send(message),
    hasEnded: () => isOver,
    kill: () => void child.kill('SIGKILL'),
    async stop() {
      // One that comes to its end by itself may have let go of its line already.
      if (child.connected) child.send({ kind: 'stop' }, () => {});
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
      await exited;
      clearTimeout(timer);
    },
  };
}

/** In the child: the first message, which is its task. */
export const receiveTask = <T>(): Promise<T> =>
  new Promise((resolve) => process.once('message', (message) => resolve(message as T)));

/** In the child: resolves when the parent says stop, or is gone. */
export const toldToStop = (): Promise<void> =>
  new Promise((resolve) => {
    process.on('message', (message) => {
      if ((message as { kind?: string }).kind === 'stop') resolve();
    });
    process.once('disconnect', () => resolve());
  });

export const tellParent = (message: {
  readonly kind: string;
  readonly [key: string]: unknown;
}): void => {
  process.send?.(message);
};
