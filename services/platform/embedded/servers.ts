import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { TidemarkError } from '../../kernel/errors.ts';
import { brokerDefinition, newClusterId, storedClusterId } from './kafka.ts';
import { takeLock } from './lock.ts';
import { isAlive, signalGroup } from './process.ts';
import type { ProcessIdentity } from './process.ts';
import { javaPrograms, trainees } from './programs.ts';
import { redisDefinition } from './redis.ts';
import type { RedisChoice } from './redis.ts';
import { registryDefinition, registryUrl } from './registry.ts';
import { choosePorts, readRunFile, updateRunFile } from './run-file.ts';
import { superviseServer } from './server.ts';
import type { EmbeddedServer } from './server.ts';
import { startTraining } from './training.ts';
import { isPortFree, waitUntil } from './wait.ts';

export type ServerKind = 'kafka' | 'registry' | 'redis';

export type StartServersOptions = {
  /** Everything they write: data, logs, run.json, the lock. Use the same folder again so that what outlived a crash is found and stopped. */
  readonly dataDir: string;
  /** What infra/bootstrap/prepare.mjs fetched. */
  readonly serversDir: string;
  /** Default: `java` of the PATH. */
  readonly java?: string;
  readonly redis?: RedisChoice;
  /** Number of Kafka brokers, default 1. More keep replicas: 3 brokers, replication 3, two in sync. */
  readonly brokers?: number;
  /** Which to start now, default all. The others have their addresses and handles too and can be started later. */
  readonly only?: readonly ServerKind[];
  /** Lines of server.properties that replace ours. */
  readonly kafkaSettings?: Readonly<Record<string, string>>;
  /** false: the broker gets Java's optimizing compiler, for benches; it starts slower. */
  readonly isQuickStart?: boolean;
  /** Whether to make, in the background, the archives that halve later starts. Default: yes. */
  readonly trainArchives?: boolean;
  /** Told of each server that answers, with the milliseconds that it took. */
  readonly onReady?: (name: string, tookMs: number) => void;
  /** Told of a server that ended by itself, and how; it is started again then. Default: it stays down, as tests want it. */
  readonly onDeath?: (name: string, how: string) => void;
};

export type EmbeddedServers = {
  readonly brokers: readonly string[];
  readonly registryUrl: string;
  readonly redisUrl: string;
  readonly kafka: readonly EmbeddedServer[];
  readonly registry: EmbeddedServer;
  readonly redis: EmbeddedServer;
  /** Stops all, releases the folder. Ports are remembered for the next start. */
  readonly stop: () => Promise<void>;
};

type Installation = EmbeddedServers & { readonly train: () => void };

const ORPHAN_STOP_TIMEOUT_MS = 8_000;
/** A killed Java is gone for the system's list before its last thread has let go of its port. */
const PORT_RELEASE_TIMEOUT_MS = 1_000;

/**
 * Starts real Kafka, a schema registry with the Confluent API and Redis as child processes, all at once, and resolves
 * when every one answers. One owner per data folder; servers of an owner that died are stopped first.
 * @throws already_running when a living process owns the data folder; prerequisite_missing when a server cannot run
 */
export async function startServers(options: StartServersOptions): Promise<EmbeddedServers> {
  const dataDir = resolve(options.dataDir);
  const lock = takeLock(join(dataDir, 'lock'));
  if (lock.kind === 'held')
    throw new TidemarkError(
      'already_running',
      `process ${lock.owner.pid} already uses ${dataDir}; stop it, or choose another folder with --data`,
    );
  let servers: Installation | undefined;
  try {
    await stopOrphans(dataDir);
    servers = await createServers({ ...options, dataDir }, lock.release);
    await startWanted(servers, options);
    servers.train();
    return servers;
  } catch (error) {
    if (servers) await servers.stop();
    else lock.release();
    throw error;
  }
}

async function startWanted(servers: EmbeddedServers, options: StartServersOptions): Promise<void> {
  const wanted = options.only ?? ['kafka', 'registry', 'redis'];
  const all = [
    ...(wanted.includes('kafka') ? servers.kafka : []),
    ...(wanted.includes('registry') ? [servers.registry] : []),
    ...(wanted.includes('redis') ? [servers.redis] : []),
  ];
  const startedAt = performance.now();
  const start = async (server: EmbeddedServer): Promise<void> => {
    await server.start();
    options.onReady?.(server.name, Math.round(performance.now() - startedAt));
  };
  const outcomes = await Promise.allSettled(all.map(start));
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

/** Children of an owner that died: same pid and start time, so certainly ours. */
async function stopOrphans(dataDir: string): Promise<void> {
  const orphans = readRunFile(dataDir).processes.filter(isAlive);
  for (const orphan of orphans) signalGroup(orphan, 'SIGTERM');
  const outcome = await waitUntil(() => !orphans.some(isAlive), {
    timeoutMs: ORPHAN_STOP_TIMEOUT_MS,
  });
  if (outcome !== 'ready') {
    for (const orphan of orphans) signalGroup(orphan, 'SIGKILL');
    await waitUntil(() => !orphans.some(isAlive), { timeoutMs: ORPHAN_STOP_TIMEOUT_MS });
  }
  updateRunFile(dataDir, { processes: [], url: undefined });
}

type Addresses = Pick<EmbeddedServers, 'brokers' | 'registryUrl' | 'redisUrl'>;

/** Chooses a port for every listener, the remembered one where it is free, and writes them down. */
async function takePorts(
  dataDir: string,
  nodeIds: readonly number[],
): Promise<{ readonly port: (name: string) => number; readonly addresses: Addresses }> {
  const names = [
    ...nodeIds.flatMap((id) => [`kafka-${id}`, `kafka-${id}-controller`]),
    'registry',
    'redis',
  ];
  const remembered = readRunFile(dataDir).ports;
  await Promise.all(
    names.map(async (name) => {
      const port = remembered[name];
      if (port !== undefined)
        await waitUntil(() => isPortFree(port), { timeoutMs: PORT_RELEASE_TIMEOUT_MS });
    }),
  );
  const ports = await choosePorts(names, { remembered, isFree: isPortFree, random: Math.random });
  const port = (name: string): number => ports[name] ?? 0;
  const brokers = nodeIds.map((id) => `127.0.0.1:${port(`kafka-${id}`)}`);
  const addresses = {
    registryUrl: registryUrl(port('registry')),
    redisUrl: `redis://127.0.0.1:${port('redis')}`,
  };
  updateRunFile(dataDir, { brokers, ...addresses, ports: { ...remembered, ...ports } });
  return { port, addresses: { brokers, ...addresses } };
}

async function createServers(
  options: StartServersOptions,
  release: () => void,
): Promise<Installation> {
  const { dataDir, serversDir } = options;
  if (!existsSync(join(serversDir, 'complete')))
    throw new TidemarkError(
      'prerequisite_missing',
      `the embedded servers are not in ${serversDir}; run npm start once`,
    );
  mkdirSync(join(dataDir, 'logs'), { recursive: true });
  const nodeIds = Array.from({ length: options.brokers ?? 1 }, (_, index) => index + 1);
  const { port, addresses } = await takePorts(dataDir, nodeIds);

  const processes = new Map<string, ProcessIdentity>();
  const onProcess = (name: string, identity: ProcessIdentity | undefined): void => {
    if (identity) processes.set(name, identity);
    else processes.delete(name);
    updateRunFile(dataDir, {
      processes: [...processes].map(([processName, value]) => ({ name: processName, ...value })),
    });
  };
  const logPath = (name: string): string => join(dataDir, 'logs', `${name}.log`);
  const programs = javaPrograms({
    serversDir,
    java: options.java ?? 'java',
    isQuickStart: options.isQuickStart ?? true,
  });
  const brokerDirectory = (id: number): string => join(dataDir, `kafka-${id}`);
  const clusterId =
    nodeIds.map((id) => storedClusterId(brokerDirectory(id))).find((id) => id !== undefined) ??
    newClusterId();
  const kafka = nodeIds.map((nodeId) =>
    superviseServer(
      brokerDefinition({
        nodeId,
        directory: brokerDirectory(nodeId),
        logPath: logPath(`kafka-${nodeId}`),
        program: programs.kafka,
        ports: nodeIds.map((id) => ({
          broker: port(`kafka-${id}`),
          controller: port(`kafka-${id}-controller`),
        })),
        clusterId,
        settings: options.kafkaSettings ?? {},
      }),
      onProcess,
      options.onDeath,
    ),
  );
  const registry = superviseServer(
    registryDefinition({
      directory: join(dataDir, 'registry'),
      logPath: logPath('registry'),
      program: programs.registry,
      port: port('registry'),
    }),
    onProcess,
    options.onDeath,
  );
  const redis = superviseServer(
    redisDefinition({
      directory: join(dataDir, 'redis'),
      logPath: logPath('redis'),
      serversDir,
      port: port('redis'),
      choice: options.redis ?? 'path',
    }),
    onProcess,
    options.onDeath,
  );

  // The last resort for an owner that leaves without stop(): its data survive a kill, its ports would stay taken.
  const killAll = (): void => {
    for (const identity of processes.values()) signalGroup(identity, 'SIGKILL');
  };
  process.once('exit', killAll);
  let training: ReturnType<typeof startTraining> | undefined;
  return {
    ...addresses,
    kafka,
    registry,
    redis,
    train() {
      if (options.trainArchives === false) return;
      training = startTraining(trainees(programs, logPath('training')), {
        serversDir,
        scratchDirectory: join(dataDir, 'training'),
        onProcess,
      });
    },
    async stop() {
      await Promise.all([
        training?.stop(),
        ...[...kafka, registry, redis].map((server) => server.stop()),
      ]);
      process.removeListener('exit', killAll);
      release();
    },
  };
}
