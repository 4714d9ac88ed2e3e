import { expect, test } from 'vitest';
import { redisPace } from '../../../services/alerting/adapters/redis-pace.ts';
import { congestionWaitMs } from '../../../services/alerting/core/sending/pace.ts';
import type { ReceiverDefinition } from '../../../services/kernel/definitions.ts';
import type { RedisClient } from '../../../services/platform/redis.ts';

const HALF_HOUR = 30 * 60_000;

test.each([
  [0, 0, 10_000],
  [0, 0.999, 19_990],
  [9_999, 0, 1],
  [9_999, 0.5, 5_001],
  [10_000, 0.5, 0],
  [HALF_HOUR - 1, 0.5, 0],
  [HALF_HOUR, 0.5, 15_000],
])(
  '%i ms after a whole hour, by the chance of %f, a message to Feishu waits for %i ms',
  (sinceMs, chance, waitMs) => {
    expect(congestionWaitMs(1_000 * HALF_HOUR + sinceMs, chance)).toBe(waitMs);
  },
);

test('only Feishu is spared at whole and half hours: others take their turn', async () => {
  const client = new Proxy({} as RedisClient, {
    get: () => () => Promise.reject(new Error('asked')),
  });
  const turnOf = (type: 'feishu' | 'dingtalk') => {
    const receiver: ReceiverDefinition = { id: 'bot', type, url: 'https://bot.example/hook' };
    const ports = { client, prefix: 'test/', secrets: () => ({ ok: true, value: '' }) as const };
    const at = { receiverOf: () => receiver, now: () => HALF_HOUR, chance: () => 0.5 };
    return redisPace({ ...ports, ...at }).take('bot');
  };
  expect(await turnOf('feishu')).toEqual({ kind: 'wait', waitMs: 15_000 });
  await expect(turnOf('dingtalk')).rejects.toThrow('asked');
});
