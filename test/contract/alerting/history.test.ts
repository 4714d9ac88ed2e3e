import { afterAll, beforeAll } from 'vitest';
import { redisProjectionStore } from '../../../services/aggregator/adapters/redis-projection-store.ts';
import { redisHistory } from '../../../services/alerting/adapters/redis-history.ts';
import { createRedis } from '../../../services/platform/redis.ts';
import type { RedisClient } from '../../../services/platform/redis.ts';
import { memoryHistory } from '../../support/memory-history.ts';
import { memoryProjectionStore } from '../../support/memory-projection-store.ts';
import { servers, uniquePrefix } from '../../support/servers.ts';
import { historyContract } from './history.ts';

historyContract('memory', async (catalog) => {
  const store = memoryProjectionStore();
  return { store, history: memoryHistory(store, catalog) };
});

let client: RedisClient;
beforeAll(() => {
  client = createRedis([servers().redisUrl], (error) => {
    throw error;
  });
});
afterAll(() => client.disconnect());

historyContract('Redis', async (catalog) => {
  const prefix = uniquePrefix();
  return {
    store: redisProjectionStore(client, prefix),
    history: redisHistory(client, prefix, catalog),
  };
});
