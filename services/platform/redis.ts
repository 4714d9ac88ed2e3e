import { Cluster, Redis } from 'ioredis';
import { TidemarkError } from '../kernel/errors.ts';

export type RedisClient = Redis | Cluster;

const COMMAND_TIMEOUT_MS = 5_000;

/**
 * A client that never re-sends a command whose outcome is unknown: ioredis by default does so after a reconnect, and
 * one `incr` would count twice. No retries per request means that a connection that breaks ends what was under way on it at
 * once: ioredis 6.0.0 would leave it pending until its time is over (redis/ioredis#2193). `commandTimeout` is for
 * servers that stand still.
 * @param urls one `redis://` URL, or several nodes of a Redis Cluster
 */
export function createRedis(urls: readonly string[], onError: (error: Error) => void): RedisClient {
  const options = {
    autoResendUnfulfilledCommands: false,
    commandTimeout: COMMAND_TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt: number) => Math.min(50 * 2 ** attempt, 1_000),
  };
  const [first] = urls;
  if (!first) throw new TidemarkError('config_invalid', 'REDIS_URL names no server');
  const client =
    urls.length === 1
      ? new Redis(first, options)
      : new Cluster([...urls], { redisOptions: options });
  client.on('error', onError);
  return client;
}

/** The servers that hold the data: one, or the masters of a cluster. */
export const mastersOf = (client: RedisClient): readonly Redis[] =>
  client instanceof Cluster ? client.nodes('master') : [client];

/** @throws redis_evicts when the server may drop keys under memory pressure */
export async function assertNoEviction(client: RedisClient): Promise<void> {
  for (const node of mastersOf(client)) {
    const [, policy] = (await node.call('CONFIG', 'GET', 'maxmemory-policy')) as string[];
    if (policy !== 'noeviction')
      throw new TidemarkError(
        'redis_evicts',
        `Redis has maxmemory-policy ${policy}; set it to noeviction, else values vanish silently`,
      );
  }
}
