import { join } from 'node:path';
import { inspect } from 'node:util';
import type { TestProject } from 'vitest/node';
import { isThere } from '../../infra/bootstrap/optional.mjs';
import { javaCommand, repositoryDir, serversDirectory } from '../../infra/bootstrap/prepare.mjs';
import { readRunFile } from '../../services/platform/embedded/run-file.ts';
import { startServers } from '../../services/platform/embedded/servers.ts';
import type { ServerAddresses } from './servers.ts';

type Opened = { readonly addresses: ServerAddresses; readonly stop: () => Promise<void> };
type Shared = {
  users: number;
  readonly started: Promise<Opened>;
};
const KEY = Symbol.for('tidemark.test.servers');
const holder = globalThis as unknown as Record<symbol, Shared | undefined>;

/** Every project with `globalSetup` calls this in one process: the first starts the servers, the last stops them. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const shared = (holder[KEY] ??= { users: 0, started: open() });
  shared.users += 1;
  const { addresses, stop } = await shared.started;
  project.provide('servers', addresses);
  return async () => {
    shared.users -= 1;
    if (shared.users > 0) return;
    holder[KEY] = undefined;
    await stop();
  };
}

/**
 * Servers that run already (TEST_SERVERS_DIR: a data folder with its run.json) are used; else containers where a Docker
 * engine answers; else, or with TEST_SERVERS=embedded or TEST_REDIS=maven, the embedded ones.
 */
async function open(): Promise<Opened> {
  const running = process.env['TEST_SERVERS_DIR'];
  if (running) {
    const { brokers, registryUrl = '', redisUrl = '' } = readRunFile(running);
    return { addresses: { brokers, registryUrl, redisUrl }, stop: () => Promise.resolve() };
  }
  const isEmbedded =
    process.env['TEST_SERVERS'] === 'embedded' || process.env['TEST_REDIS'] === 'maven';
  if (!isEmbedded && isThere('docker')) {
    try {
      // Loaded only where it is used: it is large.
      const { startContainers } = await import('./containers.ts');
      return await startContainers();
    } catch (error) {
      process.stderr.write(
        `containers do not start, embedded servers stand in: ${inspect(error)}\n`,
      );
    }
  }
  return startEmbedded();
}

async function startEmbedded(): Promise<Opened> {
  const { brokers, registryUrl, redisUrl, stop } = await startServers({
    dataDir: join(repositoryDir, 'test', 'output', 'servers'),
    serversDir: serversDirectory(),
    java: javaCommand(),
    redis: process.env['TEST_REDIS'] === 'maven' ? 'maven' : 'path',
  });
  return { addresses: { brokers, registryUrl, redisUrl }, stop };
}
