import { TidemarkError } from '../../../kernel/errors.ts';
import { redisScript } from '../../../platform/redis-script.ts';
import type { RedisClient } from '../../../platform/redis.ts';
import type { BookedEntry } from '../../core/entries/booked-entry.ts';
import type { EntryBook } from '../../ports.ts';

/** Entries kept of one metric, some 300 B each; the log keeps all. */
const KEPT_MAX = 10_000;

/**
 * KEYS: the positions, then the entries of each metric. ARGV: partition, what is known to be stored at least, next, how many are
 * kept, then for each entry the number of its key, its offset and its text. All that may fail stands before the first write.
 */
const ADD = `
local stored = tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or '0')
if stored < tonumber(ARGV[2]) then return 0 end
local last = -tonumber(ARGV[4]) - 1
for i = 5, #ARGV, 3 do
  local key = KEYS[tonumber(ARGV[i])]
  redis.call('ZADD', key, ARGV[i + 1], ARGV[i + 2])
  redis.call('ZREMRANGEBYRANK', key, 0, last)
end
if tonumber(ARGV[3]) > stored then redis.call('HSET', KEYS[1], ARGV[1], ARGV[3]) end
return 1`;

/**
 * `…{entries}:positions`, a hash of partition and next offset, and for each metric `…{entries}:of:ID`, a sorted set of entries by
 * offset. The text of an entry is always the same, so that consoles that add it again change nothing.
 */
export function redisEntryBook(client: RedisClient, prefix: string): EntryBook {
  const positionsKey = `${prefix}{entries}:positions`;
  const keyOf = (metric: string): string => `${prefix}{entries}:of:${metric}`;
  const add = redisScript(ADD);
  return {
    positions: () =>
      guard('reading how far entries are read', async () => {
        const stored = await client.hgetall(positionsKey);
        return new Map(
          Object.entries(stored).map(([partition, next]) => [Number(partition), Number(next)]),
        );
      }),
    add: ({ partition, known, next, entries }) =>
      guard('writing entries down', async () => {
        const metrics = [...new Set(entries.map(({ metric }) => metric))];
        const parts = entries.flatMap((entry) => [
          metrics.indexOf(entry.metric) + 2,
          entry.offset,
          JSON.stringify(entry),
        ]);
        const keys = [positionsKey, ...metrics.map(keyOf)];
        const added = await add(client, keys, [partition, known, next, KEPT_MAX, ...parts]);
        return added === 1;
      }),
    page: (metric, { before, limit }) =>
      guard('reading entries', async () => {
        const below = before === undefined ? '+inf' : `(${before}`;
        const found = await client.zrange(
          keyOf(metric),
          below,
          '-inf',
          'BYSCORE',
          'REV',
          'LIMIT',
          0,
          limit,
        );
        return found.map((text) => JSON.parse(text) as BookedEntry);
      }),
  };
}

async function guard<T>(what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    throw new TidemarkError('redis_unavailable', `${what} failed: ${(cause as Error).message}`, {
      cause,
    });
  }
}
