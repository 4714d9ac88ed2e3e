import type { Kafka } from 'kafkajs';
import type { EmbeddedServers } from '../../services/platform/embedded/servers.ts';
import { createKafka } from '../../services/platform/kafka/client.ts';
import { eventTopicSpec, ensureTopics } from '../../services/platform/kafka/topics.ts';
import { createLogger } from '../../services/platform/logger.ts';
import { createRedis } from '../../services/platform/redis.ts';
import type { RedisClient } from '../../services/platform/redis.ts';
import { createSchemaStore } from '../../services/platform/schema-registry.ts';
import type { SchemaStore } from '../../services/platform/schema-registry.ts';
import { ORDER_EVENT } from '../orders/catalog.ts';
import { benchConfig } from './services.ts';

/** What every bench works with: the servers, and the bench's own clients of them. */
export type World = {
  readonly servers: EmbeddedServers;
  readonly kafka: Kafka;
  readonly redis: RedisClient;
  readonly schemas: SchemaStore;
  /** Folder for logs of children. */
  readonly outputDir: string;
  readonly isQuick: boolean;
  readonly runs: number;
  /** Whether CPU profiles of the services' processes are made; they cost speed. */
  readonly isProfiled: boolean;
  readonly note: (text: string) => void;
  readonly close: () => Promise<void>;
};

export const PARTITIONS = 8;

/** The environment of services under test. */
export const environmentOf = (
  servers: EmbeddedServers,
  prefix: string,
): Readonly<Record<string, string>> => ({
  KAFKA_BROKERS: servers.brokers.join(','),
  SCHEMA_REGISTRY_URL: servers.registryUrl,
  REDIS_URL: servers.redisUrl,
  TIDEMARK_TOPIC_PREFIX: prefix,
  TIDEMARK_PARTITIONS: String(PARTITIONS),
  TIDEMARK_WEBHOOK_ALLOW: '127.0.0.0/8',
});

export function openWorld(
  servers: EmbeddedServers,
  options: Pick<World, 'outputDir' | 'isQuick' | 'runs' | 'isProfiled' | 'note'>,
): World {
  const logger = createLogger({ level: 'warn', name: 'bench', isTty: false });
  const redis = createRedis([servers.redisUrl], (error) => logger.warn({ err: error }, 'Redis'));
  return {
    ...options,
    servers,
    kafka: createKafka(benchConfig(environmentOf(servers, '')), logger),
    redis,
    schemas: createSchemaStore(servers.registryUrl, Date.now),
    async close() {
      redis.disconnect();
      await servers.stop();
    },
  };
}

/** Makes the orders topic of an installation, exactly as a start makes it. @returns its name */
export async function makeTopic(world: World, prefix: string): Promise<string> {
  const spec = eventTopicSpec(benchConfig(environmentOf(world.servers, prefix)), ORDER_EVENT);
  await ensureTopics(world.kafka, [spec]);
  return spec.topic;
}

/** Offsets that the topic has given out, markers of transactions included. */
export async function recordsIn(world: World, topic: string): Promise<number> {
  const admin = world.kafka.admin();
  await admin.connect();
  try {
    const offsets = await admin.fetchTopicOffsets(topic);
    return offsets.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
  } finally {
    await admin.disconnect();
  }
}

/** Processes whose CPU is reported beside the service's. */
export const serverPids = (
  world: World,
): { readonly kafka: number | undefined; readonly redis: number | undefined } => ({
  kafka: world.servers.kafka[0]?.pid(),
  redis: world.servers.redis.pid(),
});

/** Looks again every few milliseconds, rarely enough not to be measured. @throws Error after `withinMs` */
export async function until<T>(
  what: string,
  options: {
    readonly everyMs: number;
    readonly withinMs: number;
    /** It cannot come any more. */
    readonly isHopeless: () => boolean;
  },
  look: () => Promise<T | undefined>,
): Promise<T> {
  const deadlineMs = performance.now() + options.withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (options.isHopeless()) throw new Error(`${what}: the process ended; see its log`);
    if (performance.now() > deadlineMs)
      throw new Error(`${what}: not within ${options.withinMs / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, options.everyMs));
  }
}
