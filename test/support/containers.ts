import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GenericContainer, Wait } from 'testcontainers';
import type { StartedTestContainer } from 'testcontainers';
import { parse } from 'yaml';
import { repositoryDir } from '../../infra/bootstrap/prepare.mjs';
import { choosePorts } from '../../services/platform/embedded/run-file.ts';
import { isPortFree } from '../../services/platform/embedded/wait.ts';
import type { ServerAddresses } from './servers.ts';

type ComposeService = {
  readonly image: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
};

const START_TIMEOUT_MS = 180_000;
const KAFKA_PORT = 9092;
const REGISTRY_PORT = 8080;
const REDIS_PORT = 6379;

/**
 * Kafka, registry and Redis as containers of the official images, with the versions and settings of docker-compose.yml.
 * @throws Error when an image cannot be had or a container does not become ready; what runs by then is stopped
 */
export async function startContainers(): Promise<{
  readonly addresses: ServerAddresses;
  readonly stop: () => Promise<void>;
}> {
  const compose = parse(readFileSync(join(repositoryDir, 'docker-compose.yml'), 'utf8'), {
    merge: true,
  }) as { services: Record<'kafka' | 'registry' | 'redis', ComposeService> };
  const { kafka, registry, redis } = compose.services;
  const outcomes = await Promise.allSettled([
    startKafka(kafka),
    startRegistry(registry),
    startRedis(redis),
  ]);
  const started = outcomes.flatMap((outcome) =>
    outcome.status === 'fulfilled' ? [outcome.value] : [],
  );
  const stop = async (): Promise<void> => {
    await Promise.all(started.map(({ container }) => container.stop()));
  };
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  const [broker, registryUrl, redisUrl] = started.map(({ address }) => address);
  if (failed || !broker || !registryUrl || !redisUrl) {
    await stop();
    throw new Error('containers did not start', { cause: failed?.reason });
  }
  return { addresses: { brokers: [broker], registryUrl, redisUrl }, stop };
}

type Started = { readonly container: StartedTestContainer; readonly address: string };

/** A broker tells clients its address: the host's port must be known before it starts. */
async function startKafka({ image, environment }: ComposeService): Promise<Started> {
  const { kafka: port = 0 } = await choosePorts(['kafka'], {
    remembered: {},
    isFree: isPortFree,
    random: Math.random,
  });
  const container = await new GenericContainer(image)
    .withEnvironment({
      ...environment,
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${port}`,
      KAFKA_LOG_DIRS: '/tmp/kafka',
    })
    .withExposedPorts({ container: KAFKA_PORT, host: port })
    .withWaitStrategy(Wait.forLogMessage('Kafka Server started'))
    .withStartupTimeout(START_TIMEOUT_MS)
    .start();
  return { container, address: `127.0.0.1:${port}` };
}

async function startRegistry({ image }: ComposeService): Promise<Started> {
  const container = await new GenericContainer(image)
    .withExposedPorts(REGISTRY_PORT)
    .withWaitStrategy(Wait.forHttp('/health/ready', REGISTRY_PORT))
    .withStartupTimeout(START_TIMEOUT_MS)
    .start();
  const address = `http://${container.getHost()}:${container.getMappedPort(REGISTRY_PORT)}/apis/ccompat/v7`;
  // As the embedded one: Apicurio by itself checks nothing.
  await fetch(`${address}/config`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ compatibility: 'BACKWARD' }),
  });
  return { container, address };
}

async function startRedis({ image, command }: ComposeService): Promise<Started> {
  const container = await new GenericContainer(image)
    .withCommand([...(command ?? [])])
    .withExposedPorts(REDIS_PORT)
    .withWaitStrategy(Wait.forLogMessage('Ready to accept connections'))
    .withStartupTimeout(START_TIMEOUT_MS)
    .start();
  return {
    container,
    address: `redis://${container.getHost()}:${container.getMappedPort(REDIS_PORT)}`,
  };
}
