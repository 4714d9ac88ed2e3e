import { javaCommand, serversDirectory } from '../../infra/bootstrap/prepare.mjs';
import type { Config } from '../platform/config.ts';
import { updateRunFile } from '../platform/embedded/run-file.ts';
import { startServers } from '../platform/embedded/servers.ts';
import type { EmbeddedServers, ServerKind } from '../platform/embedded/servers.ts';
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
  return withEmbedded(config, only, await starting);
}

/** What the embedded broker allows (services/platform/embedded/kafka.ts), with room for a process that stands still. */
const EMBEDDED_SESSION_TIMEOUT_MS = 1_500;

/** The configuration with the addresses of these servers, and what suits them where nothing else is wanted. */
export const withEmbedded = (
  config: Config,
  kinds: readonly ServerKind[],
  servers: Pick<EmbeddedServers, 'brokers' | 'registryUrl' | 'redisUrl'>,
): Config => ({
  ...config,
  ...(kinds.includes('kafka')
    ? {
        KAFKA_BROKERS: servers.brokers,
        TIDEMARK_SESSION_TIMEOUT_MS:
          config.TIDEMARK_SESSION_TIMEOUT_MS || EMBEDDED_SESSION_TIMEOUT_MS,
      }
    : {}),
  ...(kinds.includes('registry') ? { SCHEMA_REGISTRY_URL: servers.registryUrl } : {}),
  ...(kinds.includes('redis') ? { REDIS_URL: [servers.redisUrl] } : {}),
});
