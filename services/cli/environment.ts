import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { repositoryDir } from '../../infra/bootstrap/prepare.mjs';
import { TidemarkError } from '../kernel/errors.ts';
import { SETTINGS, parseConfig } from '../platform/config.ts';
import type { Config, ConfigFault } from '../platform/config.ts';
import { readRunFile } from '../platform/embedded/run-file.ts';

/** Faults of the configuration, all at once; wrong usage, so the exit code is 2. */
export class ConfigError extends Error {
  readonly faults: readonly ConfigFault[];
  constructor(faults: readonly ConfigFault[]) {
    super(faults.map(({ detail }) => detail).join('\n'));
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

/**
 * The configuration of a command: environment, then options. Folders that the user named are relative to where he
 * stands, the default ones to the checkout. This is the only reader of the environment.
 * @param defaults of a command that has its own, in place of the table's
 * @throws ConfigError with every fault
 */
export function readConfig(
  command: Command,
  defaults: Readonly<Partial<Record<keyof Config, string>>> = {},
): Config {
  const options = command.optsWithGlobals<{ data?: string; port?: string }>();
  const given: Record<string, string | undefined> = {
    ...defaults,
    ...named(process.env),
    ...(options.data === undefined ? {} : { TIDEMARK_DATA_DIR: options.data }),
    ...(options.port === undefined ? {} : { TIDEMARK_PORT: options.port }),
  };
  const parsed = parseConfig(given);
  if (!parsed.ok) throw new ConfigError(parsed.error);
  const folder = (name: 'TIDEMARK_DATA_DIR' | 'TIDEMARK_CATALOG'): string =>
    given[name]?.trim() ? resolve(parsed.value[name]) : join(repositoryDir, parsed.value[name]);
  return {
    ...parsed.value,
    TIDEMARK_DATA_DIR: folder('TIDEMARK_DATA_DIR'),
    TIDEMARK_CATALOG: folder('TIDEMARK_CATALOG'),
  };
}

export const isDefaultDataDir = (config: Config): boolean =>
  config.TIDEMARK_DATA_DIR === join(repositoryDir, SETTINGS.TIDEMARK_DATA_DIR.default);

/** An empty variable counts as absent. */
const named = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()));

/** Puts the embedded servers' addresses, which `dev` wrote to DATA/run.json, where the environment names none. */
export function withRunningServers(config: Config): Config {
  const run = readRunFile(config.TIDEMARK_DATA_DIR);
  return {
    ...config,
    KAFKA_BROKERS: config.KAFKA_BROKERS.length > 0 ? config.KAFKA_BROKERS : run.brokers,
    SCHEMA_REGISTRY_URL: config.SCHEMA_REGISTRY_URL || (run.registryUrl ?? ''),
    REDIS_URL:
      config.REDIS_URL.length > 0
        ? config.REDIS_URL
        : run.redisUrl === undefined
          ? []
          : [run.redisUrl],
  };
}

/** @throws config_invalid naming each address that neither the environment nor a running `dev` gives */
export function requireAddresses(config: Config): Config {
  const missing = [
    ...(config.KAFKA_BROKERS.length > 0 ? [] : ['KAFKA_BROKERS']),
    ...(config.SCHEMA_REGISTRY_URL ? [] : ['SCHEMA_REGISTRY_URL']),
    ...(config.REDIS_URL.length > 0 ? [] : ['REDIS_URL']),
  ];
  if (missing.length === 0) return config;
  throw new TidemarkError(
    'config_invalid',
    `no address for ${missing.join(', ')}: set it, or start the embedded servers with npm start`,
  );
}

/** Base address of a running installation's HTTP: that of `dev`, else host and port of the configuration. */
export function baseUrl(config: Config): string {
  return (
    readRunFile(config.TIDEMARK_DATA_DIR).url ??
    `http://${config.TIDEMARK_HOST}:${config.TIDEMARK_PORT}`
  );
}
