import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { TidemarkError } from '../../kernel/errors.ts';
import type { ServerDefinition } from './server.ts';
import { exchange } from './wait.ts';

/** 'path': redis-server or valkey-server of the machine, else Maven's. 'maven': always the one from Maven. */
export type RedisChoice = 'path' | 'maven';

/** Older ones lack what the scripts use. */
const VERSION_MINIMUM = [6, 2] as const;
const VERSION_TIMEOUT_MS = 5_000;

export function redisDefinition(options: {
  readonly directory: string;
  readonly logPath: string;
  readonly serversDir: string;
  readonly port: number;
  readonly choice: RedisChoice;
}): ServerDefinition {
  return {
    name: 'redis',
    directory: options.directory,
    logPath: options.logPath,
    async command() {
      mkdirSync(options.directory, { recursive: true });
      return { command: await findRedis(options), args: redisArguments(options) };
    },
    isReady: () => isRedisReady(options.port),
  };
}

function redisArguments(options: { readonly directory: string; readonly port: number }): string[] {
  const settings: Record<string, string> = {
    port: String(options.port),
    bind: '127.0.0.1',
    dir: options.directory,
    daemonize: 'no',
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '',
    'maxmemory-policy': 'noeviction',
    // The name of Redis 6; 7 and later, and Valkey, take it for hash-max-listpack-entries.
    'hash-max-ziplist-entries': '32',
  };
  return Object.entries(settings).flatMap(([key, value]) => [`--${key}`, value]);
}

/** @returns the program to run. @throws prerequisite_missing */
export async function findRedis(options: {
  readonly serversDir: string;
  readonly choice: RedisChoice;
}): Promise<string> {
  const candidates = options.choice === 'path' ? ['redis-server', 'valkey-server'] : [];
  for (const candidate of candidates) if (await isNewEnough(candidate)) return candidate;
  const fromMaven = mavenRedis(join(options.serversDir, 'redis'));
  if (fromMaven && (await isNewEnough(fromMaven))) return fromMaven;
  throw new TidemarkError(
    'prerequisite_missing',
    `no Redis ${VERSION_MINIMUM.join('.')} or later: none on the PATH, and the one from Maven does not run here; install redis-server or valkey-server`,
  );
}

const PLATFORMS: Readonly<Record<string, string>> = {
  'linux-x64': 'linux-amd64',
  'linux-arm64': 'linux-arm64',
  'darwin-x64': 'darwin-amd64',
  'darwin-arm64': 'darwin-arm64',
};

function mavenRedis(directory: string): string | undefined {
  const suffix = PLATFORMS[`${process.platform}-${process.arch}`];
  if (!suffix || !existsSync(directory)) return undefined;
  const name = readdirSync(directory).find((file) => file.endsWith(`-${suffix}`));
  if (!name) return undefined;
  const path = join(directory, name);
  // Not every Maven keeps the permissions of an archive's files.
  chmodSync(path, 0o755);
  return path;
}

/** "Redis server v=7.0.15 sha=…", "Valkey server v=8.1.1 …" */
function isNewEnough(command: string): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(command, ['--version'], { timeout: VERSION_TIMEOUT_MS }, (error, stdout) => {
      const [, major, minor] = /v=(\d+)\.(\d+)/.exec(stdout) ?? [];
      const [needMajor, needMinor] = VERSION_MINIMUM;
      const isEnough =
        Number(major) > needMajor || (Number(major) === needMajor && Number(minor) >= needMinor);
      resolve(!error && isEnough);
    });
  });
}

/** While it loads its file it answers -LOADING. */
async function isRedisReady(port: number): Promise<boolean> {
  const answer = await exchange(port, Buffer.from('PING\r\n'), (response) => {
    const text = response.toString();
    return text.endsWith('\r\n') ? text : undefined;
  });
  return answer === '+PONG\r\n';
}
