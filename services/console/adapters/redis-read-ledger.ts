import { TidemarkError } from '../../kernel/errors.ts';
import type { MetricReads } from '../../kernel/catalog/prune.ts';
import type { RedisClient } from '../../platform/redis.ts';
import type { ReadLedger } from '../ports.ts';

/** Two hashes, metric → epoch ms: `…catalog:seen` and `…catalog:read`. A metric takes some 40 B in each. */
export function redisReadLedger(client: RedisClient, prefix: string): ReadLedger {
  const [seen, read] = [`${prefix}catalog:seen`, `${prefix}catalog:read`];
  return {
    note: (reads) =>
      guard('noting reads', async () => {
        if (reads.size > 0) await client.hset(read, Object.fromEntries(reads));
      }),
    see: (metrics, atMs) =>
      guard('noting metrics', async () => {
        await Promise.all(metrics.map((metric) => client.hsetnx(seen, metric, atMs)));
      }),
    forget: (metrics) =>
      guard('forgetting metrics', async () => {
        if (metrics.length === 0) return;
        await Promise.all([seen, read].map((key) => client.hdel(key, ...metrics)));
      }),
    all: () =>
      guard('reading who reads', async () => {
        const [seenAt, readAt] = await Promise.all([client.hgetall(seen), client.hgetall(read)]);
        return new Map(
          Object.entries(seenAt).map(([metric, ms]): [string, MetricReads] => {
            const last = readAt[metric];
            return [
              metric,
              { seenMs: Number(ms), ...(last === undefined ? {} : { readMs: Number(last) }) },
            ];
          }),
        );
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
