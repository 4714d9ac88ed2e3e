import { afterAll, beforeAll } from 'vitest';
import { redisReadLedger } from '../../../services/console/adapters/redis-read-ledger.ts';
import { createRedis } from '../../../services/platform/redis.ts';
import type { RedisClient } from '../../../services/platform/redis.ts';
import { memoryReadLedger } from '../../support/memory-read-ledger.ts';
import { servers, uniquePrefix } from '../../support/servers.ts';
import { readLedgerContract } from './read-ledger.ts';

readLedgerContract('memory', memoryReadLedger);

let client: RedisClient;
beforeAll(() => {
  client = createRedis([servers().redisUrl], (error) => {
    throw error;
  });
});
afterAll(() => client.disconnect());

readLedgerContract('Redis', () => redisReadLedger(client, uniquePrefix()));
