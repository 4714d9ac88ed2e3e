import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { javaCommand, repositoryDir, serversDirectory } from '../../../infra/bootstrap/prepare.mjs';
import { createLifecycle } from '../../../services/cli/lifecycle.ts';
import type { Lifecycle } from '../../../services/cli/lifecycle.ts';
import type { ServiceName } from '../../../services/cli/services.ts';
import { openPlatform } from '../../../services/cli/world.ts';
import { applyCatalog } from '../../../services/platform/catalog/apply.ts';
import { createCatalogView } from '../../../services/platform/catalog/topic.ts';
import { parseConfig } from '../../../services/platform/config.ts';
import type { Config } from '../../../services/platform/config.ts';
import { startServers } from '../../../services/platform/embedded/servers.ts';
import type { EmbeddedServers } from '../../../services/platform/embedded/servers.ts';
import { createLogger } from '../../../services/platform/logger.ts';
import type { Platform } from '../../../services/platform/platform.ts';
import { openEventLog } from '../../support/event-log.ts';
import type { EventLog } from '../../support/event-log.ts';
import { servers as sharedServers, uniquePrefix } from '../../support/servers.ts';
import { openLinks } from './links.ts';
import type { Addresses, Links } from './links.ts';
import { ordersCatalog } from './orders-catalog.ts';
import type { OrdersCatalog } from './orders-catalog.ts';
import { startService } from './service-process.ts';
import type { ServiceProcess } from './service-process.ts';

export type WorldOptions = {
  /** Folder under test/output/chaos: one per test file. */
  readonly name: string;
  /**
   * Servers of its own, which it may kill and pause. All others are those that all tests share, behind lines that may
   * be disturbed.
   */
  readonly own?: {
    /** Which; the registry is always the shared one. */
    readonly kinds: readonly ('kafka' | 'redis')[];
    readonly brokers: 1 | 3;
    readonly kafkaSettings?: Readonly<Record<string, string>>;
  };
  /** A Redis of its own, in place of the servers' one. */
  readonly redisUrl?: string;
  /** Metrics of EVERY_AGGREGATION, in place of four. */
  readonly metrics?: readonly string[];
  /** Documents of the catalogue besides, such as rules and receivers. */
  readonly documents?: readonly object[];
  /** Settings of the installation: TIDEMARK_PARTITIONS, … */
  readonly settings?: Readonly<Record<string, string>>;
};

/** A whole installation in processes of their own, with lines between them that tests disturb. */
export type World = {
  readonly directory: string;
  readonly prefix: string;
  readonly catalog: OrdersCatalog;
  /** Direct, past all lines: what tests look and write with. */
  readonly platform: Platform;
  readonly log: EventLog;
  /** The lines that services use unless they get others. */
  readonly links: Links;
  /** More lines, for services of which one is to be disturbed alone. */
  readonly openLinks: () => Promise<Links>;
  /** @throws Error for shared servers: these must not be harmed */
  readonly servers: () => EmbeddedServers;
  readonly serve: (name: ServiceName, options?: ServeOptions) => Promise<ServiceProcess>;
  /** Those that were served and not dismissed, of this role or of all. */
  readonly running: (name?: ServiceName) => readonly ServiceProcess[];
  /** Kills a service for good. */
  readonly dismiss: (service: ServiceProcess) => Promise<void>;
  /** Ends services first, then servers that are its own. */
  readonly close: () => Promise<void>;
};
export type ServeOptions = {
  readonly links?: Links;
  readonly environment?: Readonly<Record<string, string>>;
};

/** Short, so that tests of dead workers are; the embedded broker allows it. */
const SESSION_TIMEOUT_MS = '3000';

export async function openWorld(options: WorldOptions): Promise<World> {
  const lifecycle = createLifecycle((what, problem) => {
    throw new Error(`${what}: ${problem}`);
  });
  try {
    return await open(options, lifecycle);
  } catch (error) {
    await lifecycle.close();
    throw error;
  }
}

async function open(options: WorldOptions, lifecycle: Lifecycle): Promise<World> {
  const directory = join(repositoryDir, 'test', 'output', 'chaos', options.name);
  const own = options.own && (await startOwn(join(directory, 'servers'), options.own));
  if (own) lifecycle.onClose('servers', own.stop);
  const shared = sharedServers();
  const isOwn = (kind: 'kafka' | 'redis'): boolean => options.own?.kinds.includes(kind) ?? false;
  const addresses: Addresses = {
    brokers: (isOwn('kafka') ? own : shared)?.brokers ?? [],
    registryUrl: shared.registryUrl,
    redisUrl: options.redisUrl ?? (isOwn('redis') ? own : shared)?.redisUrl ?? '',
  };
  const prefix = uniquePrefix();
  const settings = {
    TIDEMARK_TOPIC_PREFIX: prefix,
    TIDEMARK_SESSION_TIMEOUT_MS: SESSION_TIMEOUT_MS,
    TIDEMARK_REPLICATION: isOwn('kafka') ? String(options.own?.brokers) : '1',
    ...options.settings,
  };
  const catalog = await ordersCatalog(directory, options.metrics, options.documents);
  const newLinks = async (): Promise<Links> => {
    const links = await openLinks(addresses);
    lifecycle.onClose('lines', links.close);
    return links;
  };
  const links = await newLinks();
  const platform = await openPlatform({
    config: configOf({
      KAFKA_BROKERS: addresses.brokers.join(','),
      SCHEMA_REGISTRY_URL: addresses.registryUrl,
      REDIS_URL: addresses.redisUrl,
      ...settings,
    }),
    logger: createLogger({ level: 'silent', name: 'chaos', isTty: false }),
    lifecycle,
    async openCatalog(source) {
      const { documents } = catalog;
      await applyCatalog(source, { documents, author: 'person:anna', now: Date.now });
      const view = await createCatalogView(source);
      lifecycle.onClose('catalogue', view.stop);
      return view;
    },
  });
  // As services see it: the registry numbers the same schema in other words anew.
  const type = platform.catalog.current().eventTypes.get(catalog.type.id) ?? catalog.type;
  const log = await openEventLog(platform, type);
  lifecycle.onClose('log', log.close);
  const running = new Set<ServiceProcess>();
  let number = 0;
  const dismiss = async (service: ServiceProcess): Promise<void> => {
    running.delete(service);
    await service.kill();
  };
  lifecycle.onClose('services', () => Promise.all([...running].map(dismiss)));
  return {
    directory,
    prefix,
    catalog,
    platform,
    log,
    links,
    openLinks: newLinks,
    servers() {
      if (!own) throw new Error('these servers are shared');
      return own;
    },
    async serve(name, { links: lines = links, environment = {} } = {}) {
      const logPath = join(directory, `${name}-${++number}.log`);
      writeFileSync(logPath, '');
      const service = await startService({
        name,
        logPath,
        environment: { ...lines.environment, ...settings, LOG_LEVEL: 'info', ...environment },
      });
      running.add(service);
      return service;
    },
    running: (name) => [...running].filter((one) => name === undefined || one.name === name),
    dismiss,
    close: lifecycle.close,
  };
}

/** What an aborted run left in the folder is stopped first; then it begins with nothing. */
async function startOwn(
  dataDir: string,
  own: NonNullable<WorldOptions['own']>,
): Promise<EmbeddedServers> {
  const common = {
    dataDir,
    serversDir: serversDirectory(),
    java: javaCommand(),
    trainArchives: false,
  };
  if (existsSync(dataDir)) {
    await (await startServers({ ...common, only: [] })).stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
  mkdirSync(dataDir, { recursive: true });
  const { kinds, ...options } = own;
  return startServers({ ...common, ...options, only: kinds });
}

function configOf(environment: Readonly<Record<string, string>>): Config {
  const parsed = parseConfig(environment);
  if (!parsed.ok) throw new Error(parsed.error.map(({ detail }) => detail).join('; '));
  return parsed.value;
}

/** Waits until it can do its job. @param withinMs stated limit of liveness */
export async function untilReady(service: ServiceProcess, withinMs = 60_000): Promise<void> {
  await vi.waitFor(async () => expect(await service.missing()).toEqual([]), {
    timeout: withinMs,
    interval: 100,
  });
}
