import { readFileSync } from 'node:fs';
import type { ReceiverDefinition, SecretUrl } from '../../kernel/definitions.ts';
import { TidemarkError } from '../../kernel/errors.ts';
import { hashText } from '../../kernel/hash.ts';
import { redisScript } from '../../platform/redis-script.ts';
import type { RedisClient } from '../../platform/redis.ts';
import type { Secrets } from '../../platform/webhook/secret.ts';
import { congestionWaitMs, limitsOf, reserveOf, spareTurns } from '../core/sending/pace.ts';
import type { Limiter } from '../ports.ts';

const takeTurn = redisScript(readFileSync(new URL('./lua/turn.lua', import.meta.url), 'utf8'));

export type PacePorts = {
  readonly client: RedisClient;
  readonly prefix: string;
  readonly secrets: Secrets;
  readonly receiverOf: (id: string) => ReceiverDefinition | undefined;
  readonly now: () => number;
  /** From 0 to 1, exclusive. */
  readonly chance: () => number;
};

/**
 * Turns in Redis, shared by all processes: per destination the times of its last messages, so that no stretch of time,
 * wherever it begins, holds more than is allowed (a bucket that refills would let twice as many through at its edge).
 * Receivers with one URL are one destination; what is kept of the URL is its hash.
 */
export function redisPace(ports: PacePorts): Limiter {
  const { client, prefix, receiverOf, secrets } = ports;
  const keysOf = (receiver: ReceiverDefinition): readonly [string, string] => {
    const tag = `{${prefix}alerting-pace/${hashText(destinationOf(receiver, secrets))}}`;
    return [`${tag}:turns`, `${tag}:held`];
  };
  return {
    async take(id) {
      const receiver = receiverOf(id);
      const limits = receiver ? limitsOf(receiver) : [];
      const [first] = limits;
      if (!receiver || !first) return { kind: 'granted', spare: Infinity };
      const jitterMs =
        receiver.type === 'feishu' ? congestionWaitMs(ports.now(), ports.chance()) : 0;
      if (jitterMs > 0) return { kind: 'wait', waitMs: jitterMs };
      const { turns, pauseMs } = reserveOf(first);
      const pairs = limits.flatMap(({ count, perMs }) => [count, perMs]);
      const args = [turns, pauseMs, ...pairs];
      const [granted, answer] = (await guard('take', () =>
        takeTurn(client, keysOf(receiver), args),
      )) as [1, number[]] | [0, number];
      return granted === 1
        ? { kind: 'granted', spare: spareTurns(limits, answer) }
        : { kind: 'wait', waitMs: answer };
    },
    async hold(id, forMs) {
      const receiver = receiverOf(id);
      if (!receiver || limitsOf(receiver).length === 0) return;
      const [, held] = keysOf(receiver);
      await guard('hold', () => client.set(held, '1', 'PX', Math.max(1, Math.ceil(forMs))));
    },
  };
}

async function guard<T>(what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    const detail = `${what}: ${(cause as Error).message}`;
    throw new TidemarkError('redis_unavailable', detail, { cause });
  }
}

/** What the service counts by: the bot, not our name for it. */
function destinationOf(receiver: ReceiverDefinition, secrets: Secrets): string {
  const valueOf = (ref: SecretUrl): string => {
    const value = typeof ref === 'string' ? undefined : secrets(ref);
    if (typeof ref === 'string') return ref;
    return value?.ok ? value.value : JSON.stringify(ref);
  };
  if ('token' in receiver) return `${valueOf(receiver.token)} ${receiver.channel}`;
  return 'url' in receiver ? valueOf(receiver.url) : receiver.id;
}
