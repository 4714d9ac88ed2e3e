import { createLifecycle } from '../../services/cli/lifecycle.ts';
import { openPlatform } from '../../services/cli/world.ts';
import { parseConfig } from '../../services/platform/config.ts';
import type { Config } from '../../services/platform/config.ts';
import { createLogger } from '../../services/platform/logger.ts';
import type { CatalogView, Platform, StartService } from '../../services/platform/platform.ts';

/** @throws Error listing every fault */
export function benchConfig(env: Readonly<Record<string, string>>): Config {
  const config = parseConfig(env);
  if (!config.ok) throw new Error(config.error.map(({ detail }) => detail).join('; '));
  return config.value;
}

/**
 * The services on a real platform with a catalogue from here, listening on a free port.
 * @param starters in the order in which they start
 */
export async function runServices(
  env: Readonly<Record<string, string>>,
  catalog: CatalogView,
  starters: readonly StartService[],
): Promise<{
  readonly url: string;
  readonly platform: Platform;
  readonly stop: () => Promise<void>;
}> {
  const config = benchConfig({ ...env, TIDEMARK_PORT: '0', LOG_LEVEL: env['LOG_LEVEL'] ?? 'warn' });
  const logger = createLogger({ level: config.LOG_LEVEL, name: 'bench', isTty: false });
  const lifecycle = createLifecycle((what, problem) => logger.error({ what }, problem));
  const platform = await openPlatform({
    config,
    logger,
    lifecycle,
    openCatalog: () => Promise.resolve(catalog),
  });
  for (const start of starters) {
    const service = await start(platform);
    lifecycle.onClose(service.name, service.stop);
  }
  const url = await platform.http.listen({ host: config.TIDEMARK_HOST, port: 0 });
  return { url, platform, stop: lifecycle.close };
}
