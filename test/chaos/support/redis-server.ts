import { mkdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { repositoryDir, serversDirectory } from '../../../infra/bootstrap/prepare.mjs';
import { logTail, startProcess } from '../../../services/platform/embedded/process.ts';
import type { ChildProcess } from '../../../services/platform/embedded/process.ts';
import { findRedis } from '../../../services/platform/embedded/redis.ts';
import { exchange, waitUntil } from '../../../services/platform/embedded/wait.ts';

const START_TIMEOUT_MS = 20_000;
const LOG_TAIL_LINES = 5;

/** A Redis of one test file, which it may kill, stop and fill. Port and data stay the same over all of its lives. */
export type RedisServer = {
  readonly url: string;
  readonly port: number;
  readonly directory: string;
  readonly pid: () => number;
  /** Starts it with these settings besides its own, and waits until it answers PING. */
  readonly start: (settings?: Settings) => Promise<void>;
  /** As `start`, without waiting. */
  readonly launch: (settings?: Settings) => Promise<void>;
  /** SIGKILL; resolves when it is gone. */
  readonly kill: () => Promise<void>;
  /** SIGSTOP: connections stay open and nothing is answered. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** How it ended: code or signal. */
  readonly exited: () => Promise<string>;
  /** One command over a connection of its own, its answer as it is. @throws what Redis answers, also LOADING and BUSY */
  readonly command: (name: string, ...args: readonly (string | number)[]) => Promise<unknown>;
  readonly close: () => Promise<void>;
};
type Settings = Readonly<Record<string, string>>;

/** @param name of its folder under test/output/chaos; one of an earlier run is emptied */
export async function redisServer(options: {
  readonly name: string;
  readonly directory?: string;
  readonly settings?: Settings;
}): Promise<RedisServer> {
  const folder = join(repositoryDir, 'test', 'output', 'chaos', options.name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const directory = options.directory ?? folder;
  const logPath = join(folder, 'redis.log');
  const port = await freePort();
  const program = await findRedis({ serversDir: serversDirectory(), choice: 'path' });
  const url = `redis://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;
  const killNow = (): void => child?.signal('SIGKILL');
  process.once('exit', killNow);

  const launch = async (settings: Settings = {}): Promise<void> => {
    const all: Settings = {
      port: String(port),
      bind: '127.0.0.1',
      dir: directory,
      appendonly: 'yes',
      appendfsync: 'everysec',
      save: '',
      'maxmemory-policy': 'noeviction',
      'repl-diskless-sync-delay': '0',
      ...options.settings,
      ...settings,
    };
    const args = Object.entries(all).flatMap(([key, value]) => [`--${key}`, value]);
    child = await startProcess({ command: program, args, logPath, directory });
  };
  const start = async (settings?: Settings): Promise<void> => {
    await launch(settings);
    const outcome = await waitUntil(() => answers(port), {
      timeoutMs: START_TIMEOUT_MS,
      isOver: () => child?.hasExited() ?? true,
    });
    if (outcome !== 'ready')
      throw new Error(`Redis did not start (${outcome}): ${logTail(logPath, LOG_TAIL_LINES)}`);
  };
  const kill = async (): Promise<void> => {
    killNow();
    await child?.exited;
  };
  await start();
  return {
    url,
    port,
    directory,
    pid: () => child?.identity.pid ?? 0,
    start,
    launch,
    kill,
    pause: () => child?.signal('SIGSTOP'),
    resume: () => child?.signal('SIGCONT'),
    exited: () => child?.exited ?? Promise.resolve('not started'),
    command: (name, ...args) => commandOf(port, [name, ...args.map(String)]),
    async close() {
      await kill();
      process.removeListener('exit', killNow);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function commandOf(port: number, [name = '', ...args]: readonly string[]): Promise<unknown> {
  const client = new Redis({
    port,
    host: '127.0.0.1',
    enableReadyCheck: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  client.on('error', () => {}); // The command tells it.
  try {
    return await client.call(name, ...args);
  } finally {
    client.disconnect();
  }
}

/** Not LOADING, and not stopped. */
async function answers(port: number): Promise<boolean> {
  const answer = await exchange(port, Buffer.from('PING\r\n'), (response) => {
    const text = response.toString();
    return text.endsWith('\r\n') ? text : undefined;
  });
  return answer === '+PONG\r\n';
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
