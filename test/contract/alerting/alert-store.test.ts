import { afterAll, expect, test } from 'vitest';
import {
  redisAlertStore,
  redisDisabledReceivers,
} from '../../../services/alerting/adapters/redis-alert-store.ts';
import { createRedis } from '../../../services/platform/redis.ts';
import type { RedisClient } from '../../../services/platform/redis.ts';
import { memoryAlertStore } from '../../support/memory-alert-store.ts';
import { servers, uniquePrefix } from '../../support/servers.ts';
import { alertStoreContract } from './alert-store.ts';

alertStoreContract('memory', memoryAlertStore);

let client: RedisClient | undefined;
const redis = (): RedisClient =>
  (client ??= createRedis([servers().redisUrl], (error) => {
    throw error;
  }));
alertStoreContract('Redis', () => redisAlertStore(redis(), uniquePrefix()));
afterAll(() => client?.disconnect());

test('a receiver is disabled under its address; another address is another receiver', async () => {
  const disabled = redisDisabledReceivers(redis(), uniquePrefix());
  const receiver = { id: 'hook', url: 'https://a.test/secret' };
  expect(await disabled.isDisabled(receiver)).toBe(false);
  await disabled.disable(receiver);
  expect(await disabled.isDisabled(receiver)).toBe(true);
  expect(await disabled.isDisabled({ ...receiver, url: 'https://b.test/' })).toBe(false);
  expect(await disabled.enable(receiver)).toBe(true);
  expect(await disabled.isDisabled(receiver)).toBe(false);
  expect(await disabled.enable(receiver)).toBe(false);
});
