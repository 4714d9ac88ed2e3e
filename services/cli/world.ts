import type { Kafka } from 'kafkajs';
import { createAccess } from '../platform/access.ts';
import type { CatalogSource } from '../platform/catalog/entry.ts';
import type { Config } from '../platform/config.ts';
import { ownNames } from '../platform/callers.ts';
import { createHttpServer } from '../platform/http.ts';
import { createKafka } from '../platform/kafka/client.ts';
import { ensureTopics, systemTopicSpecs } from '../platform/kafka/topics.ts';
import type { Logger } from '../platform/logger.ts';
import type { CatalogView, Platform } from '../platform/platform.ts';
import { assertNoEviction, createRedis } from '../platform/redis.ts';
import type { RedisClient } from '../platform/redis.ts';
import { createSchemaStore } from '../platform/schema-registry.ts';
import { createTelemetry } from '../platform/telemetry.ts';
import type { Lifecycle } from './lifecycle.ts';

/**
 * Opens the outside world for services: clients of Kafka, Redis and the registry, the system's topics, the catalogue, and
 * an HTTP server that does not listen yet. Whatever it opened is closed by the lifecycle, also when it throws half-way.
 * @param options.openCatalog called once the topics are there
 * @throws config_invalid, broker_unavailable, topic_mismatch, redis_evicts, redis_unavailable
 */
export async function openPlatform(options: {
  readonly config: Config;
  readonly logger: Logger;
  readonly lifecycle: Lifecycle;
  readonly openCatalog: (source: CatalogSource) => Promise<CatalogView>;
}): Promise<Platform> {
  const { config, logger, lifecycle } = options;
  const access = createAccess({
    tokensFile: config.TIDEMARK_TOKENS_FILE,
    host: config.TIDEMARK_HOST,
    names: ownNames(config),
  });
  const kafka = createKafka(config, logger);
  const schemas = createSchemaStore(config.SCHEMA_REGISTRY_URL, Date.now);
  const redis = openRedis(config, logger);
  lifecycle.onClose('Redis', () => Promise.resolve(redis.disconnect()));
  await Promise.all([prepareTopics(kafka, config), assertNoEviction(redis)]);
  const catalog = await options.openCatalog({ config, logger, kafka, schemas });
  const http = createHttpServer(logger);
  lifecycle.onClose('HTTP', () => http.close());
  return {
    config,
    logger,
    telemetry: createTelemetry(),
    kafka,
    redis,
    schemas,
    catalog,
    access,
    http,
    now: Date.now,
  };
}

const prepareTopics = (kafka: Kafka, config: Config): Promise<unknown> =>
  ensureTopics(kafka, systemTopicSpecs(config));

/** A Redis that is away is reported once, and once more when it is back: its client tries again every second. */
function openRedis(config: Config, logger: Logger): RedisClient {
  let isAway = false;
  const redis = createRedis(config.REDIS_URL, (error) => {
    if (!isAway) logger.warn({ code: 'redis_unavailable', err: error }, 'Redis does not answer');
    isAway = true;
  });
  redis.on('ready', () => {
    if (isAway) logger.info('Redis answers again');
    isAway = false;
  });
  return redis;
}
