import { javaCommand, serversDirectory } from '../../infra/bootstrap/prepare.mjs';
import type { Config } from '../platform/config.ts';
import { updateRunFile } from '../platform/embedded/run-file.ts';
import { startServers } from '../platform/embedded/servers.ts';
import type { ServerKind } from '../platform/embedded/servers.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Output } from './output.ts';

/** What the configuration names no address for. */
export const embeddedKinds = (config: Config): readonly ServerKind[] => [
  ...(config.KAFKA_BROKERS.length > 0 ? [] : (['kafka'] as const)),
  ...(config.SCHEMA_REGISTRY_URL ? [] : (['registry'] as const)),
  ...(config.REDIS_URL.length > 0 ? [] : (['redis'] as const)),
];

/** Starts those servers; the lifecycle stops them. @returns the configuration with all addresses */
export async function withServers(
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
    onDeath: (name, how) => output.note(`${name} ended (${how}); it is started again`),
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
