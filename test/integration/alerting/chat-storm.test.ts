import { afterAll, expect, test, vi } from 'vitest';
import { redisPace } from '../../../services/alerting/adapters/redis-pace.ts';
import type { Delivery } from '../../../services/alerting/core/sending/delivery.ts';
import type { Episode } from '../../../services/alerting/core/alert/episode.ts';
import { createDeliverer } from '../../../services/alerting/deliverer.ts';
import { mergeFor } from '../../../services/alerting/merging.ts';
import { createRedis } from '../../../services/platform/redis.ts';
import type { RedisClient } from '../../../services/platform/redis.ts';
import { err } from '../../../services/kernel/result.ts';
import { chatMessage } from '../../support/chat-messages.ts';
import { openChat } from '../../support/receivers/chats.ts';
import { servers, uniquePrefix } from '../../support/servers.ts';

let client: RedisClient | undefined;
const redis = (): RedisClient =>
  (client ??= createRedis([servers().redisUrl], (error) => {
    throw error;
  }));
afterAll(() => client?.disconnect());

test.each([
  ['dingtalk', 500, 2],
  ['slack webhook', 500, 1],
  ['feishu', 500, 1],
  ['wecom', 60, 1],
] as const)(
  'to %s %d alerts within a second from %d processes: within its limit, each named once, none dropped',
  async (name, alerts, processes) => {
    await using chat = await openChat(name);
    const prefix = uniquePrefix();
    const notes = new Map<string, Delivery>();
    const deliverers = Array.from({ length: processes }, () =>
      createDeliverer({
        messenger: chat.send,
        now: Date.now,
        schedule: [1_000],
        observer: { attempted: () => undefined },
        note: async ({ messageId }, delivery) => {
          notes.set(messageId, delivery);
        },
        pace: {
          limiter: redisPace({
            client: redis(),
            prefix,
            secrets: () => err('not needed'),
            receiverOf: () => chat.receiver,
            now: Date.now,
            chance: () => 0.5,
          }),
          merge: mergeFor(() => chat.receiver),
        },
      }),
    );
    for (let i = 0; i < alerts; i++) {
      const message = chatMessage(`${i}`, { labels: { store: `N${i}N` } });
      deliverers[i % processes]?.offer(0, `a${i}`, [
        { message, episode: { id: `e${i}` } as Episode, delivery: undefined },
      ]);
      if (i % 50 === 0) await new Promise(setImmediate);
    }
    await vi.waitFor(() => expect(notes.size).toBe(alerts), { timeout: 90_000, interval: 50 });
    await Promise.all(deliverers.map((one) => one.stop()));
    expect([...notes.values()].filter(({ status }) => status !== 'delivered')).toEqual([]);
    expect([...notes.values()].every(({ attempts }) => attempts === 1)).toBe(true);
    // What a message says of itself stands in its text twice: titles and facts.
    const perRequest = chat.server.requests.map(({ text }) => new Set(text.match(/N\d+N/g)));
    const named = perRequest.flatMap((names) => [...names]);
    expect(named).toHaveLength(alerts);
    expect(new Set(named).size).toBe(alerts);
    expect(chat.server.requests.length).toBeLessThanOrEqual(20);
  },
);
