import { afterAll, expect, test } from 'vitest';
import { redisPace } from '../../../services/alerting/adapters/redis-pace.ts';
import type { ReceiverDefinition } from '../../../services/kernel/definitions.ts';
import type { RateLimit } from '../../../services/alerting/core/sending/pace.ts';
import { createRedis } from '../../../services/platform/redis.ts';
import type { RedisClient } from '../../../services/platform/redis.ts';
import { ok } from '../../../services/kernel/result.ts';
import { memoryLimiter } from '../../support/memory-limiter.ts';
import { servers, uniquePrefix } from '../../support/servers.ts';
import { limiterContract } from './limiter.ts';

let client: RedisClient | undefined;
const redis = (): RedisClient =>
  (client ??= createRedis([servers().redisUrl], (error) => {
    throw error;
  }));
afterAll(() => client?.disconnect());

const HALF_PAST = 30 * 60_000;
const open = (
  receivers: readonly ReceiverDefinition[],
  over: { prefix?: string; now?: () => number } = {},
) =>
  redisPace({
    client: redis(),
    prefix: over.prefix ?? uniquePrefix(),
    secrets: ({ ...ref }) => ok(`https://chat.example/${'env' in ref ? ref.env : ref.file}`),
    receiverOf: (id) => receivers.find((one) => one.id === id),
    now: over.now ?? (() => HALF_PAST + 15_000),
    chance: () => 0.5,
  });

limiterContract('memory', (limits) => memoryLimiter(() => limits));
limiterContract('Redis', (limits) => {
  const [first, ...others] = limits;
  // A receiver's own rate is one limit; types may have several.
  if (others.length > 0) return open([{ id: 'bot', type: 'feishu', url: 'https://a.example/b' }]);
  const url = 'https://a.example/b';
  return open([
    first
      ? { id: 'bot', type: 'dingtalk', url, rate: first satisfies RateLimit }
      : { id: 'bot', type: 'alertmanager', url },
  ]);
});

test('receivers of one bot share its turns, whatever they are called and whichever process asks', async () => {
  const prefix = uniquePrefix();
  const rate = { count: 2, perMs: 60_000 };
  const receivers: ReceiverDefinition[] = [
    { id: 'a', type: 'wecom', url: { env: 'BOT' }, rate },
    { id: 'b', type: 'wecom', url: 'https://chat.example/BOT', rate },
    { id: 'c', type: 'wecom', url: { env: 'OTHER' }, rate },
  ];
  const [one, two] = [open(receivers, { prefix }), open(receivers, { prefix })];
  expect((await one.take('a')).kind).toBe('granted');
  expect((await two.take('b')).kind).toBe('granted');
  expect((await one.take('a')).kind).toBe('wait');
  expect((await two.take('b')).kind).toBe('wait');
  expect((await two.take('c')).kind).toBe('granted');
});

test('Redis holds no part of an address', async () => {
  const prefix = uniquePrefix();
  await open(
    [{ id: 'a', type: 'dingtalk', url: 'https://chat.example/send?access_token=deadbeef00' }],
    {
      prefix,
    },
  ).take('a');
  const keys = await redis().keys(`*${prefix}*`);
  expect(keys).toHaveLength(1);
  expect(keys.join(' ')).not.toMatch(/deadbeef00|chat\.example/);
});

test.each([
  [HALF_PAST, 15_000],
  [HALF_PAST + 9_999, 5_001],
  [2 * HALF_PAST + 4_000, 11_000],
])(
  'Feishu is not told anything in the first ten seconds of a half hour: at %d',
  async (nowMs, waitMs) => {
    const feishu = open([{ id: 'f', type: 'feishu', url: 'https://a.example/f' }], {
      now: () => nowMs,
    });
    expect(await feishu.take('f')).toEqual({ kind: 'wait', waitMs });
  },
);
