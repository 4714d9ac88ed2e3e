import { afterAll, beforeAll, expect, test } from 'vitest';
import { redisEntryBook } from '../../../services/console/adapters/entries/redis-entry-book.ts';
import { createRedis } from '../../../services/platform/redis.ts';
import type { RedisClient } from '../../../services/platform/redis.ts';
import { aBookedEntry, memoryEntryBook } from '../../support/memory-entry-book.ts';
import { servers, uniquePrefix } from '../../support/servers.ts';
import { entryBookContract } from './entry-book.ts';

entryBookContract('memory', memoryEntryBook);

let client: RedisClient;
beforeAll(() => {
  client = createRedis([servers().redisUrl], (error) => {
    throw error;
  });
});
afterAll(() => client.disconnect());

entryBookContract('Redis', () => redisEntryBook(client, uniquePrefix()));

test('Redis keeps the newest ten thousand of a metric', async () => {
  const book = redisEntryBook(client, uniquePrefix());
  const entries = Array.from({ length: 10_005 }, (_, offset) => aBookedEntry(offset));
  await book.add({ partition: 2, known: 0, next: 10_005, entries });
  const kept = await book.page('heads', { limit: 20_000 });
  expect([kept.length, kept.at(0)?.offset, kept.at(-1)?.offset]).toEqual([10_000, 10_004, 5]);
});
