import { TidemarkError } from '../../kernel/errors.ts';
import { notificationsKey } from '../../kernel/notification.ts';
import type { BrowserNotification } from '../../kernel/notification.ts';
import type { RedisClient } from '../../platform/redis.ts';

const READ_MAX = 500;

/** What alerting keeps for browsers. Both throw redis_unavailable. */
export type Notifications = {
  /** The newest that pass, newest first, of the last few hundred that are kept. */
  readonly newest: (
    isFor: (notification: BrowserNotification) => boolean,
    limit: number,
  ) => Promise<readonly BrowserNotification[]>;
  /** Those since the last call, oldest first; none at the first. */
  readonly news: () => Promise<readonly BrowserNotification[]>;
};

export function redisNotifications(client: RedisClient, prefix: string): Notifications {
  const key = notificationsKey(prefix);
  let position: string | undefined;
  return {
    newest: (isFor, limit) =>
      guard(async () => {
        const entries = await client.xrevrange(key, '+', '-', 'COUNT', READ_MAX);
        const found = new Map<string, BrowserNotification>();
        for (const entry of entries.flatMap(notificationOf))
          if (isFor(entry)) found.set(entry.id, entry);
        return [...found.values()].slice(0, limit);
      }),
    news: () =>
      guard(async () => {
        if (position === undefined) {
          const [last] = await client.xrevrange(key, '+', '-', 'COUNT', 1);
          position = last?.[0] ?? '0-0';
          return [];
        }
        const entries = await client.xrange(key, `(${position}`, '+', 'COUNT', READ_MAX);
        position = entries.at(-1)?.[0] ?? position;
        return entries.flatMap(notificationOf);
      }),
  };
}

const notificationOf = ([, fields]: [id: string, fields: string[]]): BrowserNotification[] => {
  const text = fields[fields.indexOf('message') + 1];
  return text === undefined ? [] : [JSON.parse(text) as BrowserNotification];
};

async function guard<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    throw new TidemarkError('redis_unavailable', (cause as Error).message, { cause });
  }
}
