import { randomUUID } from 'node:crypto';
import { afterAll } from 'vitest';
import { redisProjectionStore } from '../../services/aggregator/adapters/redis-projection-store.ts';
import { createRedis } from '../../services/platform/redis.ts';
import type { RedisClient } from '../../services/platform/redis.ts';
import { memoryProjectionStore } from '../support/memory-projection-store.ts';
import { servers } from '../support/servers.ts';
import { projectionStoreContract } from './projection-store.ts';

projectionStoreContract('memory', async () => memoryProjectionStore());

let client: RedisClient | undefined;
projectionStoreContract('Redis', async () => {
  client ??= createRedis([servers().redisUrl], (error) => {
    throw error;
  });
  return redisProjectionStore(client, `t${randomUUID().slice(0, 8)}.`);
});
afterAll(() => client?.disconnect());
