import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { javaCommand, repositoryDir, serversDirectory } from '../../infra/bootstrap/prepare.mjs';
import { readRunFile } from '../../services/platform/embedded/run-file.ts';
import { startServers } from '../../services/platform/embedded/servers.ts';
import type { ServerAddresses } from './servers.ts';

type Shared = {
  users: number;
  readonly started: Promise<{
    readonly addresses: ServerAddresses;
    readonly stop: () => Promise<void>;
  }>;
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

/** Servers that run already (TEST_SERVERS_DIR: a data folder with its run.json) are used, else a set of our own is started. */
async function open(): Promise<{ addresses: ServerAddresses; stop: () => Promise<void> }> {
  const running = process.env['TEST_SERVERS_DIR'];
  if (running) {
    const { brokers, registryUrl = '', redisUrl = '' } = readRunFile(running);
    return { addresses: { brokers, registryUrl, redisUrl }, stop: () => Promise.resolve() };
  }
  const { brokers, registryUrl, redisUrl, stop } = await startServers({
    dataDir: join(repositoryDir, 'test', 'output', 'servers'),
    serversDir: serversDirectory(),
    java: javaCommand(),
    redis: process.env['TEST_REDIS'] === 'maven' ? 'maven' : 'path',
  });
  return { addresses: { brokers, registryUrl, redisUrl }, stop };
}
