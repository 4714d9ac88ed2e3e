import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const runFile = z.object({
  /** Base address of the running `dev`: read API and console. */
  url: z.string().optional(),
  brokers: z.array(z.string()).default([]),
  registryUrl: z.string().optional(),
  redisUrl: z.string().optional(),
  /** By name, so that a restart keeps addresses that others wrote down. */
  ports: z.record(z.string(), z.number().int()).default({}),
  /** Our child processes, to stop those that outlived us. */
  processes: z
    .array(z.object({ name: z.string(), pid: z.number().int(), startTime: z.string() }))
    .default([]),
});

/** DATA/run.json: ports and addresses in use. */
export type RunFile = Readonly<z.infer<typeof runFile>>;

const EMPTY: RunFile = { brokers: [], ports: {}, processes: [] };

/** @returns what the text says; nothing when it is damaged, which costs only new ports */
export function parseRunFile(text: string): RunFile {
  try {
    return runFile.parse(JSON.parse(text));
  } catch {
    return EMPTY; // Not ours, or of another version.
  }
}

export function readRunFile(dataDir: string): RunFile {
  try {
    return parseRunFile(readFileSync(runFilePath(dataDir), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return EMPTY;
    throw error;
  }
}

/** Changes some fields, atomically. Only the holder of the data folder's lock writes. */
export function updateRunFile(
  dataDir: string,
  change: Partial<{ [K in keyof RunFile]: RunFile[K] | undefined }>,
): void {
  mkdirSync(dataDir, { recursive: true });
  const path = runFilePath(dataDir);
  const next = `${path}.${process.pid}`;
  writeFileSync(next, `${JSON.stringify({ ...readRunFile(dataDir), ...change }, null, 2)}\n`);
  renameSync(next, path);
}

const runFilePath = (dataDir: string): string => join(dataDir, 'run.json');

const PORT_MIN = 12_000;
/** Above lie the ephemeral ports that the system hands to any client connection. */
const PORT_MAX = 32_767;
const PORT_TRIES_MAX = 200;

/**
 * One port per name: the remembered one where it is free, else a random free one.
 * @param random uniform in [0, 1)
 * @throws Error when none of many candidates is free
 */
export async function choosePorts(
  names: readonly string[],
  options: {
    readonly remembered: Readonly<Record<string, number>>;
    readonly isFree: (port: number) => Promise<boolean>;
    readonly random: () => number;
  },
): Promise<Record<string, number>> {
  const chosen: Record<string, number> = {};
  const taken = new Set(Object.values(options.remembered));
  for (const name of names) {
    const port = options.remembered[name];
    if (port !== undefined && (await options.isFree(port))) chosen[name] = port;
  }
  for (const name of names.filter((candidate) => chosen[candidate] === undefined)) {
    const port = await findFreePort(taken, options);
    taken.add(port);
    chosen[name] = port;
  }
  return chosen;
}

async function findFreePort(
  taken: ReadonlySet<number>,
  options: { readonly isFree: (port: number) => Promise<boolean>; readonly random: () => number },
): Promise<number> {
  for (let attempt = 0; attempt < PORT_TRIES_MAX; attempt += 1) {
    const port = PORT_MIN + Math.floor(options.random() * (PORT_MAX - PORT_MIN + 1));
    if (!taken.has(port) && (await options.isFree(port))) return port;
  }
  throw new Error(`no free port from ${PORT_MIN} to ${PORT_MAX} after ${PORT_TRIES_MAX} tries`);
}
