import { TidemarkError } from '../../kernel/errors.ts';
import { hashText } from '../../kernel/hash.ts';
import { DAY_MS } from '../../kernel/time.ts';
import type { RedisClient } from '../../platform/redis.ts';
import type { Place, Thread, Threads } from '../ports.ts';

/** How long an episode's message can be found again; a later end is a message of its own. */
const KEPT_MS = 90 * DAY_MS;

/** Where the first message of an episode stands, in Redis. Lost with it: then what follows stands on its own. */
export function redisThreads(client: RedisClient, prefix: string): Threads {
  const keyOf = ({ receiver, episode }: Thread): string =>
    `${prefix}alerting:thread:${hashText(`${receiver} ${episode}`)}`;
  return {
    find: (thread) =>
      guard('find', async () => {
        const stored = await client.get(keyOf(thread));
        return stored === null ? undefined : (JSON.parse(stored) as Place);
      }),
    keep: (thread, place) =>
      guard('keep', async () => {
        await client.set(keyOf(thread), JSON.stringify(place), 'PX', KEPT_MS);
      }),
  };
}

async function guard<T>(what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    throw new TidemarkError('redis_unavailable', `${what}: ${(cause as Error).message}`, { cause });
  }
}
