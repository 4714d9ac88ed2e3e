import { createHash } from 'node:crypto';
import type { RedisClient } from './redis.ts';

/** A Lua script that is called by its digest and sent whole where the server does not know it (after a restart). */
export type RedisScript = (
  client: RedisClient,
  keys: readonly string[],
  args: readonly (string | number | Buffer)[],
) => Promise<unknown>;

export function redisScript(source: string): RedisScript {
  const digest = createHash('sha1').update(source).digest('hex');
  return async (client, keys, args) => {
    // As one list: a hundred thousand arguments of a call would not fit on JavaScript's stack.
    const rest = [keys.length, ...keys, ...args];
    try {
      return await client.call('EVALSHA', [digest, ...rest]);
    } catch (error) {
      if (!(error as Error).message.startsWith('NOSCRIPT')) throw error;
      return client.call('EVAL', [source, ...rest]);
    }
  };
}
