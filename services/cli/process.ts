import { flushCompileCache } from 'node:module';
import type { AddressInfo } from 'node:net';
import { TidemarkError } from '../kernel/errors.ts';
import type { CatalogSource } from '../platform/catalog/entry.ts';
import { createCatalogView } from '../platform/catalog/topic.ts';
import type { Config } from '../platform/config.ts';
import { createLogger } from '../platform/logger.ts';
import { addHealthRoutes, missingOf } from './health.ts';
import { createLifecycle, onStopSignals } from './lifecycle.ts';
import type { Lifecycle } from './lifecycle.ts';
import { emphasize } from './output.ts';
import type { Output } from './output.ts';
import { giveWay } from './priority.ts';
import { startServices } from './services.ts';
import type { ServiceName } from './services.ts';
import { addTelemetryRoute } from './telemetry-route.ts';
import { openPlatform } from './world.ts';

/** Ctrl-C and its kin end a process that did what it should. */
const EXIT_STOPPED = 0;
const EXIT_FORCED = 1;

/**
 * Runs until a signal: the first closes what was opened, in reverse order, a second one ends the process at once.
 * @throws what `start` throws, after all that it had opened is closed again
 */
export async function runUntilStopped(
  output: Output,
  start: (lifecycle: Lifecycle) => Promise<void>,
): Promise<void> {
  const lifecycle = createLifecycle((what, problem) =>
    output.note(`${emphasize('yellow', 'warning')}: ${what}: ${problem}`),
  );
  const stopped = Promise.withResolvers<void>();
  onStopSignals({
    stop(signal) {
      output.note(`${signal}: stopping; services finish what they have taken, then servers stop`);
      void lifecycle.close().then(stopped.resolve);
    },
    force: () => process.exit(EXIT_FORCED),
  });
  try {
    await start(lifecycle);
  } catch (error) {
    // What fails because it is being closed is no news.
    if (!lifecycle.isClosing()) {
      await lifecycle.close();
      throw error;
    }
  }
  await stopped.promise;
  output.note('stopped');
  process.exit(EXIT_STOPPED);
}

/**
 * Opens the world, starts services on it, answers for their health, and listens.
 * @throws port_in_use, and what the world and the services throw
 */
export async function serve(options: {
  readonly config: Config;
  readonly lifecycle: Lifecycle;
  /** In every line of the log. */
  readonly name: string;
  readonly services: readonly ServiceName[];
  /** Publishes definitions before services see the catalogue. */
  readonly publish?: (source: CatalogSource) => Promise<void>;
}): Promise<{ readonly url: string; readonly missing: () => readonly string[] }> {
  const { config, lifecycle } = options;
  giveWay(options.services);
  const logger = createLogger({
    level: config.LOG_LEVEL,
    name: options.name,
    isTty: process.stderr.isTTY,
  });
  const platform = await openPlatform({
    config,
    logger,
    lifecycle,
    async openCatalog(source) {
      await options.publish?.(source);
      const view = await createCatalogView(source);
      lifecycle.onClose('catalogue', view.stop);
      return view;
    },
  });
  const services = await startServices({ names: options.services, platform, lifecycle });
  const missing = (): readonly string[] => missingOf(services);
  addHealthRoutes(platform.http, missing);
  addTelemetryRoute(platform);
  try {
    await platform.http.listen({ host: config.TIDEMARK_HOST, port: config.TIDEMARK_PORT });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new TidemarkError(
      'port_in_use',
      `another program listens on port ${config.TIDEMARK_PORT}; stop it, or choose another with --port`,
      { cause: error },
    );
  }
  // Else compiled code is kept at the end of the process, of which a kill makes none.
  flushCompileCache();
  const { address, port, family } = platform.http.server.address() as AddressInfo;
  return { url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`, missing };
}
