import { afterAll, expect, test } from 'vitest';
import {
  redisAlertStore,
  redisDisabledReceivers,
} from '../../../services/alerting/adapters/redis-alert-store.ts';
import { LAYOUT } from '../../../services/alerting/core/partition/partition-fields.ts';
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

test('what was kept in another layout is nothing, and whoever kept it may commit no more', async () => {
  const prefix = uniquePrefix();
  const store = redisAlertStore(redis(), prefix);
  const start = { cursor: 5, activeFrom: 5, logMs: 0, awakeMs: 0, alertsNext: 0 };
  const write = { fields: new Map([['x', '1']]), documents: new Map([['fp', '{}']]) };
  const step = { ...start, from: 5, to: 5, changes: write };
  await store.create(0, 'a', start);
  expect(await store.commit(0, 'a', step)).toBe(true);
  await redis().hset(`{${prefix}alerting/0}:meta`, 'layout', String(LAYOUT - 1));
  expect(await store.claim(0, 'b')).toBeUndefined();
  expect(await store.documents(0)).toBeUndefined();
  expect(await store.document(0, 'fp')).toBeUndefined();
  expect(await store.create(0, 'b', start)).toBe(true);
  expect(await store.commit(0, 'a', step)).toBe(false);
  const empty = { fields: new Map(), documents: new Map() };
  expect(await store.claim(0, 'b')).toEqual({ ...start, ...empty });
});

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
