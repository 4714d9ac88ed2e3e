import { join } from 'node:path';
import type { Command } from 'commander';
import {
  PrepareError,
  javaCommand,
  prepare,
  serversDirectory,
} from '../../infra/bootstrap/prepare.mjs';
import { TidemarkError } from '../kernel/errors.ts';
import { createAccess } from '../platform/access.ts';
import type { Config } from '../platform/config.ts';
import { lockOwner } from '../platform/embedded/lock.ts';
import { readRunFile, updateRunFile } from '../platform/embedded/run-file.ts';
import { startServers } from '../platform/embedded/servers.ts';
import type { ServerKind } from '../platform/embedded/servers.ts';
import { isPortFree, waitUntil } from '../platform/embedded/wait.ts';
import { banner } from './banner.ts';
import { readConfig } from './environment.ts';
import type { Lifecycle } from './lifecycle.ts';
import { outputOf } from './output.ts';
import type { Output } from './output.ts';
import { runUntilStopped, serve } from './process.ts';
import { SERVICE_NAMES } from './services.ts';

/** How long the banner waits for services that say what they still miss. */
const READY_WITHIN_MS = 20_000;

export function register(program: Command): void {
  program
    .command('dev')
    .description('start Kafka, schema registry, Redis and all services here, with demo data')
    .option('--no-demo', 'no demo data')
    .option('--port <port>', 'port of all routes (TIDEMARK_PORT)')
    .addHelpText('after', '\nExample:\n  $ tidemark dev --no-demo --port 7400 --data .tidemark')
    .action(async (options: { demo: boolean }, command: Command) => {
      const config = readConfig(command);
      const output = outputOf(command);
      await runUntilStopped(output, (lifecycle) =>
        runDev(config, { output, lifecycle, isDemo: options.demo }),
      );
    });
}

async function runDev(
  given: Config,
  options: { readonly output: Output; readonly lifecycle: Lifecycle; readonly isDemo: boolean },
): Promise<void> {
  const { output, lifecycle } = options;
  const startedAtMs = performance.now();
  await checkBefore(given);
  const config = await withServers(given, options);
  if (lifecycle.isClosing()) return;
  const running = await serve({
    config,
    lifecycle,
    name: 'tidemark',
    services: SERVICE_NAMES,
  });
  if (lifecycle.isClosing()) return;
  updateRunFile(config.TIDEMARK_DATA_DIR, { url: running.url });
  await waitUntil(() => running.missing().length === 0, {
    timeoutMs: READY_WITHIN_MS,
    isOver: lifecycle.isClosing,
  });
  if (lifecycle.isClosing()) return;
  output.note(
    banner({
      url: running.url,
      seconds: (performance.now() - startedAtMs) / 1000,
      isDemo: options.isDemo,
      missing: running.missing(),
    }),
  );
}

/** What would stop it after all the work of starting is said first. */
async function checkBefore(config: Config): Promise<void> {
  createAccess({ tokensFile: config.TIDEMARK_TOKENS_FILE, host: config.TIDEMARK_HOST });
  const dataDir = config.TIDEMARK_DATA_DIR;
  const owner = lockOwner(join(dataDir, 'lock'));
  if (owner) {
    const { url } = readRunFile(dataDir);
    throw new TidemarkError(
      'already_running',
      `Tidemark already runs in ${dataDir}${url ? ` at ${url}` : ''} (process ${owner.pid}); stop it, or choose another folder with --data and another port with --port`,
    );
  }
  const { TIDEMARK_PORT: port, TIDEMARK_HOST: host } = config;
  if (!(await isPortFree(port, host)))
    throw new TidemarkError(
      'port_in_use',
      `another program listens on port ${port}; stop it, or choose another with --port`,
    );
  await prepare({ servers: embeddedKinds(config).length > 0 }).catch((error: unknown) => {
    if (error instanceof PrepareError)
      throw new TidemarkError('prerequisite_missing', error.message, { cause: error });
    throw error;
  });
}

const embeddedKinds = (config: Config): readonly ServerKind[] => [
  ...(config.KAFKA_BROKERS.length > 0 ? [] : (['kafka'] as const)),
  ...(config.SCHEMA_REGISTRY_URL ? [] : (['registry'] as const)),
  ...(config.REDIS_URL.length > 0 ? [] : (['redis'] as const)),
];

/** Starts the servers that the configuration names no address for. @returns the configuration with all addresses */
async function withServers(
  config: Config,
  { output, lifecycle }: { readonly output: Output; readonly lifecycle: Lifecycle },
): Promise<Config> {
  const only = embeddedKinds(config);
  if (only.length > 0) output.note(`starting ${only.join(', ')} in ${config.TIDEMARK_DATA_DIR}`);
  const starting = startServers({
    dataDir: config.TIDEMARK_DATA_DIR,
    serversDir: serversDirectory(),
    java: javaCommand(),
    only,
    onReady: (name, tookMs) => output.note(`  ${name.padEnd(10)} ${(tookMs / 1000).toFixed(1)} s`),
  });
  lifecycle.onClose('servers', async () => {
    // Also when they are asked to stop before they have started; that they cannot start is reported below.
    const servers = await starting.catch(() => undefined);
    if (!servers) return;
    updateRunFile(config.TIDEMARK_DATA_DIR, { url: undefined });
    await servers.stop();
  });
  const servers = await starting;
  return {
    ...config,
    KAFKA_BROKERS: only.includes('kafka') ? servers.brokers : config.KAFKA_BROKERS,
    SCHEMA_REGISTRY_URL: only.includes('registry')
      ? servers.registryUrl
      : config.SCHEMA_REGISTRY_URL,
    REDIS_URL: only.includes('redis') ? [servers.redisUrl] : config.REDIS_URL,
  };
}
