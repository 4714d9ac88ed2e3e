import { execFile } from 'node:child_process';
import { existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { javaCommand } from '../../infra/bootstrap/prepare.mjs';
import type { Config } from '../platform/config.ts';
import { readRunFile } from '../platform/embedded/run-file.ts';
import { isPortFree } from '../platform/embedded/wait.ts';
import { createKafka } from '../platform/kafka/client.ts';
import { createLogger } from '../platform/logger.ts';
import { assertNoEviction, createRedis } from '../platform/redis.ts';
import { baseUrl, readConfig, withRunningServers } from './environment.ts';
import { outputOf } from './output.ts';

type Check = {
  readonly check: string;
  readonly status: 'ok' | 'warning' | 'failed';
  readonly detail: string;
};

const PROBE_TIMEOUT_MS = 5_000;
const DISK_FREE_BYTES_MIN = 2 * 1024 ** 3;

export function register(program: Command): void {
  program
    .command('doctor')
    .description('check what Tidemark needs: programs, ports, Kafka, schema registry, Redis, disk')
    .addHelpText('after', '\nExample:\n  $ tidemark doctor')
    .action(async (_options: unknown, command: Command) => {
      const config = withRunningServers(readConfig(command));
      const checks = await Promise.all([
        javaCheck(),
        portCheck(config),
        kafkaCheck(config),
        registryCheck(config),
        redisCheck(config),
      ]);
      const all = [runtimeCheck(), ...checks, catalogCheck(config), diskCheck(config)];
      outputOf(command).rows(all);
      if (all.some(({ status }) => status === 'failed')) process.exitCode = 1;
    });
}

function runtimeCheck(): Check {
  return {
    check: 'node',
    status: 'ok',
    detail: `${process.version} on ${process.platform}-${process.arch}`,
  };
}

async function javaCheck(): Promise<Check> {
  const text = await new Promise<string>((resolve) => {
    execFile(
      javaCommand(),
      ['-version'],
      { timeout: PROBE_TIMEOUT_MS },
      (_error, _stdout, stderr) => resolve(stderr),
    );
  });
  const version = /version "([^"]+)"/.exec(text)?.[1];
  return version
    ? { check: 'java', status: 'ok', detail: version }
    : {
        check: 'java',
        status: 'warning',
        detail: 'missing: only the embedded servers need it (Java 17 or later)',
      };
}

async function portCheck(config: Config): Promise<Check> {
  const { url } = readRunFile(config.TIDEMARK_DATA_DIR);
  if (url && (await answers(`${url}/healthz`)))
    return { check: 'port', status: 'ok', detail: `tidemark answers at ${url}` };
  const port = config.TIDEMARK_PORT;
  if (await isPortFree(port))
    return { check: 'port', status: 'ok', detail: `${port} is free; tidemark is not running here` };
  return (await answers(`${baseUrl(config)}/healthz`))
    ? { check: 'port', status: 'ok', detail: `tidemark answers at ${baseUrl(config)}` }
    : {
        check: 'port',
        status: 'failed',
        detail: `another program listens on ${port}: stop it, or choose another with --port`,
      };
}

async function answers(url: string): Promise<boolean> {
  return attempt(
    async () => (await fetch(url, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) })).ok,
  ).then(({ value }) => value === true);
}

async function kafkaCheck(config: Config): Promise<Check> {
  if (config.KAFKA_BROKERS.length === 0) return notRunning('kafka', 'KAFKA_BROKERS');
  const admin = createKafka(
    config,
    createLogger({ level: 'silent', name: 'doctor', isTty: false }),
  ).admin({ retry: { retries: 1 } });
  const { value, problem } = await attempt(async () => {
    await admin.connect();
    const [{ brokers }, topics] = await Promise.all([admin.describeCluster(), admin.listTopics()]);
    return `${brokers.length} broker${brokers.length === 1 ? '' : 's'}, ${topics.length} topics at ${config.KAFKA_BROKERS.join(', ')}`;
  });
  await attempt(() => admin.disconnect());
  return value
    ? { check: 'kafka', status: 'ok', detail: value }
    : {
        check: 'kafka',
        status: 'failed',
        detail: `${config.KAFKA_BROKERS.join(', ')}: ${problem}`,
      };
}

async function registryCheck(config: Config): Promise<Check> {
  const url = config.SCHEMA_REGISTRY_URL;
  if (!url) return notRunning('registry', 'SCHEMA_REGISTRY_URL');
  const { value, problem } = await attempt(async () => {
    const response = await fetch(`${url}/config`, {
      signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
    });
    if (!response.ok) throw new Error(`status ${response.status}`);
    return (await response.json()) as { compatibilityLevel?: string };
  });
  if (!value) return { check: 'registry', status: 'failed', detail: `${url}: ${problem}` };
  const level = value.compatibilityLevel ?? 'unknown';
  return {
    check: 'registry',
    status: level === 'NONE' ? 'warning' : 'ok',
    detail: `compatibility ${level} at ${url}`,
  };
}

async function redisCheck(config: Config): Promise<Check> {
  if (config.REDIS_URL.length === 0) return notRunning('redis', 'REDIS_URL');
  let lastError = '';
  const client = createRedis(config.REDIS_URL, (error) => {
    lastError = error.message;
  });
  const { value, problem } = await attempt(async () => {
    const info = await client.info('server');
    await assertNoEviction(client);
    return /redis_version:(\S+)/.exec(info)?.[1] ?? 'unknown version';
  });
  client.disconnect();
  return value
    ? { check: 'redis', status: 'ok', detail: `version ${value}, noeviction` }
    : { check: 'redis', status: 'failed', detail: lastError || problem };
}

function notRunning(check: string, name: string): Check {
  return {
    check,
    status: 'warning',
    detail: `not running: start it with npm start, or set ${name}`,
  };
}

function catalogCheck(config: Config): Check {
  return existsSync(config.TIDEMARK_CATALOG)
    ? { check: 'catalog', status: 'ok', detail: config.TIDEMARK_CATALOG }
    : {
        check: 'catalog',
        status: 'failed',
        detail: `no folder ${config.TIDEMARK_CATALOG}: create it, or set TIDEMARK_CATALOG`,
      };
}

function diskCheck(config: Config): Check {
  let folder = config.TIDEMARK_DATA_DIR;
  while (!existsSync(folder)) folder = dirname(folder);
  const { bavail, bsize } = statfsSync(folder);
  const freeBytes = bavail * bsize;
  const detail = `${(freeBytes / 1024 ** 3).toFixed(1)} GiB free for ${config.TIDEMARK_DATA_DIR}`;
  return { check: 'disk', status: freeBytes < DISK_FREE_BYTES_MIN ? 'failed' : 'ok', detail };
}

/** The outcome of a probe; what it throws is what the check reports. */
async function attempt<T>(
  probe: () => Promise<T>,
): Promise<{ readonly value?: T; readonly problem: string }> {
  try {
    return { value: await probe(), problem: '' };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
