import { afterAll, expect, test } from 'vitest';
import { redisThreads } from '../../../services/alerting/adapters/redis-threads.ts';
import { createRedis } from '../../../services/platform/redis.ts';
import type { RedisClient } from '../../../services/platform/redis.ts';
import { memoryThreads } from '../../support/memory-threads.ts';
import { servers, uniquePrefix } from '../../support/servers.ts';
import { threadsContract } from './threads.ts';

let client: RedisClient | undefined;
const redis = (): RedisClient =>
  (client ??= createRedis([servers().redisUrl], (error) => {
    throw error;
  }));
afterAll(() => client?.disconnect());

threadsContract('memory', memoryThreads);
threadsContract('Redis', () => redisThreads(redis(), uniquePrefix()));

test('what is kept of an episode goes by itself', async () => {
  const prefix = uniquePrefix();
  await redisThreads(redis(), prefix).keep(
    { receiver: 'ops', episode: 'e1' },
    { channel: 'C1', ts: '1' },
  );
  const [key = ''] = await redis().keys(`${prefix}*`);
  expect(await redis().pttl(key)).toBeGreaterThan(0);
});
